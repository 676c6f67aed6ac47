"""Reads of the lobby, as views from ``data.py``; each costs the same number of queries however long."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.translation import get_language
from psycopg.types.json import Jsonb

from counterpoint.kit.database import planned
from counterpoint.lobby.data import (
    AT_DESK,
    CALLING,
    IN_LINE,
    AppointmentState,
    AppointmentView,
    PeriodView,
    PromiseView,
    RatingState,
    RatingView,
    TicketChannel,
    TicketState,
    TicketView,
    WindowView,
)
from counterpoint.lobby.models import Appointment, Period, Rating, Ticket, Window
from counterpoint.lobby.rules.durations import Stat
from counterpoint.lobby.rules.line import label
from counterpoint.org.data import DeskView, Equipment

#: Nobody lists more; a branch never has so many in its line.
MOST = 500


def ticket_view(row: Ticket) -> TicketView:
    promise = None
    if row.promise_mid is not None and row.promise_low is not None and row.promise_high is not None:
        promise = PromiseView(
            row.promise_low, row.promise_mid, row.promise_high, row.taken_at, row.promise_basis,
            row.promise_broken,
        )  # fmt: skip
    return TicketView(
        id=row.id, key=row.key, branch=row.branch_id, date=row.business_date,
        label=label(row.series, row.number), service=row.service, priority=row.priority,
        priority_reason=row.priority_reason, group=row.group_size, channel=TicketChannel(row.channel),
        party=row.party_id, arrived=row.arrived_at, state=TicketState(row.state), since=row.since,
        desk=row.desk_id, person=row.person_id, wanted_desk=row.wanted_desk_id,
        wanted_person=row.wanted_person_id, recalls=row.recalls, note=row.note, prework=tuple(row.prework),
        papers_missing=tuple(row.papers_missing), promise=promise, due=row.due,
    )  # fmt: skip


#: The condition is written out as the partial index has it; else the planner does not find the index.
LINE = f"""
SELECT {", ".join(str(one.column) for one in Ticket._meta.concrete_fields)} FROM lobby_ticket
WHERE branch_id = %s AND business_date = %s AND state IN ({", ".join(f"'{state}'" for state in IN_LINE)})
ORDER BY id LIMIT %s
"""


def line(branch: int, day: date, *, limit: int = MOST) -> list[Ticket]:
    """Those in the line of a branch, in the order of their positions. Only the day's own."""
    with planned() as cursor:
        cursor.execute(LINE, [branch, day, limit])
        return [Ticket.from_db("default", _NAMES, _row(found)) for found in cursor.fetchall()]


_NAMES = [one.attname for one in Ticket._meta.concrete_fields]
_LISTS = [at for at, name in enumerate(_NAMES) if name in ("prework", "papers_missing")]


def _row(found: Sequence[Any]) -> list[Any]:
    """The columns of a ticket as its fields have them: Django's cursor leaves JSON as text."""
    row = list(found)
    for at in _LISTS:
        row[at] = json.loads(row[at])
    return row


def line_length(branch: int, day: date) -> int:
    return Ticket.objects.filter(branch_id=branch, state__in=IN_LINE, business_date=day).count()


def unfinished(branch: int) -> list[Ticket]:
    """Every ticket of a branch that has not ended, of whatever day."""
    states = [*IN_LINE, *AT_DESK, TicketState.PARKED, TicketState.HANDED_OVER]
    return list(Ticket.objects.filter(branch_id=branch, state__in=states).order_by("id")[:MOST])


def at_desks(branch: int, day: date) -> dict[int, Ticket]:
    """By desk, the ticket that takes it up."""
    rows = Ticket.objects.filter(branch_id=branch, state__in=AT_DESK, business_date=day)
    return {row.desk_id: row for row in rows if row.desk_id is not None}


def at_desk(desk: int) -> Ticket | None:
    """The ticket that takes up a desk."""
    period = Period.objects.filter(desk_id=desk, state__in=AT_DESK, end=None).values("ticket")
    return Ticket.objects.filter(pk__in=period).first()


def windows(where: Q) -> list[WindowView]:
    """Open windows, by the number of their desk."""
    rows = Window.objects.filter(where, closed_at=None).select_related("person", "desk")
    return [window_view(row) for row in rows.order_by("desk__number", "id")]


FLOOR = """
SELECT day.date,
 (SELECT jsonb_agg(jsonb_build_array(service, person_id, kind, n, mean, m2)) FROM lobby_durationstat
   WHERE branch_id = day.branch_id),
 (SELECT jsonb_agg(jsonb_build_array(w.id, w.desk_id, d.number, w.person_id, s.name_zh, s.name_en,
     w.services, w.own, w.opened_at, d.name_zh, d.name_en, d.equipment, d.withdrawn_at IS NULL,
     (SELECT c.person_id FROM org_deskclaim c WHERE c.desk_id = d.id AND c.released_at IS NULL))
     ORDER BY d.number, w.id)
   FROM lobby_window w JOIN org_desk d ON d.id = w.desk_id JOIN people_staff s ON s.id = w.person_id
   WHERE w.branch_id = day.branch_id AND w.closed_at IS NULL)
FROM org_business_day day WHERE day.branch_id = %s
"""


