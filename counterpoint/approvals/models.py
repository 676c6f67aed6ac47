"""Tables of approvals. Both are only added to."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Approval(models.Model):
    """A grant 授权. ``payload`` holds references (ids, amounts), never a name or a number of a person."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    payload_hash = models.CharField(max_length=64)
    payload = models.JSONField()
    duty = models.CharField(max_length=32)
    rule_key = models.CharField(max_length=80)
    rule_version = models.IntegerField()
    reason = models.TextField()
    maker = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    approver = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    expires = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("payload_hash", "approver", name="approvals_once_a_person"),
            models.CheckConstraint(
                condition=~models.Q(maker=models.F("approver")), name="approvals_maker_is_not_approver"
            ),
        ]
        indexes = [models.Index("branch_id", "id", name="approvals_branch")]

    def __str__(self) -> str:
        return f"{self.id} {self.payload_hash[:12]}"


class ApprovalUse(models.Model):
    """That an approval was used, and by which posting (its key). At most one a grant."""

    append_only = True

    approval = models.OneToOneField(Approval, models.PROTECT, primary_key=True, related_name="use")
    key = models.UUIDField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.approval_id} {self.key}"
