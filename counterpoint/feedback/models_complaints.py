"""Tables of complaints 投诉."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterpoint.feedback.data_complaints import Channel, ComplaintState, Finding, Stage


def named(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(one), str(one)) for one in values]


def staff(**more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("people.Staff", models.PROTECT, related_name="+", **more)


class Complaint(models.Model):
    """A customer's complaint 客户投诉. ``received_on`` is where the official clock begins."""

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=14, choices=named(ComplaintState), default=ComplaintState.RECEIVED)
    stage = models.CharField(max_length=10, choices=named(Stage), default=Stage.SIMPLE)
    channel = models.CharField(max_length=10, choices=named(Channel))
    text = models.TextField()
    operation = models.CharField(max_length=8, blank=True)
    branch_id = models.IntegerField()
    party = models.ForeignKey("customers.Party", models.PROTECT, null=True, related_name="+")
    registrar = staff()
    handler = staff(null=True)
    at = models.DateTimeField(db_default=Now())
    received_on = models.DateField()
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["investigating", "answered", "closed"]) | Q(handler__isnull=False),
                name="feedback_complaint_handled",
            )
        ]
        indexes = [
            models.Index("branch_id", "id", name="feedback_complaint_branch"),
            models.Index(
                "due_on", name="feedback_complaint_due", condition=Q(state__in=["received", "investigating"])
            ),
        ]

    def __str__(self) -> str:
        return f"K{self.id:05d}"


class ComplaintPerson(models.Model):
    """Somebody whom a complaint concerns 被投诉人, and who has no part in it."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="concerned")
    person = staff()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("complaint", "person", name="feedback_concerned_once")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.person_id}"


class ComplaintStateRow(models.Model):
    """A complaint came into a state: when, by whom, with which words."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="states")
    state = models.CharField(max_length=14, choices=named(ComplaintState))
    person = staff()
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.state}"


class ComplaintNote(models.Model):
    """What the investigation found 调查记录; never for whom it concerns."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="notes")
    person = staff()
    at = models.DateTimeField(db_default=Now())
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.at}"


class ComplaintExtension(models.Model):
    """The official clock was extended 延期: by whom, why, until when; each way once."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="extensions")
    stage = models.CharField(max_length=10, choices=named(Stage))
    person = staff()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now())
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint("complaint", "stage", name="feedback_extension_once")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.stage}"


class ComplaintAnswer(models.Model):
    """The written answer 书面答复."""

    append_only = True

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="answer", primary_key=True)
    finding = models.CharField(max_length=10, choices=named(Finding))
    text = models.TextField()
    person = staff()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.complaint_id)


class ComplaintEscalation(models.Model):
    """A complaint was past its day, and who oversees complaints was told."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="escalations")
    due_on = models.DateField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("complaint", "due_on", name="feedback_late_once")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.due_on}"