@dataclass(frozen=True, slots=True)
class FloorRow:
    """What a branch's floor stands on: its date, what it has learned, its open windows and their desks."""

    day: date
    durations: list[tuple[str, int, str, Stat]]
    windows: list[WindowView]
    desks: dict[int, DeskView]


def floor_row(branch: int) -> FloorRow | None:
    """All of it in one round trip: it is read at every call. ``None`` where no day was ever opened."""
    with planned() as cursor:
        cursor.execute(FLOOR, [branch])
        row = cursor.fetchone()
    if row is None:
        return None
    day, stats, open_now = row[0], *(json.loads(one) if isinstance(one, str) else one for one in row[1:])
    chinese = (get_language() or "zh").startswith("zh")
    windows, desks = list[WindowView](), dict[int, DeskView]()
    for id, desk, number, person, zh, en, serves, own, opened, *of_desk in open_now or ():
        name, since = zh if chinese or not en else en, datetime.fromisoformat(opened)
        windows.append(WindowView(id, branch, desk, number, person, name, tuple(serves), tuple(own), since))
        zh, en, equipment, active, holder = of_desk
        kit = frozenset(Equipment(one) for one in equipment)
        desks[desk] = DeskView(desk, branch, number, zh if chinese or not en else en, kit, active, holder)
    learned = [(code, who, kind, Stat(n, mean, m2)) for code, who, kind, n, mean, m2 in stats or ()]
    return FloorRow(day, learned, windows, desks)


def windows_at(branch: int) -> list[WindowView]:
    """The open windows of a branch."""
    return windows(Q(branch_id=branch))


def window_view(row: Window) -> WindowView:
    return WindowView(
        id=row.id, branch=row.branch_id, desk=row.desk_id, desk_number=row.desk.number,
        person=row.person_id, person_name=row.person.name, services=tuple(row.services),
        primary=tuple(row.own), opened_at=row.opened_at,
    )  # fmt: skip


def free_since(desks: Iterable[int]) -> dict[int, datetime]:
    """By desk, when its last ticket left it."""
    last = Period.objects.filter(desk_id=OuterRef("desk_id"), state__in=AT_DESK).order_by("-id")
    rows = Window.objects.filter(desk_id__in=list(desks), closed_at=None)
    found = rows.annotate(last=Subquery(last.values("end")[:1])).values_list("desk_id", "last", "opened_at")
    return {desk: max(opened, ended or opened) for desk, ended, opened in found}


def periods(ticket: int) -> list[PeriodView]:
    """What became of a ticket 状态时段, the first first."""
    rows = Period.objects.filter(ticket=ticket).order_by("id")[:MOST]
    return [
        PeriodView(
            TicketState(row.state), row.start, row.end, row.desk_id, row.person_id, row.note, row.clipped
        )
        for row in rows
    ]


STATS = "SELECT service, person_id, kind, n, mean, m2 FROM lobby_durationstat WHERE branch_id = %s"


def durations(branch: int) -> list[tuple[str, int, str, Stat]]:
    """What a branch has learned: service, person, kind of customer, statistic."""
    with planned() as cursor:
        cursor.execute(STATS, [branch])
        return [(code, who, kind, Stat(n, mean, m2)) for code, who, kind, n, mean, m2 in cursor.fetchall()]


LAST_WAITS = """
SELECT DISTINCT ON (p.service) p.service, t.arrived_at, p.start
FROM lobby_period p JOIN lobby_ticket t ON t.id = p.ticket_id
WHERE p.branch_id = %s AND p.start >= %s AND p.state = 'called'
ORDER BY p.service, p.id DESC
"""


