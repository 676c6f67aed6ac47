"""Complaints 投诉: registering, taking, whom it concerns, notes, the official clock, the written answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.feedback import queries_compensation as compensations
from counterpoint.feedback import queries_complaints as queries
from counterpoint.feedback import rules
from counterpoint.feedback.data_complaints import (
    Channel,
    ComplaintMalformed,
    ComplaintState,
    ExtendedAlready,
    Finding,
    NotTheHandler,
    Stage,
)
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.feedback.models import (
    ComplaintAnswer,
    ComplaintExtension,
    ComplaintNote,
    ComplaintPerson,
)
from counterpoint.feedback.services import compensating
from counterpoint.feedback.services import complaints_parts as parts
from counterpoint.feedback.services import complaints_rights as rights
from counterpoint.feedback.services.parts import check_person, words
from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.org import services as org
from counterpoint.people import services as people

S = ComplaintState
MOST_CONCERNED = 10
LONGEST_CAUSE = 1000


@verb("feedback.complaint.registered")
def register_complaint(
    *, channel: Channel, text: str, party: int | None, operation: str, concerned: Iterable[int],
    received: date, by: Actor,
) -> int:  # fmt: skip
    """Register a customer's complaint 受理投诉; the official clock begins on the day it was received."""
    check_person(by)
    if not clock.today().toordinal() - 30 <= received.toordinal() <= clock.today().toordinal():
        raise ComplaintMalformed(_("It was received today or within the last 30 days."), field="received")
    if party is not None:
        customers.party(party)
    row = ComplaintRow(
        channel=Channel(channel), text=words(text, field="text"), party_id=party,
        operation=rules.operation_of(operation), branch_id=by.branch or org.home(), registrar_id=by.id,
        at=clock.now(), received_on=received,
    )  # fmt: skip
    parts.run_clock(row, Stage.SIMPLE)
    row.save()
    parts.begin(row, S.RECEIVED, by)
    _name(row, concerned)
    parts.say(row, {"channel": str(row.channel), "due": row.due_on})
    return row.pk


@verb("feedback.complaint.taken")
def take_complaint(*, complaint: int, by: Actor) -> None:
    """Take a complaint up 承办; not whom it concerns."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, S.RECEIVED)
    parts.enter(row, S.INVESTIGATING, by, handler_id=by.id)
    parts.say(row)


@verb("feedback.complaint.person_named")
def name_concerned(*, complaint: int, person: int, by: Actor) -> None:
    """Somebody else turns out to be concerned 追加回避; a handler who is gives the complaint back."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, S.RECEIVED, S.INVESTIGATING)
    _name(row, [person])
    compensating.keep_out(row, person, by)
    if row.handler_id == person:
        parts.enter(row, S.RECEIVED, by, note="回避 / recused", handler=None)
    parts.say(row, {"person": person})


def _name(row: ComplaintRow, persons: Iterable[int]) -> None:
    wanted = list(dict.fromkeys(persons))
    known = queries.concerned(row.pk)
    if len(known | set(wanted)) > MOST_CONCERNED:
        raise ComplaintMalformed(_("A complaint concerns %(n)s people at most.") % {"n": MOST_CONCERNED})
    for one in wanted:
        people.person(one)
        if one not in known:
            ComplaintPerson.objects.create(complaint=row, person_id=one, at=clock.now())


@verb("feedback.complaint.noted")
def note_complaint(*, complaint: int, text: str, by: Actor) -> None:
    """Keep what the investigation found 调查记录."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, S.RECEIVED, S.INVESTIGATING, S.ANSWERED)
    ComplaintNote.objects.create(
        complaint=row, person_id=by.id, at=clock.now(), text=words(text, field="text")
    )
    parts.say(row)


@verb("feedback.complaint.extended")
def extend_complaint(*, complaint: int, stage: Stage, reason: str, by: Actor) -> None:
    """Extend the official clock 延长办理: its handler as complex, and then somebody above as special."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, S.INVESTIGATING)
    said = words(reason, field="reason", longest=500)
    order = (Stage.SIMPLE, Stage.COMPLEX, Stage.SPECIAL)
    if stage not in order[1:] or order.index(stage) != order.index(Stage(row.stage)) + 1:
        raise ExtendedAlready(_("The clock is extended as complex first, and as special once after that."))
    if stage is Stage.COMPLEX:
        parts.check_handler(row, by)
    else:
        people.check_actor(by=by, duty=rights.duties()[1], branch=0)
        if row.handler_id == by.id:
            raise NotTheHandler(_("The handler does not approve the second extension."))
    parts.run_clock(row, stage)
    row.save(update_fields=["stage", "due_on"])
    ComplaintExtension.objects.create(
        complaint=row, stage=stage, person_id=by.id, reason=said, at=clock.now(), due_on=row.due_on
    )
    parts.say(row, {"stage": str(stage), "due": row.due_on})


@verb("feedback.complaint.answered")
def answer_complaint(*, complaint: int, finding: Finding, text: str, by: Actor) -> None:
    """Answer the customer in writing 书面答复; the clock has ended."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, S.INVESTIGATING)
    parts.check_handler(row, by)
    ComplaintAnswer.objects.create(
        complaint=row, finding=Finding(finding), text=words(text, field="text"), person_id=by.id,
        at=clock.now(),
    )  # fmt: skip
    parts.enter(row, S.ANSWERED, by)
    parts.say(row, {"finding": str(finding)})


@verb("feedback.complaint.closed")
def close_complaint(*, complaint: int, cause: str, by: Actor) -> None:
    """Close an answered complaint 办结, with its cause and what was mended."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, S.ANSWERED)
    compensating.check_none_open(row)
    parts.enter(row, S.CLOSED, by, note=words(cause, field="cause", longest=LONGEST_CAUSE))
    parts.say(row, {"compensated": compensations.paid(compensations.compensations(row.pk))})


@verb("feedback.complaint.withdrawn")
def withdraw_complaint(*, complaint: int, note: str, by: Actor) -> None:
    """The customer withdraws the complaint 客户撤回; it ends the same day."""
    row = parts.locked(complaint)
    rights.check_deals(row, by)
    parts.check_state(row, S.RECEIVED, S.INVESTIGATING)
    compensating.check_none_open(row)
    parts.enter(row, S.WITHDRAWN, by, note=words(note, field="note", longest=LONGEST_CAUSE))
    parts.say(row)
