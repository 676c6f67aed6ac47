"""The desk's left column: the visit that is served 当前到访, what waits for me, and who is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import PartyHit
from counterpoint.kit.data import Actor
from counterpoint.lobby import services as lobby
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import services as teller
from counterpoint.visits import services as visits
from counterpoint.visits.data import DraftView, HelpState, HelpView, VisitState, VisitView

#: What fits beside the work; the page of visits has them all.
NEXT, IDLE_NEXT, NOTES, RECEIPTS, CALLS = 3, 8, 2, 4, 3
#: The duties by which a visit, or a call for help, may come to somebody at a desk.
DUTIES = (Duty.CASH, Duty.ACCOUNTS, Duty.TRANSFER, Duty.HOLDS, Duty.LOANS, Duty.AUTHORIZE, Duty.CUSTOMER_VIEW)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft that lies with the visit: which operation, and how much of it still wants a look."""

    draft: DraftView
    title: str
    source: str
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class InLine:
    """A visit of the branch that may be served next."""

    visit: VisitView
    who: PartyHit | None
    mine: bool


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the column shows."""
    who, now = people.actor_from(request), visits.visit_served(request)
    numbers = {desk.id: desk.number for desk in org.desks(who.branch or 0)}
    here = visits.open_visits(who.branch or 0)
    found = _calls(request, who, numbers, here) | {"me": who, "visit": now, "desks": numbers}
    found |= _next(who, now, here)
    if now is None:
        return found | _called(who) | {"to_pay": teller.to_pay(by=who)}
    return found | _served(who, now)


def _served(who: Actor, now: VisitView) -> dict[str, Any]:
    """The customer, the clocks, what is prepared, what was done, who looks on."""
    drafts, notes = visits.drafts_of(now.id), visits.notes_of(now.id)
    since = now.serving.at if now.serving else now.at
    expected = visits.expected_seconds(now)
    receipts = teller.receipts_of_visit(visit=now.key, branch=now.branch, limit=50)
    return {
        "to_pay": teller.to_pay(by=who),
        "expected": expected, "expected_minutes": expected // 60,
        "waited_minutes": max(0, int((since - now.at).total_seconds() // 60)),
        "prepared": [_prepared(draft) for draft in drafts],
        "papers": len(visits.papers_of(now.id)),
        "notes": notes[-NOTES:], "more_notes": max(0, len(notes) - NOTES),
        "more_receipts": max(0, len(receipts) - RECEIPTS),
        "done": [_receipt(receipt) for receipt in receipts[:RECEIPTS]],
        "onlookers": [
            (one, _field(one.field)) for one in visits.onlookers(now.id) if one.person != who.id
        ],
        "back": visits.came_back_with(now),
    } | _customer(now)  # fmt: skip


def _customer(now: VisitView) -> dict[str, Any]:
    if now.party is None:
        return {"party": None}
    party = customers.party(now.party)
    return {"party": party, "alerts": [customers.label(alert.kind) for alert in party.alerts]}


def _prepared(draft: DraftView) -> Prepared:
    return Prepared(
        draft, visits.operation_words(draft.operation).title, visits.source_words(draft.source),
        len(visits.unconfirmed(draft)),
    )  # fmt: skip


def _receipt(receipt: teller.Receipt) -> dict[str, Any]:
    title = teller.operation(receipt.code).name(get_language() or "")
    return {"id": receipt.id, "at": receipt.at, "title": title, "amount": receipt.amount,
            "currency": receipt.currency}  # fmt: skip


def _field(field: str) -> str:
    """``1101.amount`` in words; empty where somebody only looks."""
    code, _dot, name = field.partition(".")
    return visits.operation_words(code).label(name) if name else ""


def _calls(
    request: HttpRequest, who: Actor, numbers: dict[int, str], here: list[VisitView]
) -> dict[str, Any]:
    """Hand-offs to me, the call that I have made, and those of others that I could answer."""
    branch = who.branch or 0
    duties = [duty for duty in DUTIES if people.can(request, duty)]
    handed = visits.inbox(person=who.id, desk=who.desk, duties=duties, branch=branch)
    calls = visits.open_calls(branch)
    mine = next((call for call in calls if call.asker == who.id), None)
    others = [call for call in calls if visits.could_answer(call, person=who.id, duties=duties)][:CALLS]
    known = {one.id: one for one in here}
    return {
        "handed": [
            (one, known[one.visit], numbers.get(one.giver_desk or 0, ""))
            for one in handed[:CALLS] if one.visit in known
        ],
        "given": _given(who, numbers, here),
        "my_call": mine, "nearest": _nearest(mine),
        "calls": [(call, numbers.get(call.desk or 0, "")) for call in others],
        "helping": [call for call in calls if call.helper == who.id],
    }  # fmt: skip


def _nearest(call: HelpView | None) -> str:
    if call is None or call.state is not HelpState.CALLED:
        return ""
    found = visits.nearest(call.id)
    return f"{found[0].name} · {found[0].why}" if found else _("nobody who could come is here")


def _given(who: Actor, numbers: dict[int, str], here: list[VisitView]) -> list[tuple[VisitView, str]]:
    """Visits that I have handed on and that nobody has accepted yet, with to whom."""
    mine = [one for one in here if one.hand_off is not None and one.hand_off.giver == who.id]
    return [(one, visits.receiver_words(one.hand_off, numbers)) for one in mine[:CALLS] if one.hand_off]


def in_line(request: HttpRequest) -> dict[str, Any]:
    """Who is next, alone: what the news of the whole branch may change of the column."""
    who, now = people.actor_from(request), visits.visit_served(request)
    return {"visit": now} | _next(who, now, visits.open_visits(who.branch or 0))


def _called(who: Actor) -> dict[str, Any]:
    """Whom the desk has called and who is not here yet; or whether its window is open at all."""
    if who.desk is None:
        return {}
    found = visits.called_at(who.desk)
    if found is None:
        return {"window": lobby.window_of(person=who.id)}
    known = customers.parties_by_id([found.party] if found.party is not None else [])
    return {"called": found, "called_party": known.get(found.party or 0)}


def _next(who: Actor, now: VisitView | None, here: list[VisitView]) -> dict[str, Any]:
    """Who came back to me or waits for me; then the heads of the lobby's line."""
    own = _in_line(who, now, here)
    room = max(0, (NEXT if now else IDLE_NEXT) - len(own))
    total, heads = lobby.heads(who.branch or 0, limit=room)
    return {"next": own, "line": heads, "line_total": total}


def _in_line(who: Actor, now: VisitView | None, here: list[VisitView]) -> list[InLine]:
    """Who may be served next: what came back to me or I have parked, then who waits, by arrival."""
    found = [
        one for one in here
        if one.state in (VisitState.WAITING, VisitState.PARKED) and _concerns(one, who)
        # Who holds a number is called by it; who came back to somebody is shown to them besides.
        and (one.ticket is None or one.waits_for == who.id or one.state is VisitState.PARKED)
    ]  # fmt: skip
    found.sort(key=lambda one: (one.waits_for != who.id, one.state is VisitState.PARKED, one.at))
    chosen = found[: NEXT if now else IDLE_NEXT]
    known = customers.parties_by_id(one.party for one in chosen if one.party is not None)
    return [InLine(one, known.get(one.party or 0), one.waits_for == who.id) for one in chosen]


def _concerns(one: VisitView, who: Actor) -> bool:
    """A visit that waits for somebody in particular is theirs; so is one that they have parked."""
    if one.state is VisitState.PARKED:
        return one.parked_by == who.id
    return one.waits_for is None or one.waits_for == who.id
