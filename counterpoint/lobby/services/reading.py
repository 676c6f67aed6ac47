"""What is shown of the lobby 大堂视图: board, line, phone, display, and why somebody is or is not next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    CALLING,
    ENDED,
    IN_LINE,
    Called,
    DisplayView,
    LineNow,
    PeriodView,
    PhoneView,
    RatingState,
    Service,
    TicketState,
    TicketView,
    WaitingNow,
    WindowNow,
)
from counterpoint.lobby.models import Rating, Ticket
from counterpoint.lobby.rules.line import label, seconds
from counterpoint.lobby.rules.router import choose
from counterpoint.lobby.services import book, reach
from counterpoint.lobby.services.floor import Floor, floor
from counterpoint.lobby.services.promising import promise_for, promise_to_newcomer, state_for
from counterpoint.lobby.services.sentences import choice_words
from counterpoint.lobby.services.tickets import row_of_token
from counterpoint.org import services as org

#: So many rows a page of the line shows.
PAGE = 100
#: More than these do not come back within the grace.
RETURNING = 30
#: The most lines that fit the display, in two columns.
MOST_CALLS = 13


def board(branch: int) -> tuple[WindowNow, ...]:
    """Every open window of a branch 窗口现状: whom it has, since when, or since when it is free."""
    here = floor(branch, without_line=True)
    idle = queries.free_since(one.desk for one in here.windows)
    found = []
    for window in here.windows:
        at = here.busy.get(window.desk)
        expected = 0
        if at is not None:
            expected = round(here.learned.duration(at.service, kind=at.kind, person=window.person).mean)
        found.append(
            WindowNow(
                window, queries.ticket_view(at) if at else None,
                None if at else idle.get(window.desk, window.opened_at), expected,
            )
        )  # fmt: skip
    return tuple(found)


def waiting(branch: int, *, page: int = 1) -> LineNow:
    """Who waits at a branch 等候队列, in the order of arrival, a page of it; and who is parked."""
    here = floor(branch)
    target = int(book.value("wait_target_minutes", here.day)) * 60
    first = (max(1, page) - 1) * PAGE
    rows = [_waiting(here, row, target) for row in here.line[first : first + PAGE]]
    total = len(here.line)
    if total >= queries.MOST:
        total = queries.line_length(branch, here.day)
    parked = Ticket.objects.filter(branch_id=branch, business_date=here.day, state=TicketState.PARKED)
    return LineNow(
        tuple(rows), total, tuple(queries.ticket_view(row) for row in parked.order_by("id")[:PAGE])
    )


def _waiting(here: Floor, row: Ticket, target: int) -> WaitingNow:
    waited = seconds(here.came[row.pk], here.now)
    left = None if row.promise_high is None else round(row.promise_high - waited)
    return WaitingNow(
        queries.ticket_view(row),
        round(waited),
        round(here.learned.of_ticket(row).mean),
        waited > target,
        left,
    )


def phone(token: str) -> PhoneView:
    """What the customer's own phone shows 手机看号: the place in the line and the promise, no names."""
    row = row_of_token(token)
    here = floor(row.branch_id)
    service = here.services.get(row.service) or book.service_at(row.service, row.branch_id, row.business_date)
    invited = Rating.objects.filter(ticket=row).values_list("state", flat=True).first()
    in_line = row.state in IN_LINE and row.business_date == here.day
    state = state_for(here, row) if in_line else None
    return PhoneView(
        ticket=queries.ticket_view(row), service=service,
        ahead=None if state is None else sum(bool(one.windows & state.eligible) for one in state.ahead),
        promise=promise_for(here, row) if in_line else None,
        desk_number=org.desk(row.desk_id).number if row.desk_id is not None else "",
        rating=RatingState(invited) if invited else None, broken=row.promise_broken is not None,
    )  # fmt: skip


def display(branch: int) -> DisplayView:
    """What the display shows 叫号屏: the last calls, who comes next, how long it takes. No names.

    Each call has a place that grows: a display that was off for an hour shows and speaks those behind
    the last one that it has shown.
    """
    here = floor(branch)
    # As many lines as there are windows at least: where all call at once, each call is there.
    lines = max(int(book.value("display_lines", here.day)), min(len(here.windows), MOST_CALLS))
    calls = queries.called(branch, here.day, lines)
    times = queries.calls_of([one.ticket_id for one in calls])
    numbers = {one.id: one.number for one in org.desks(branch)}
    called = tuple(
        Called(
            label(one.ticket.series, one.ticket.number), numbers.get(one.desk_id or 0, ""), one.start,
            times.get(one.ticket_id, 1), one.pk, one.ticket.state in CALLING,
        )
        for one in calls
    )  # fmt: skip
    late = tuple(label(row.series, row.number) for row in here.line if row.promise_broken is not None)
    return DisplayView(branch, called, _next(here), _waits(here), late)


