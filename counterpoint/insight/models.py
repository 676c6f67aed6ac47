"""The table of insight: what the twin was asked, and what it found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from counterpoint.insight.data_past import RunKind, RunState


class TwinRun(models.Model):
    """A question to the twin 推演, with its answer as it was shown."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    kind = models.CharField(max_length=8, choices=[(str(one), str(one)) for one in RunKind])
    question = models.JSONField()
    state = models.CharField(
        max_length=8, choices=[(str(one), str(one)) for one in RunState], default=RunState.WAITING
    )
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="done", answer__isnull=False) | ~Q(state="done"))
                & (Q(state__in=["waiting", "running"], ended=None) | Q(ended__isnull=False)),
                name="insight_run_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="insight_run_waiting", condition=Q(state="waiting")),
            models.Index(fields=["branch_id", "-id"], name="insight_run_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