def last_waits(branch: int, since: datetime) -> dict[str, tuple[datetime, datetime]]:
    """By service, when the last one called had arrived and when he was called."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_WAITS, [branch, since])
        return {service: (arrived, called) for service, arrived, called in cursor.fetchall()}


def called(branch: int, day: date, limit: int) -> list[Period]:
    """The last calls of a day, the newest first, one for each ticket and desk."""
    rows = Period.objects.filter(
        branch_id=branch, state__in=CALLING, ticket__business_date=day
    ).select_related("ticket")
    found: dict[int, Period] = {}
    for row in rows.order_by("-id")[: limit * 4]:
        found.setdefault(row.ticket_id, row)
    return list(found.values())[:limit]


def calls_of(tickets: Sequence[int]) -> dict[int, int]:
    """How many times each was called."""
    rows = Period.objects.filter(ticket__in=tickets, state__in=CALLING)
    return dict(rows.values_list("ticket").annotate(times=Count("id")).values_list("ticket", "times"))


def of_days(branch: int, since: date, until: date) -> list[dict[str, Any]]:
    """The tickets of some business days, as columns."""
    rows = Ticket.objects.filter(branch_id=branch, business_date__range=(since, until)).order_by("id")
    columns = ("id", "service", "priority", "state", "promise_low", "promise_mid", "promise_high")
    return [dict(zip(columns, row, strict=True)) for row in rows.values_list(*columns)]


def periods_of_days(branch: int, since: date, until: date) -> Iterable[tuple[Any, ...]]:
    """Every period of those tickets: ticket, state, start, end, desk."""
    rows = Period.objects.filter(ticket__branch_id=branch, ticket__business_date__range=(since, until))
    columns = rows.order_by("ticket_id", "id").values_list(F("ticket_id"), "state", "start", "end", "desk_id")
    return columns.iterator(chunk_size=2000)


def branches_serving(service: str) -> set[int]:
    """The branches that have a window open for a service."""
    rows = Window.objects.filter(closed_at=None, services__contains=[service])
    return set(rows.values_list("branch_id", flat=True))


def ratings(where: Q, *, limit: int) -> list[RatingView]:
    """Ratings with the wait and the service behind them, the newest first, in two queries."""
    rows = list(Rating.objects.filter(where).select_related("ticket").order_by("-id")[:limit])
    spent: dict[int, dict[str, float]] = {}
    periods = Period.objects.filter(ticket__in=[row.ticket_id for row in rows], end__isnull=False)
    for ticket, state, start, end in periods.values_list("ticket_id", "state", "start", "end"):
        times = spent.setdefault(ticket, {})
        times[state] = times.get(state, 0.0) + (end - start).total_seconds() if end else 0.0
    return [_rating(row, spent.get(row.ticket_id, {})) for row in rows]


def _rating(row: Rating, times: dict[str, float]) -> RatingView:
    return RatingView(
        id=row.pk, ticket=row.ticket.key, label=label(row.ticket.series, row.ticket.number),
        service=row.ticket.service, desk=row.desk_id, person=row.person_id,
        wait=round(sum(times.get(state, 0.0) for state in IN_LINE)),
        served=round(times.get(TicketState.SERVING, 0.0)), state=RatingState(row.state), csat=row.csat,
        nps=row.nps, comment=row.comment, at=row.answered,
    )  # fmt: skip


def appointments(where: Q, *, limit: int = MOST) -> list[AppointmentView]:
    """Appointments in the order of their times."""
    rows = Appointment.objects.filter(where).select_related("ticket").order_by("start", "id")[:limit]
    return [
        AppointmentView(
            id=row.pk, code=row.code, branch=row.branch_id, service=row.service, start=row.start,
            party=row.party_id, group=row.group_size, booking=row.booking_id,
            state=AppointmentState(row.state), made=row.made_at,
            ticket=row.ticket.key if row.ticket else None, reminded=bool(row.remind_to),
        )
        for row in rows
    ]  # fmt: skip


def to_remind(since: datetime, until: datetime, *, limit: int = MOST) -> list[tuple[int, str]]:
    """Of the appointments between two times whose customers want to be reminded: id and address."""
    rows = Appointment.objects.filter(
        state=AppointmentState.BOOKED, start__gt=since, start__lte=until
    ).exclude(remind_to="")
    return list(rows.order_by("start", "id").values_list("pk", "remind_to")[:limit])


def slots_taken(branch: int, service: str, since: datetime, until: datetime) -> dict[datetime, int]:
    """By the time of a slot, how many of its places are taken; who did not come has freed none."""
    rows = Appointment.objects.filter(
        branch_id=branch, service=service, start__gte=since, start__lt=until
    ).exclude(state=AppointmentState.CANCELLED)
    return dict(rows.values_list("start").annotate(taken=Count("id")).values_list("start", "taken"))


def answers(branch: int, since: date, until: date) -> list[tuple[str, int | None, int | None]]:
    """Of every invitation to rate of some business days: state, CSAT, NPS."""
    rows = Rating.objects.filter(ticket__branch_id=branch, ticket__business_date__range=(since, until))
    return list(rows.values_list("state", "csat", "nps"))


MOVED = """
WITH moved AS (
  UPDATE lobby_ticket SET {changes} WHERE id = %s AND state = %s AND since = %s RETURNING id, branch_id
),
ended AS (
  UPDATE lobby_period p SET "end" = GREATEST(p.start, %s), clipped = p.start > %s
  FROM moved WHERE p.ticket_id = moved.id AND p."end" IS NULL RETURNING moved.id, moved.branch_id
)
INSERT INTO lobby_period
  (ticket_id, branch_id, state, service, start, desk_id, person_id, reason, note, clipped)
SELECT ended.id, ended.branch_id, %s, %s, %s, %s::int, %s::int, %s, %s, false FROM ended
"""


def moved(row: Ticket, kept: dict[str, Any], period: dict[str, Any]) -> bool:
    """The ticket as ``kept`` says, its open period ended and the next begun, in one round trip.

    A period that would end before it began ends where it began, and says so. False where the ticket did
    not stand as ``row`` says, since the same moment: then nothing was changed.
    """
    changes = ", ".join(f"{name} = %s" for name in kept)
    with planned() as cursor:
        cursor.execute(
            MOVED.format(changes=changes),
            [
                *(_column(value) for value in kept.values()), row.pk, row.state, row.since,
                period["start"], period["start"], *(_column(value) for value in period.values()),
            ],
        )  # fmt: skip
        return bool(cursor.rowcount == 1)


def _column(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, list) else value
