"""What the lobby tablet shows 大堂平板: cards, windows, suggestion. Page and fragment share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import PartyHit
from counterpoint.lobby import services
from counterpoint.lobby.access import branch_here
from counterpoint.lobby.data import Service, TicketView, WaitingNow, WindowNow
from counterpoint.lobby.data_suggestions import SuggestionView
from counterpoint.lobby.faces import PAPERS
from counterpoint.lobby.labels import TICKET_STATES
from counterpoint.org import services as org
from counterpoint.org.data import DeskView
from counterpoint.people import services as people


@dataclass(frozen=True, slots=True)
class Card:
    """A number as the tablet shows it."""

    ticket: TicketView
    service: str
    who: PartyHit | None
    state: tuple[Any, str, str]
    papers: list[str]
    priority: str
    #: Forms that can be filled in before, and have not been.
    to_do: int
    predicted: int = 0
    over_target: bool = False
    broken: bool = False

    @property
    def promise(self) -> tuple[int, int] | None:
        """The range that was promised, in minutes."""
        made = self.ticket.promise
        return (made.low // 60, -(-made.high // 60)) if made else None


@dataclass(frozen=True, slots=True)
class Place:
    """A desk of the branch as the tablet shows it: its window, who sits there, whom it has."""

    desk: DeskView
    now: WindowNow | None
    services: list[str]
    holder: str


def floor_context(request: HttpRequest, page: int = 1) -> dict[str, Any]:
    """Who waits, which windows are open, what is suggested."""
    branch = branch_here(request)
    known = services.services_at(branch)
    line, windows = services.waiting(branch, page=page), services.board(branch)
    gone = services.could_return(branch)
    parties = customers.parties_by_id(
        one.party
        for one in (*(row.ticket for row in line.waiting), *line.parked, *gone)
        if one.party is not None
    )
    make = _maker(known, parties)
    return {
        "branch": branch, "total": line.total,
        "cards": [make(one.ticket, one) for one in line.waiting],
        "parked": [make(one) for one in line.parked], "gone": [make(one) for one in gone],
        "places": places(branch, windows, known), "over": sum(one.over_target for one in line.waiting),
        "longest": min((one.ticket.arrived for one in line.waiting), default=None),
        "unprinted": len(services.unprinted_of(branch)),
        "suggestion": suggestion_line(services.suggestion_at(branch), known),
        "accepted": [suggestion_line(one, known) for one in services.accepted_at(branch)],
    }  # fmt: skip


def _maker(known: Mapping[str, Service], parties: Mapping[int, PartyHit]) -> Any:
    classes = services.priorities()
    ordinary = next(iter(classes))

    def make(ticket: TicketView, now: WaitingNow | None = None) -> Card:
        service = known.get(ticket.service)
        found = classes.get(ticket.priority)
        return Card(
            ticket=ticket, service=service.name if service else ticket.service,
            who=parties.get(ticket.party or 0), state=TICKET_STATES[ticket.state],
            papers=[str(PAPERS.get(one, one)) for one in ticket.papers_missing],
            priority=found.name if found and ticket.priority != ordinary else "",
            to_do=len(set(service.prework) - set(ticket.prework)) if service and not ticket.prework else 0,
            predicted=now.predicted if now else 0, over_target=bool(now and now.over_target),
            broken=bool(ticket.promise and ticket.promise.broken_at),
        )  # fmt: skip

    return make


def card(ticket: TicketView) -> Card:
    """One number."""
    parties = customers.parties_by_id([ticket.party]) if ticket.party is not None else {}
    made: Card = _maker(services.services_at(ticket.branch), parties)(ticket)
    return made


def places(branch: int, windows: Iterable[WindowNow], known: Mapping[str, Service]) -> list[Place]:
    """Every desk of the branch, in the order of their numbers."""
    by_desk = {one.window.desk: one for one in windows}
    desks, found = org.desks(branch), []
    names = people.names_of(desk.holder for desk in desks)
    for desk in desks:
        now = by_desk.get(desk.id)
        serves = now.window.services if now else ()
        found.append(
            Place(
                desk, now, [known[code].name for code in serves if code in known],
                now.window.person_name if now else names.get(desk.holder or 0, ""),
            )
        )  # fmt: skip
    return found


def suggestion_line(one: SuggestionView | None, known: Mapping[str, Service]) -> dict[str, Any] | None:
    """A suggestion in words."""
    if one is None:
        return None
    names = _(", ").join(known[code].name for code in one.services if code in known)
    return {
        "suggestion": one, "services": names, "before": max(1, round(one.p90_before / 60)),
        "after": round(one.p90_after / 60),
    }  # fmt: skip
