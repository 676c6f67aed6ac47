"""Tables of compensation 投诉补偿."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterpoint.feedback.data_compensation import CompensationState
from counterpoint.feedback.models_complaints import Complaint, staff

#: What the room itself writes; everything else is how the request for approval stands.
ENDS = [str(CompensationState.PAID), str(CompensationState.WITHDRAWN)]


class Compensation(models.Model):
    """A proposed compensation 补偿方案: what was proposed never changes; another one is another row.

    One that ``reverses`` another takes it back after it was paid 冲回.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="compensations")
    count = models.SmallIntegerField()
    amount = models.BigIntegerField()
    #: All that the complaint then cost: by this it was decided who approves.
    total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    person = staff()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # Two at once would be the same count of one complaint.
            models.UniqueConstraint("complaint", "count", name="feedback_compensation_count"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, total__gte=models.F("amount")), name="feedback_compensation_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}-{self.count}"


class CompensationEnd(models.Model):
    """A proposal was paid or taken back: once. ``entry`` is the entry that paid it, posted under ``key``."""

    append_only = True

    compensation = models.OneToOneField(Compensation, models.PROTECT, related_name="end", primary_key=True)
    state = models.CharField(max_length=10, choices=[(one, one) for one in ENDS])
    person = staff()
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=500, blank=True)
    entry = models.BigIntegerField(null=True, unique=True)
    key = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="paid", entry__isnull=False, key__isnull=False)
                | Q(state="withdrawn", entry=None, key=None),
                name="feedback_compensation_ended",
            )
        ]

    def __str__(self) -> str:
        return f"{self.compensation_id} {self.state}"
