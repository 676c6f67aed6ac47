"""Tables of the day's end: one run a branch and date, its steps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterpoint.org.data_closing import Phase, StepStatus


class DayRun(models.Model):
    """The opening or closing of a business day 日始/日终批次. Cut off and begun again, it is the same run."""

    branch = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    phase = models.TextField(choices=[(p.value, p.value) for p in Phase])
    attempts = models.IntegerField(default=1)
    started_at = models.DateTimeField(db_default=Now())
    started_by = models.TextField()
    finished_at = models.DateTimeField(null=True)
    finished_by = models.TextField(null=True)

    class Meta:
        db_table = "org_day_run"
        constraints = [
            models.UniqueConstraint("branch", "date", "phase", name="org_day_run_once"),
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
                name="org_day_run_finished_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.date}"


class DayStep(models.Model):
    """A step of a run: how far it is, and what came of it."""

    run = models.ForeignKey(DayRun, on_delete=models.PROTECT, related_name="steps")
    key = models.TextField()
    status = models.TextField(
        choices=[(s.value, s.value) for s in StepStatus], default=StepStatus.WAITING.value
    )
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    result = models.JSONField(default=dict)

    class Meta:
        db_table = "org_day_step"
        constraints = [models.UniqueConstraint("run", "key", name="org_day_step_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.key}"


class DayPaper(models.Model):
    """A paper of the day 日终凭证, kept as it was printed. ``name`` is such as ``day_book.pdf``."""

    append_only = True

    run = models.ForeignKey(DayRun, on_delete=models.PROTECT, related_name="papers")
    name = models.TextField()
    title_zh = models.TextField()
    title_en = models.TextField()
    content = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "org_day_paper"
        constraints = [models.UniqueConstraint("run", "name", name="org_day_paper_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.name}"
