"""Tokens of machines 接口令牌."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class MachineToken(models.Model):
    """A secret with which a machine acts: only its digest is kept.

    A machine is a staff row without a password: it has roles like anybody, and cannot sign in.
    ``branch_id`` and ``desk_id`` say where it works.
    """

    machine = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    branch_id = models.IntegerField()
    desk_id = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField()
    issued_by = models.CharField(max_length=40)
    issued_at = models.DateTimeField(db_default=Now())
    revoked_by = models.CharField(max_length=40, default="", blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_by="", revoked_at=None)
                | (~Q(revoked_by="") & Q(revoked_at__isnull=False)),
                name="people_token_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.machine_id})"
