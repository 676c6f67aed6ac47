"""Calling 叫号: next, a certain one, again, or not come. One winner a ticket, one ticket a desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    CALLING,
    IN_LINE,
    CalledTicket,
    Choice,
    DeskBusy,
    GraceOver,
    LobbyMalformed,
    NobodyWaits,
    NotEligible,
    NoWindow,
    TicketElsewhere,
    TicketMoved,
    TicketState,
    TicketView,
    TooEarly,
    WindowView,
)
from counterpoint.lobby.models import Ticket
from counterpoint.lobby.rules.line import seconds
from counterpoint.lobby.rules.router import choose
from counterpoint.lobby.services import able, book, reach
from counterpoint.lobby.services.floor import Floor, floor
from counterpoint.lobby.services.sentences import choice_words, reason_words
from counterpoint.org.data import DeskView

#: Marks the advisory locks of this room; the other number is the branch.
LINE_LOCK_CLASS = 7405


def call_next(*, desk: int, by: Actor) -> CalledTicket:
    """Call whoever is next for a desk 叫号: by the branch's policy, and with the reason in one sentence."""
    try:
        return _call_next(desk=desk, by=by)
    except IntegrityError as error:
        raise _in_use(error, desk) from error


@verb("lobby.ticket.called")
def _call_next(*, desk: int, by: Actor) -> CalledTicket:
    """A ticket was called to a desk 叫号, by the policy in force; its reason stands in the event."""
    here = floor(by.branch or 0, without_line=True)
    window, view = _window(here, desk, by)
    bars = _bars(here, window, view)
    lock_line(window.branch)
    # What waits is read behind the lock: whoever called before has committed.
    here.now, here.line = clock.now(), queries.line(window.branch, here.day)
    state = here.desk_state(window, without=bars)
    waiting, rows = list(here.waiting), {str(row.pk): row for row in here.line}
    while True:
        choice = choose(state, waiting, here.policy, here.now_minutes)
        if choice is None:
            raise _nobody(here, bars)
        row = rows[choice.ticket]
        if _take_up(row, window):
            break
        waiting = [one for one in waiting if one.ticket != choice.ticket]
    _tell_call(row, choice)
    called = queries.ticket_view(row)
    return CalledTicket(called, desk, view.number, choice_words(choice, called, here.services), choice)


def lock_line(branch: int) -> None:
    """One call at a time in a branch, until the transaction ends: the next one sees what it did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LINE_LOCK_CLASS, branch])


def _window(here: Floor, desk: int, by: Actor) -> tuple[WindowView, DeskView]:
    """The open window of a desk, which is the actor's."""
    window = next((one for one in here.windows if one.desk == desk), None)
    view = here.desks.get(desk)
    if window is None or view is None or view.holder != window.person:
        raise NoWindow(
            _("This window is not open."),
            why=Why(remedy=_("Open the window first: then it is known what may be called here.")), desk=desk,
        )  # fmt: skip
    if by.id != window.person or by.branch != window.branch:
        raise TicketElsewhere(
            _("Only who serves at this window calls here."), why=Why(helper=window.person_name)
        )
    return window, view


def _bars(here: Floor, window: WindowView, view: DeskView) -> dict[str, str]:
    asked = [here.services[code] for code in window.services if code in here.services]
    return able.barred(person=window.person, desk=view, services=asked, cash_floor=here.cash_floor)


def _in_use(error: IntegrityError, desk: int) -> Exception:
    """A desk has one ticket by a constraint of its table: cheaper than asking, and it holds in any race."""
    if "lobby_period_desk" not in str(error):
        return error
    at = queries.at_desk(desk)
    return DeskBusy(
        _("A customer is at this desk."), why=Why(remedy=_("Finish, park or hand on first.")),
        ticket=str(at.key) if at else "",
    )  # fmt: skip


def _nobody(here: Floor, bars: dict[str, str]) -> NobodyWaits:
    why = next(iter(bars.values()), "")
    if here.line and why:
        return NobodyWaits(_("Nobody waits whom this desk may serve now."), why=Why(rule=why))
    return NobodyWaits(_("Nobody waits whom this desk may serve now."), waiting=len(here.line))


def _take_up(row: Ticket, window: WindowView) -> bool:
    """Call the ticket, if it still stands as it was read: it may leave without the line's lock."""
    try:
        _call(row, window.desk, window.person)
    except TicketMoved:
        return False
    return True


def _call(row: Ticket, desk: int, person: int, *, reason: str = "", **also: Any) -> None:
    now = clock.now()
    broken = row.promise_broken
    if broken is None and row.promise_high is not None and row.state in IN_LINE:
        broken = now if seconds(row.arrived_at, now) > row.promise_high else None
    reach.move(
        row, TicketState.CALLED, desk=desk, person=person, reason=reason, at=now, recalls=0,
        promise_broken=broken, **also,
    )  # fmt: skip


def _tell_call(row: Ticket, choice: Choice) -> None:
    reach.tell_of(
        row, desk=row.desk_id, person=row.person_id, why=str(choice.reason),
        waited_minutes=round(choice.waited, 1), passed_over=choice.passed_over,
        longest_passed_over=round(choice.longest_passed_over, 1), among=choice.among,
        index=round(choice.index, 3),
    )  # fmt: skip


def call_ticket(*, ticket: UUID, desk: int, reason: str, by: Actor) -> CalledTicket:
    """Call a certain ticket out of turn 指定叫号, with a reason that stands in the audit."""
    try:
        return _call_certain(ticket=ticket, desk=desk, reason=reason, by=by)
    except IntegrityError as error:
        raise _in_use(error, desk) from error


