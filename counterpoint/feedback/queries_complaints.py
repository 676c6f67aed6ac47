"""Reads of complaints, as views from ``data.py``."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterpoint.feedback.data_complaints import (
    Channel,
    Complaint,
    ComplaintPage,
    ComplaintState,
    ComplaintStep,
    Finding,
    Stage,
    WrittenAnswer,
)
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.feedback.models import (
    ComplaintAnswer,
    ComplaintEscalation,
    ComplaintNote,
    ComplaintPerson,
    ComplaintStateRow,
)
from counterpoint.feedback.rules_complaints import RUNNING

SIZE = 30
STEPS = 200


def rows() -> QuerySet[ComplaintRow]:
    late = ComplaintEscalation.objects.filter(complaint=OuterRef("pk"), due_on=OuterRef("due_on"))
    return ComplaintRow.objects.select_related("registrar", "handler").annotate(late=Exists(late))


def complaint(row: Any) -> Complaint:
    return Complaint(
        id=row.pk, state=ComplaintState(row.state), stage=Stage(row.stage), channel=Channel(row.channel),
        text=row.text, operation=row.operation, branch=row.branch_id, party=row.party_id,
        registered_by=row.registrar_id, registered_name=row.registrar.name, at=row.at, due=row.due_on,
        handler=row.handler_id, handler_name=row.handler.name if row.handler else "", escalated=row.late,
    )  # fmt: skip


def by_id(id: int) -> Complaint | None:
    found = rows().filter(pk=id).first()
    return complaint(found) if found else None


def concerned(complaint: int) -> frozenset[int]:
    """Whom a complaint concerns."""
    return frozenset(ComplaintPerson.objects.filter(complaint=complaint).values_list("person_id", flat=True))


def concerns(person: int) -> Q:
    """The complaints that concern somebody."""
    return Q(Exists(ComplaintPerson.objects.filter(complaint=OuterRef("pk"), person=person)))


def listed(where: Q, *, page: int) -> ComplaintPage:
    """A page of complaints: those whose clock runs first, by their day."""
    part = slice((page - 1) * SIZE, page * SIZE + 1)
    running = Q(state__in=RUNNING)
    found = list(rows().filter(where).alias(open=running).order_by("-open", "due_on", "-id")[part])
    return ComplaintPage(tuple(complaint(row) for row in found[:SIZE]), len(found) > SIZE)


def steps(id: int, *, internal: bool) -> list[ComplaintStep]:
    """A complaint's history; the notes of the investigation only for those who deal with it."""
    states = ComplaintStateRow.objects.filter(complaint=id).select_related("person").order_by("id")[:STEPS]
    found = [
        ComplaintStep(one.at, one.person.name, ComplaintState(one.state), one.note if internal else "")
        for one in states
    ]
    if internal:
        notes = ComplaintNote.objects.filter(complaint=id).select_related("person").order_by("id")[:STEPS]
        found += [ComplaintStep(one.at, one.person.name, None, one.text) for one in notes]
    return sorted(found, key=lambda step: step.at)


def answer(id: int) -> WrittenAnswer | None:
    row = ComplaintAnswer.objects.filter(pk=id).select_related("person").first()
    return WrittenAnswer(Finding(row.finding), row.text, row.person.name, row.at) if row else None


def overdue(day: date, limit: int = 500) -> list[ComplaintRow]:
    """Complaints past their day of which nobody was told yet."""
    told = ComplaintEscalation.objects.filter(complaint=OuterRef("pk"), due_on=OuterRef("due_on"))
    found = ComplaintRow.objects.filter(~Exists(told), due_on__lt=day, state__in=RUNNING)
    return list(found.order_by("id")[:limit])
