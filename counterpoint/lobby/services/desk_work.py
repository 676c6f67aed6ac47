"""At the desk 柜台办理: begun, parked, resumed, given on, finished, taken up again."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Why
from counterpoint.kit.verbs import verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    CALLING,
    DeskBusy,
    LobbyMalformed,
    TicketState,
    TicketView,
)
from counterpoint.lobby.models import Ticket
from counterpoint.lobby.services import book, learning, ratings, reach
from counterpoint.org import services as org
from counterpoint.org.data import DeskNotHeld
from counterpoint.people import services as people


@verb("lobby.service.begun")
def begin_serving(*, ticket: UUID, by: Actor) -> TicketView:
    """The called customer is at the desk 开始办理. Pressed twice, it begins once."""
    row = reach.locked(ticket, by)
    reach.check_state(row, *CALLING, TicketState.SERVING)
    reach.check_mine(row, by)
    if row.state != TicketState.SERVING:
        reach.move(row, TicketState.SERVING, desk=row.desk_id, person=row.person_id)
    reach.tell_of(row, desk=row.desk_id, person=row.person_id)
    return queries.ticket_view(row)


@verb("lobby.service.parked")
def park_ticket(
    *, ticket: UUID, reason: str, by: Actor, note: str = "", papers: Iterable[str] = ()
) -> TicketView:  # fmt: skip
    """Let a customer wait for something 暂存, such as a missing paper; arrival and place stay."""
    codes = reach.codes_of([reason], field="reason")
    said = reach.words_of(note, 200, field="note")
    missing = reach.codes_of(papers, field="papers")
    row = reach.locked(ticket, by)
    reach.check_mine(row, by)
    desk = row.desk_id
    reach.move(
        row, TicketState.PARKED, person=row.person_id, reason=codes[0], note=said, papers_missing=missing
    )
    reach.tell_of(row, f"desk:{desk}", desk=desk, reason=codes[0], papers=missing)
    return queries.ticket_view(row)


def resume(*, ticket: UUID, by: Actor) -> TicketView:
    """Go on with a parked customer, or take one who was handed over 继续办理, at the actor's own desk."""
    try:
        return _resume(ticket=ticket, by=by)
    except IntegrityError as error:
        raise _busy() from error


@verb("lobby.service.resumed")
def _resume(*, ticket: UUID, by: Actor) -> TicketView:
    """A parked or handed-over customer is served again 继续办理."""
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    reach.check_state(row, TicketState.PARKED, TicketState.HANDED_OVER)
    desk = _desk_of(by)
    if queries.at_desk(desk) is not None:
        raise _busy()
    reach.move(row, TicketState.SERVING, desk=desk, person=by.id, papers_missing=[])
    reach.tell_of(row, desk=desk, person=by.id)
    return queries.ticket_view(row)


def _desk_of(by: Actor) -> int:
    held = org.desk_of(by.id) if by.kind is ActorKind.PERSON else None
    if held is None or held.branch != by.branch:
        raise DeskNotHeld(_("You work at no desk here."))
    return held.id


def _busy() -> DeskBusy:
    return DeskBusy(_("A customer is at this desk."), why=Why(remedy=_("Finish, park or hand on first.")))


@verb("lobby.ticket.transferred")
def transfer_ticket(
    *, ticket: UUID, note: str, by: Actor, service: str | None = None, desk: int | None = None,
    person: int | None = None,
) -> TicketView:  # fmt: skip
    """Give a customer to another service, desk or person 转号: the arrival stays, the note is needed."""
    said = reach.words_of(note, 500, field="note", needed=True)
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    if row.desk_id is not None:
        reach.check_mine(row, by)
    if (service, desk, person) == (None, None, None) or (desk is not None and person is not None):
        raise LobbyMalformed(_("Say to which service, desk or person."), field="service")
    code = row.service if service is None else book.service_at(service, row.branch_id).code
    _check_target(row, desk, person)
    before, left = row.service, row.desk_id
    reach.move(
        row, TicketState.TRANSFERRED, note=said, service=code, wanted_desk_id=desk, wanted_person_id=person,
        recalls=0, prework=row.prework if code == before else [],
    )  # fmt: skip
    Ticket.objects.filter(pk=row.pk).update(note=said)
    heard = [f"desk:{one}" for one in (left, desk) if one is not None]
    heard += [f"person:{one}" for one in (by.id, person) if one]
    reach.tell_of(row, *heard, before=before, wanted_desk=desk, wanted_person=person)
    row.note = said
    return queries.ticket_view(row)


def _check_target(row: Ticket, desk: int | None, person: int | None) -> None:
    if desk is not None and org.desk(desk).branch != row.branch_id:
        raise LobbyMalformed(_("This desk belongs to another branch."), field="desk")
    if person is not None:
        held = org.desk_of(people.person(person).id)
        if held is None or held.branch != row.branch_id:
            raise LobbyMalformed(_("This person works at no desk here."), field="person")


@verb("lobby.ticket.handed_over")
def hand_over_ticket(*, ticket: UUID, by: Actor, note: str = "") -> TicketView:
    """The visit is on its way to another desk 转交中; the ticket waits for its receiver, in the old place."""
    said = reach.words_of(note, 500, field="note")
    row = reach.locked(ticket, by)
    reach.check_mine(row, by)
    desk, person = row.desk_id, row.person_id
    reach.move(row, TicketState.HANDED_OVER, note=said)
    reach.tell_of(row, f"desk:{desk}", f"person:{person}", desk=desk)
    return queries.ticket_view(row)


@verb("lobby.service.finished")
def finish_ticket(*, ticket: UUID, by: Actor) -> TicketView:
    """The customer's business is done 办结: how long it took is learned, and a rating is asked for."""
    row = reach.locked(ticket, by)
    if row.state in (TicketState.PARKED, TicketState.HANDED_OVER):
        reach.check_staff(by, row.branch_id)
    else:
        reach.check_mine(row, by)
    desk, person, now = row.desk_id, row.person_id, clock.now()
    reach.move(row, TicketState.SERVED, at=now)
    took = learning.learn(row)
    ratings.invite(row, desk=desk, person=person, now=now)
    heard = [f"desk:{desk}"] if desk is not None else []
    heard += [f"person:{person}"] if person is not None else []
    reach.tell_of(row, *heard, desk=desk, person=person, seconds=took)
    return queries.ticket_view(row)


@verb("lobby.ticket.reopened")
def reopen_ticket(*, ticket: UUID, by: Actor, reason: str) -> TicketView:
    """A customer who was finished or had left is back on the same day 重新排队, in the old place."""
    said = reach.words_of(reason, 200, field="reason", needed=True)
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    reach.check_state(row, TicketState.SERVED, TicketState.LEFT)
    before = row.state
    reach.move(row, TicketState.RETURNED, note=said, recalls=0)
    reach.tell_of(row, before=before, reason=said)
    return queries.ticket_view(row)


def current_ticket(*, desk: int) -> TicketView | None:
    """The ticket that takes up a desk 当前号."""
    row = queries.at_desk(desk)
    return queries.ticket_view(row) if row else None
