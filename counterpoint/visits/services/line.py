"""A visit and its number in the lobby's line 到访与排队号: what happens to one happens to the other.

The ticket lies in the room below and knows nothing of visits. Its verbs are called in the transaction of
the visit's own, after the visit's row is locked and rights are checked; so where the ticket is with
somebody else than the actor, the system moves it.
"""

from __future__ import annotations

from collections.abc import Iterable

from counterpoint.kit.data import Actor, ActorKind
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import AT_DESK, CALLING, ENDED, IN_LINE, TicketState, TicketView
from counterpoint.visits.models import Visit
from counterpoint.visits.services import reach

#: Why somebody is called out of turn who stands before the teller: a code of ``lobby.call_reasons``.
CAME_DIRECTLY = "came_directly"


def called_at(desk: int) -> TicketView | None:
    """The number that was called to a desk, and whose customer is not there yet 已叫号."""
    found = lobby.current_ticket(desk=desk)
    return found if found is not None and found.state in CALLING else None


def _of(row: Visit) -> TicketView | None:
    """The number of the locked visit, while it counts."""
    if row.ticket_id is None:
        return None
    found = lobby.ticket(row.ticket_id, by=_system(row))
    return None if found.state in ENDED else found


def _system(row: Visit) -> Actor:
    return lobby.self_service(row.branch_id)


def _mover(row: Visit, ticket: TicketView, by: Actor) -> Actor:
    """Who moves the ticket: the actor, where the lobby believes it to be with them."""
    theirs = ticket.person in (None, by.id) and by.kind is ActorKind.PERSON
    return by if theirs else _system(row)


def served(row: Visit, by: Actor, desk: int | None) -> None:
    """The visit is served from now on, and so is its number, where the actor works at a desk."""
    ticket = _of(row)
    if ticket is None or desk is None:
        return
    if ticket.state in IN_LINE:
        ticket = lobby.call_ticket(ticket=ticket.key, desk=desk, reason=CAME_DIRECTLY, by=by).ticket
    if ticket.state in CALLING:
        lobby.begin_serving(ticket=ticket.key, by=by)
        return
    if ticket.state is TicketState.SERVING and ticket.person != by.id:
        ticket = lobby.hand_over_ticket(ticket=ticket.key, by=_system(row))
    if ticket.state in (TicketState.PARKED, TicketState.HANDED_OVER):
        lobby.resume(ticket=ticket.key, by=by)


def parked(row: Visit, by: Actor, reason: str, note: str, papers: Iterable[str]) -> None:
    """The visit waits for something, and its number with it."""
    ticket = _of(row)
    if ticket is not None and ticket.state is TicketState.SERVING:
        lobby.park_ticket(
            ticket=ticket.key, reason=reason, note=note, papers=papers, by=_mover(row, ticket, by)
        )


def handed(row: Visit, by: Actor, note: str) -> None:
    """The visit is on its way to somebody."""
    ticket = _of(row)
    if ticket is not None and ticket.state is TicketState.SERVING:
        lobby.hand_over_ticket(ticket=ticket.key, note=note, by=_mover(row, ticket, by))


def back_in_line(row: Visit, by: Actor, person: int | None = None) -> None:
    """Nobody serves the visit any more: its number stands in the line again, in the old place.

    It waits for ``person``, if one is named: who knows the customer already.
    """
    ticket = _of(row)
    if ticket is not None and ticket.state in (*AT_DESK, TicketState.HANDED_OVER):
        lobby.let_go(ticket=ticket.key, person=person, by=_mover(row, ticket, by))


def finished(row: Visit, by: Actor) -> None:
    """The visit has ended; a customer who still stood in the line has left it."""
    ticket = _of(row)
    if ticket is None:
        return
    if ticket.state in (*IN_LINE, *CALLING):
        lobby.leave_line(ticket=ticket.key, by=_mover(row, ticket, by))
    else:
        lobby.finish_ticket(ticket=ticket.key, by=_mover(row, ticket, by))


def described(row: Visit, by: Actor) -> None:
    """It is known now whose visit it is, and so whose number."""
    ticket = _of(row)
    if ticket is not None:
        lobby.describe_ticket(ticket=ticket.key, party=row.party_id, by=_mover(row, ticket, by))


def let_called_go(by: Actor) -> None:
    """Whoever was called to the desk that the actor leaves stands in the line again."""
    desk = reach.desk_of(by)
    found = called_at(desk) if desk is not None else None
    if found is not None and found.person == by.id:
        lobby.let_go(ticket=found.key, by=by)
