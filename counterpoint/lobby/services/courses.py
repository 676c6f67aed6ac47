"""Courses of past days 历史过程: read for study, and taken over from an earlier queue system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.clock import CHINA
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.keys import new_key
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby.data import IN_LINE, LobbyMalformed, RatingState, TicketChannel, TicketState
from counterpoint.lobby.data_courses import CourseStep, PastTicket, PastWindow, TicketCourse, WindowSpan
from counterpoint.lobby.models import Period, Rating, Ticket, Window
from counterpoint.lobby.rules.line import seconds
from counterpoint.lobby.services import book, learning, reach
from counterpoint.org import services as org

S = TicketState
#: So many days are read at once.
MOST_DAYS = 92


def courses(*, branch: int, since: date, until: date) -> list[TicketCourse]:
    """What became of every ticket of some business days, both included, in two queries."""
    if not since <= until <= since + timedelta(days=MOST_DAYS):
        raise LobbyMalformed(_("Choose at most %(days)s days.") % {"days": MOST_DAYS}, field="until")
    where = {"branch_id": branch, "business_date__range": (since, until)}
    found: dict[int, list[tuple[Any, ...]]] = {}
    rows = Period.objects.filter(**{f"ticket__{name}": value for name, value in where.items()})
    columns = ("ticket_id", "state", "start", "end", "desk_id", "person_id")
    for row in rows.order_by("id").values_list(*columns).iterator(chunk_size=5000):
        found.setdefault(row[0], []).append(row[1:])
    now = clock.now()
    tickets = Ticket.objects.filter(**where).exclude(state=S.VOIDED).order_by("id")
    return [_course(row, found.get(row.pk, []), now) for row in tickets]


def _course(row: Ticket, periods: Sequence[tuple[Any, ...]], now: datetime) -> TicketCourse:
    steps = tuple(
        CourseStep(state, seconds(start, end or now), desk)
        for state, start, end, desk, _person in periods
        if end is not None or state in IN_LINE
    )
    called = next((place for place, one in enumerate(periods) if one[0] == S.CALLED), len(periods))
    serving = [one for one in periods if one[0] == S.SERVING]
    promise = None
    if row.promise_low is not None and row.promise_mid is not None and row.promise_high is not None:
        promise = (row.promise_low, row.promise_mid, row.promise_high)
    return TicketCourse(
        id=row.pk, day=row.business_date, service=row.service, priority=row.priority, arrived=row.arrived_at,
        state=row.state, called=called < len(periods), serving=sum(
            one.seconds for one in steps if one.state == S.SERVING
        ),
        wait=sum(seconds(one[1], one[2] or now) for one in periods[:called] if one[0] in IN_LINE),
        desk=serving[-1][3] if serving else None, person=serving[-1][4] if serving else None,
        promise=promise, steps=steps,
    )  # fmt: skip


def window_spans(*, branch: int, since: date, until: date) -> list[WindowSpan]:
    """Which windows were open on some days, and for what."""
    first, last = _moment(since, 0), _moment(until + timedelta(days=1), 0)
    rows = Window.objects.filter(branch_id=branch, opened_at__lt=last)
    rows = rows.filter(Q(closed_at=None) | Q(closed_at__gt=first)).select_related("desk").order_by("id")
    return [
        WindowSpan(
            row.desk_id, row.desk.number, row.person_id, tuple(row.services), tuple(row.own), row.opened_at,
            row.closed_at,
        )
        for row in rows
    ]  # fmt: skip


def _moment(day: date, after: float) -> datetime:
    return datetime.combine(day, time(), CHINA) + timedelta(seconds=after)


@verb("lobby.history.taken_over")
def take_over_history(
    *, branch: int, day: date, tickets: Sequence[PastTicket], windows: Sequence[PastWindow], by: Actor
) -> int:
    """Take over a day of an earlier queue system 接收历史排队数据, so that learning begins with it.

    Only a day that is over and of which nothing is here yet.
    """
    if day >= org.business_day(branch).date:
        raise LobbyMalformed(_("Only days that are over are taken over."), field="day")
    if Ticket.objects.filter(branch_id=branch, business_date=day).exists():
        raise LobbyMalformed(_("This day has tickets already."), field="day")
    known, numbers = book.services_at(branch, day), dict[str, int]()
    rows = []
    for one in sorted(tickets, key=lambda past: past.arrived):
        if one.service not in known:
            raise LobbyMalformed(_("The branch has no such service."), field="service")
        series = known[one.service].series
        numbers[series] = numbers.get(series, 0) + 1
        rows.append((_ticket(branch, day, one, series, numbers[series], by), one))
    Ticket.objects.bulk_create([row for row, _one in rows])
    Period.objects.bulk_create([part for row, one in rows for part in _periods(row, day, one)])
    Rating.objects.bulk_create([_rating(row, day, one) for row, one in rows if not one.missed])
    Window.objects.bulk_create([_window(branch, day, one, by) for one in windows])
    learning.learn_many(
        branch,
        [(one.service, one.person, one.ended - one.begun - one.parked) for one in tickets if not one.missed],
    )
    tell(
        Told(
            subject=f"branch:{branch}", branch=branch, data={"day": day.isoformat(), "tickets": len(rows)}
        )
    )  # fmt: skip
    return len(rows)


def _ticket(branch: int, day: date, one: PastTicket, series: str, number: int, by: Actor) -> Ticket:
    key, arrived = new_key(), _moment(day, one.arrived)
    low, mid, high = one.promise or (None, None, None)
    broken = high is not None and one.called - one.arrived > high
    return Ticket(
        key=key, branch_id=branch, business_date=day, series=series, number=number, service=one.service,
        priority=book.priority_of(one.priority, day), channel=TicketChannel.KIOSK, arrived_at=arrived,
        taken_by=by.key, taken_at=arrived, digest=reach.digest_of(reach.token_for(key)), expires=arrived,
        state=S.NO_SHOW if one.missed else S.SERVED, since=_moment(day, one.ended), promise_low=low,
        promise_mid=mid, promise_high=high, promise_basis="history" if one.promise else "",
        promise_broken=_moment(day, one.arrived + high) if broken and high is not None else None,
    )  # fmt: skip


def _periods(row: Ticket, day: date, one: PastTicket) -> list[Period]:
    def part(state: TicketState, since: float, until: float | None, *, at_desk: bool = False) -> Period:
        desk, person = (one.desk, one.person) if at_desk else (None, None)
        return Period(
            ticket=row, branch_id=row.branch_id, state=state, service=row.service, start=_moment(day, since),
            end=None if until is None else _moment(day, until), desk_id=desk, person_id=person,
        )  # fmt: skip

    found = [part(S.WAITING, one.arrived, one.called), part(S.CALLED, one.called, one.begun, at_desk=True)]
    if one.missed:
        return [*found, part(S.NO_SHOW, one.ended, None)]
    if one.parked:
        middle = one.begun + max(0.0, one.ended - one.begun - one.parked) / 3
        found.append(part(S.SERVING, one.begun, middle, at_desk=True))
        found.append(part(S.PARKED, middle, middle + one.parked))
        found.append(part(S.SERVING, middle + one.parked, one.ended, at_desk=True))
    else:
        found.append(part(S.SERVING, one.begun, one.ended, at_desk=True))
    return [*found, part(S.SERVED, one.ended, None)]


def _rating(row: Ticket, day: date, one: PastTicket) -> Rating:
    ended = _moment(day, one.ended)
    given = one.csat is not None
    return Rating(
        ticket=row, branch_id=row.branch_id, desk_id=one.desk, person_id=one.person, invited_at=ended,
        state=RatingState.GIVEN if given else RatingState.INVITED, expires=ended + timedelta(hours=1),
        answered=ended + timedelta(minutes=2) if given else None, csat=one.csat,
        nps=one.nps if given else None,
    )  # fmt: skip


def _window(branch: int, day: date, one: PastWindow, by: Actor) -> Window:
    return Window(
        branch_id=branch, desk_id=one.desk, person_id=one.person, services=list(one.services),
        own=list(one.own), opened_by=by.key, opened_at=_moment(day, one.since), closed_by=by.key,
        closed_at=_moment(day, one.until),
    )  # fmt: skip
