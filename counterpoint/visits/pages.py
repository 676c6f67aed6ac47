"""What the screens of visits show: page and fragment share these contexts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import Field, PartyHit, Purpose
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import access, labels, services
from counterpoint.visits.data import DraftView, Onlooker, VisitState, VisitView
from counterpoint.visits.operations import OperationWords, operation_words
from counterpoint.visits.rules_screens import is_document_field, is_name_field, shown_value
from counterpoint.visits.words import receiver_words as receiver_words
from counterpoint.visits.words import source_words


@dataclass(frozen=True, slots=True)
class Line:
    """A visit as a list shows it."""

    visit: VisitView
    who: PartyHit | None
    state: str
    meaning: str
    icon: str
    reason: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in words: its fields in the order of the form, and which still want a confirmation."""

    draft: DraftView
    operation: OperationWords
    source: str
    fields: list[tuple[str, str, str, bool]]
    unconfirmed: list[str]
    at: str = ""


def lines(visits: Iterable[VisitView]) -> list[Line]:
    """Visits with their customers' masked names, in one query for all."""
    found = list(visits)
    known = customers.parties_by_id(one.party for one in found if one.party is not None)
    return [line(one, known.get(one.party or 0)) for one in found]


def line(visit: VisitView, who: PartyHit | None) -> Line:
    words, meaning, icon = labels.VISIT_STATES[visit.state]
    return Line(visit, who, str(words), meaning, icon, labels.reason(visit.reason))


def desk_numbers(branch: int) -> dict[int, str]:
    return {desk.id: desk.number for desk in org.desks(branch)}


def draft_line(draft: DraftView, *, clear: bool = False, at: str = "") -> DraftLine:
    """``clear``: for who serves the visit. For others, names and documents in it are masked.

    ``at`` is where somebody is now, as ``1101.amount``.
    """
    operation = operation_words(draft.operation)
    unconfirmed = services.unconfirmed(draft)
    rows = [
        (name, operation.label(name), _value(operation, name, draft.fields[name], clear), name in unconfirmed)
        for name in operation.ordered(draft.fields)
    ]
    source = source_words(draft.source)
    code, _dot, name = at.partition(".")
    return DraftLine(
        draft, operation, source, rows, [operation.label(one) for one in unconfirmed],
        name if code == draft.operation else "",
    )  # fmt: skip


def _value(operation: OperationWords, name: str, value: Any, clear: bool) -> str:
    text = operation.value(name, shown_value(value) or _("yes"))
    if clear:
        return text
    if is_name_field(name):
        return customers.mask_name(text)
    return customers.mask_document(text) if is_document_field(name) else text


def onlooker_words(one: Onlooker) -> str:
    """The field in which somebody is, in words; empty where it is none."""
    code, _dot, name = one.field.partition(".")
    return operation_words(code).label(name) if name else ""


def customer(request: HttpRequest, visit: VisitView) -> dict[str, Any]:
    """Who the customer is, masked as everywhere, with the fields that the reader may see one by one."""
    if visit.party is None:
        return {"party": None}
    party = customers.party(visit.party)
    rows = [(Field.NAME, party.name)]
    if party.document is not None:
        rows.append((Field.DOCUMENT, party.document.number))
    if party.phone:
        rows.append((Field.PHONE, party.phone))
    return {
        "party": party, "alerts": [customers.label(alert.kind) for alert in party.alerts],
        "facts": [(str(name), customers.label(name), value) for name, value in rows],
        "purpose": str(Purpose.COUNTER), "sees_customers": people.can(request, Duty.CUSTOMER_VIEW),
    }  # fmt: skip


def paper_lines(visit: int) -> list[dict[str, Any]]:
    """The papers of a visit, each with what it shows."""
    links = {link.paper: link for link in services.papers_of(visit)}
    return [
        {"paper": one, "kind": {str(k): v for k, v in papers.KINDS.items()}.get(links[one.id].kind, "")}
        for one in papers.papers_of(list(links))
    ]


def timeline(visit: int) -> list[dict[str, Any]]:
    """What happened, the newest first, for the part that draws timelines."""
    language = get_language() or ""
    return [
        {"at": one.at, "title": one.words(language), "who": one.who, "icon": _icon(one.verb)}
        for one in services.timeline(visit)
    ]


#: The first that a verb begins with.
_ICONS = {
    "visits.visit.finished": "circle-check", "visits.visit.parked": "player-pause",
    "visits.visit": "user-check", "visits.hand_off": "send", "visits.help": "lifebuoy",
    "visits.draft": "edit", "visits.note": "message",
    "visits.paper": "paperclip", "visits.pass": "qrcode", "approvals.": "shield-check", "teller.": "receipt",
}  # fmt: skip


def _icon(verb: str) -> str:
    return next((icon for start, icon in _ICONS.items() if verb.startswith(start)), "circle-dot")


def acts(request: HttpRequest, visit: VisitView) -> set[str]:
    """What the reader may do with the visit now; the verbs decide again."""
    if visit.state is VisitState.ENDED or not people.can(request, Duty.CUSTOMER_VIEW):
        return set()
    who = people.actor_from(request)
    found = {"note", "paper", "pass"}
    if visit.serving is not None and visit.serving.person == who.id:
        return found | {"park", "hand_off", "finish", "identify"}
    if visit.serving is not None and people.can(request, Duty.AUTHORIZE):
        found.add("free")
    if visit.state in (VisitState.WAITING, VisitState.PARKED):
        found |= {"finish", "identify"} | ({"serve"} if access.serves(request) else set())
    if visit.hand_off is not None and visit.hand_off.giver == who.id:
        found.add("withdraw")
    return found
