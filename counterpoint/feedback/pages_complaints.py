"""What the pages of complaints show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.feedback import access, pages, pages_compensation, services
from counterpoint.feedback import queries_compensation as compensations
from counterpoint.feedback import queries_complaints as queries
from counterpoint.feedback.data_complaints import Complaint, ComplaintState, ComplaintStep, Stage
from counterpoint.feedback.forms.complaints import AnswerForm, CauseForm, ConcernedForm
from counterpoint.feedback.forms.items import ReasonForm, TextForm
from counterpoint.feedback.labels import CHANNELS, COMPENSATION_STATES, COMPLAINT_STATES, FINDINGS, STAGES
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.money import Money
from counterpoint.people import services as people

S = ComplaintState


def line(one: Complaint) -> dict[str, Any]:
    days = (one.due - clock.today()).days
    running = one.state in (S.RECEIVED, S.INVESTIGATING)
    return {
        "one": one, "state": COMPLAINT_STATES[one.state], "channel": CHANNELS[one.channel],
        "days": days, "running": running, "late": running and days < 0, "soon": running and 0 <= days <= 3,
    }  # fmt: skip


def lines(found: Iterable[Complaint], by: Actor) -> list[dict[str, Any]]:
    """A page of the list; the handler sees how a compensation stands."""
    known = list(found)
    waiting = compensations.waiting(one.id for one in known if one.handler == by.id and not one.ended)
    return [
        line(one) | {"compensation": COMPENSATION_STATES[waiting[one.id]] if one.id in waiting else None}
        for one in known
    ]


def _step(one: ComplaintStep, noted: Any, paid: str) -> dict[str, Any]:
    shown = COMPLAINT_STATES[one.state] if one.state else None
    compensated = _("Compensated with %(sum)s.") % {"sum": paid} if paid and one.state is S.CLOSED else ""
    return {
        "at": one.at, "title": shown.words if shown else noted, "who": one.who,
        "text": "\n".join(filter(None, (one.text, compensated))),
        "icon": shown.icon if shown else "lock", "meaning": shown.meaning if shown else "neutral",
    }  # fmt: skip


def complaint(
    request: HttpRequest, found: Complaint, noted: Any, refusal: Refusal | None = None, **forms: Any
) -> dict[str, Any]:  # fmt: skip
    """A complaint with its history, and what this person may do with it."""
    by = people.actor_from(request)
    deals, reads = services.deals(by, found), services.reads(by, found)
    handles = deals and found.handler == by.id
    doing = found.state is S.INVESTIGATING
    oversees = access.part(request).oversees
    approves = deals and not handles and (oversees.own or bool(oversees.givers))
    answer = queries.answer(found.id) if reads else None
    extends = doing and (
        (handles and found.stage is Stage.SIMPLE) or (approves and found.stage is Stage.COMPLEX)
    )
    money = pages_compensation.section(found, deals=deals, handles=handles, reads=reads)
    paid = str(Money(money["compensated"], money["compensated_currency"])) if money["compensated"] else ""
    return money | {
        "complaint": found, **line(found), "refusal": refusal, "reads": reads, "deals": deals,
        "steps": [_step(one, noted, paid) for one in queries.steps(found.id, internal=reads)],
        "stage": STAGES[found.stage], "answer": answer,
        "finding": FINDINGS[answer.finding] if answer else None,
        "operation": pages.operation_name(found.operation), "branch": pages.unit_name(found.branch),
        "party": customers.party(found.party) if found.party and reads else None,
        "concerned": people.names_of(queries.concerned(found.id)).values() if reads else (),
        "tabs": pages.tabs(request, "complaints"),
        "may_take": deals and found.state is S.RECEIVED,
        "note_form": TextForm(label_suffix="", auto_id="note_%s") if deals and not found.ended else None,
        "concerned_form": ConcernedForm(label_suffix="", auto_id="concerned_%s")
        if deals and found.state in (S.RECEIVED, S.INVESTIGATING) else None,
        "extend_form": ReasonForm(label_suffix="", auto_id="extend_%s") if extends else None,
        "next_stage": str(Stage.COMPLEX if found.stage is Stage.SIMPLE else Stage.SPECIAL),
        "answer_form": AnswerForm(label_suffix="", auto_id="answer_%s") if handles and doing else None,
        "close_form": CauseForm(label_suffix="", auto_id="cause_%s")
        if deals and found.state is S.ANSWERED else None,
        "withdraw_form": ReasonForm(label_suffix="", auto_id="withdraw_%s")
        if deals and found.state in (S.RECEIVED, S.INVESTIGATING) else None,
    } | forms  # fmt: skip