@verb("lobby.ticket.called_out_of_turn")
def _call_certain(*, ticket: UUID, desk: int, reason: str, by: Actor) -> CalledTicket:
    """A certain ticket was called out of turn 指定叫号, for a reason."""
    if reason not in {one.code for one in book.call_reasons()}:
        raise LobbyMalformed(_("Say why this number is called out of turn."), field="reason")
    here = floor(by.branch or 0)
    window, view = _window(here, desk, by)
    row = reach.locked(ticket, by)
    reach.check_state(row, *IN_LINE, TicketState.PARKED)
    _check_able(here, window, view, row)
    passed = sum(one.pk < row.pk and one.service in window.services for one in here.line)
    # Whoever takes up a customer who waited for a colleague is the one who goes on with it.
    taken_up = {} if row.wanted_person_id in (None, window.person) else {"wanted_person_id": None}
    _call(row, desk, window.person, reason=reason, **taken_up)
    reach.tell_of(row, desk=desk, person=window.person, reason=reason, passed_over=passed)
    return CalledTicket(queries.ticket_view(row), desk, view.number, reason_words(reason))


def _check_able(here: Floor, window: WindowView, view: DeskView, row: Ticket) -> None:
    service = here.services.get(row.service)
    bar = _("The branch has no such service.") if service is None else ""
    if service is not None:
        bar = able.barred(person=window.person, desk=view, services=[service]).get(service.code, "")
    if bar:
        raise NotEligible(bar, service=row.service)
    if row.wanted_person_id not in (None, window.person) and row.state != TicketState.RETURNED:
        raise NotEligible(_("This customer was given to somebody else."), ticket=str(row.key))


@verb("lobby.ticket.recalled")
def recall(*, ticket: UUID, by: Actor) -> TicketView:
    """Call once more 重复叫号, after the time between two calls."""
    row = reach.locked(ticket, by)
    reach.check_state(row, *CALLING)
    reach.check_mine(row, by)
    _check_pause(row)
    reach.move(row, TicketState.RECALLED, desk=row.desk_id, person=row.person_id, recalls=row.recalls + 1)
    reach.tell_of(row, recalls=row.recalls)
    return queries.ticket_view(row)


def _check_pause(row: Ticket) -> None:
    pause = int(book.value("call_seconds"))
    left = pause - seconds(row.since, clock.now())
    if left > 0:
        raise TooEarly(
            _("Give the customer %(seconds)s seconds to come.") % {"seconds": pause},
            why=book.why("call_seconds"), seconds=round(left),
        )  # fmt: skip


@verb("lobby.ticket.not_come")
def no_show(*, ticket: UUID, by: Actor) -> TicketView:
    """The called customer did not come 过号, after so many calls; within the grace the place is kept."""
    row = reach.locked(ticket, by)
    reach.check_state(row, *CALLING)
    reach.check_mine(row, by)
    needed = int(book.value("recalls"))
    if row.recalls < needed:
        raise TooEarly(
            _("Call %(count)s times more before this.") % {"count": needed - row.recalls},
            why=book.why("recalls"), calls=needed - row.recalls,
        )  # fmt: skip
    _check_pause(row)
    desk, person = row.desk_id, row.person_id
    reach.move(row, TicketState.NO_SHOW)
    reach.tell_of(row, f"desk:{desk}", f"person:{person}", desk=desk, calls=row.recalls + 1)
    return queries.ticket_view(row)


@verb("lobby.ticket.came_back")
def come_back(*, ticket: UUID, by: Actor) -> TicketView:
    """Who was not there came after all 过号返回: within the grace the old place, later a new number."""
    row = reach.locked(ticket, by)
    reach.check_staff(by, row.branch_id)
    reach.check_state(row, TicketState.NO_SHOW)
    grace = book.grace()
    if clock.now() > row.since + grace:
        raise GraceOver(
            _("The grace of %(minutes)s minutes is over.") % {"minutes": int(grace.total_seconds() // 60)},
            why=book.why("grace_minutes", remedy=_("Take a new number.")),
        )  # fmt: skip
    reach.move(row, TicketState.RETURNED, recalls=0)
    reach.tell_of(row)
    return queries.ticket_view(row)


@verb("lobby.ticket.let_go")
def let_go(*, ticket: UUID, by: Actor, reason: str = "", person: int | None = None) -> TicketView:
    """A desk lets go of whom it called or serves 退回队列: back to the line, in the old place.

    It waits for ``person``, if one is named, as long as that person has a window; else for anybody able.
    """
    said = reach.words_of(reason, 200, field="reason")
    row = reach.locked(ticket, by)
    if row.state == TicketState.HANDED_OVER:
        reach.check_staff(by, row.branch_id)
    else:
        reach.check_mine(row, by)
    if row.state in IN_LINE:
        raise TicketMoved(_("The ticket stands otherwise now; look again."), state=str(row.state))
    desk, left = row.desk_id, row.person_id
    wanted: dict[str, Any] = {} if person is None else {"wanted_person_id": person, "wanted_desk_id": None}
    reach.move(row, TicketState.RETURNED, note=said, recalls=0, **wanted)
    reach.tell_of(row, f"desk:{desk}", f"person:{left}", desk=desk, wanted_person=row.wanted_person_id)
    return queries.ticket_view(row)