def _next(here: Floor) -> tuple[str, ...]:
    """Whom the open windows would call next, each its own."""
    rows, taken, found = {str(row.pk): row for row in here.line}, set[str](), []
    for window in here.windows:
        left = [one for one in here.waiting if one.ticket not in taken]
        choice = choose(here.desk_state(window), left, here.policy, here.now_minutes)
        if choice is not None:
            taken.add(choice.ticket)
            found.append(label(rows[choice.ticket].series, rows[choice.ticket].number))
    return tuple(found)


def _waits(here: Floor) -> tuple[tuple[Service, int, int], ...]:
    """By service, how many wait and what somebody who came now would be told, in seconds."""
    found = []
    for code, service in here.services.items():
        queue = sum(row.service == code for row in here.line)
        found.append((service, queue, round(promise_to_newcomer(here, code).mid)))
    return tuple(found)


def history_of(ticket: UUID, *, by: Actor) -> list[PeriodView]:
    """Every state of a ticket with its times 排队过程."""
    return queries.periods(reach.view_here(ticket, by).id)


def tickets_of_day(branch: int) -> list[TicketView]:
    """All tickets of the business day, the newest first; the first page of them."""
    rows = Ticket.objects.filter(branch_id=branch, business_date=org.business_day(branch).date)
    return [queries.ticket_view(row) for row in rows.order_by("-id")[: queries.MOST]]


def explain(*, ticket: UUID, by: Actor) -> str:
    """In one sentence, why this customer is next, or is not 叫号说明."""
    view = reach.view_here(ticket, by)
    if not view.in_line:
        return _("%(label)s does not stand in the line now.") % {"label": view.label}
    here = floor(view.branch)
    row = next((one for one in here.line if one.pk == view.id), None)
    if row is None:
        return _("%(label)s is of another day.") % {"label": view.label}
    state = state_for(here, row)
    if not state.eligible:
        return _("No open window serves what %(label)s waits for.") % {"label": view.label}
    for window in here.windows:
        choice = choose(here.desk_state(window), here.waiting, here.policy, here.now_minutes)
        if choice is not None and choice.ticket == str(row.pk):
            words = choice_words(choice, view, here.services)
            return _("Next at window %(desk)s. %(why)s") % {"desk": window.desk_number, "why": words}
    return _not_next(here, row, view, state.ahead, state.eligible)


def _not_next(
    here: Floor, row: Ticket, view: TicketView, ahead: tuple[object, ...], eligible: frozenset[int]
) -> str:
    facts = {
        "label": view.label, "count": len(ahead), "windows": len(eligible),
        "waited": round(seconds(here.came[row.pk], here.now) / 60),
        "expected": max(1, round(here.learned.of_ticket(row).mean / 60)),
    }  # fmt: skip
    if not ahead:
        return _("%(label)s is first; its %(windows)s windows are not free.") % facts
    return (
        _("%(label)s: %(waited)s min waited, about %(expected)s min at a desk; %(count)s go before.") % facts
    )


def gone_among(keys: Iterable[UUID]) -> set[UUID]:
    """Which of these numbers nobody waits for any more: ended, or not come and not within the grace."""
    rows = Ticket.objects.filter(key__in=list(keys), state__in=ENDED)
    came = clock.now() - book.grace()
    return {row.key for row in rows if row.state != TicketState.NO_SHOW or row.since < came}


def heads(branch: int, *, limit: int) -> tuple[int, list[TicketView]]:
    """How many stand in the line 候叫人数, and the first of them by arrival."""
    day = org.business_day(branch).date
    rows = Ticket.objects.filter(branch_id=branch, business_date=day, state__in=IN_LINE).order_by("id")
    first = [queries.ticket_view(row) for row in rows[: limit + 1]]
    total = len(first) if len(first) <= limit else queries.line_length(branch, day)
    return total, first[:limit]


def line_by_service(branch: int) -> list[tuple[str, int, datetime]]:
    """By service, how many stand in the line 各业务候叫, and since when the first."""
    day = org.business_day(branch).date
    rows = Ticket.objects.filter(branch_id=branch, business_date=day, state__in=IN_LINE)
    found = rows.values_list("service").annotate(n=Count("id"), first=Min("arrived_at")).order_by("first")
    return [(str(service), int(n), first) for service, n, first in found[:PAGE]]


def called_now(branch: int) -> dict[int, TicketView]:
    """By desk, the number that was called there and is not there yet 已叫未到."""
    rows = Ticket.objects.filter(branch_id=branch, state__in=CALLING, desk_id__isnull=False)
    return {row.desk_id: queries.ticket_view(row) for row in rows[:PAGE] if row.desk_id is not None}


def could_return(branch: int) -> list[TicketView]:
    """Who did not come or left, and may still have the old place back 可返回; the latest first."""
    rows = Ticket.objects.filter(
        branch_id=branch, business_date=org.business_day(branch).date, since__gt=clock.now() - book.grace(),
        state__in=(TicketState.NO_SHOW, TicketState.LEFT),
    )  # fmt: skip
    return [queries.ticket_view(row) for row in rows.order_by("-since", "-id")[:RETURNING]]
