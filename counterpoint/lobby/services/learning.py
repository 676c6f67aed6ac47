"""Learning how long services take 学习办理用时, at each finish: by service, person and kind of customer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from counterpoint.lobby import queries
from counterpoint.lobby.data import Duration, TicketState
from counterpoint.lobby.models import DurationStat, Period, Ticket
from counterpoint.lobby.rules.durations import Stat, added
from counterpoint.lobby.rules.line import seconds
from counterpoint.lobby.services import book
from counterpoint.lobby.services.floor import learned
from counterpoint.org import services as org


def learn(row: Ticket) -> int | None:
    """Learn from a finished ticket, if one person did one service; the seconds that it took."""
    served = list(Period.objects.filter(ticket=row, state=TicketState.SERVING, end__isnull=False))
    people = {one.person_id for one in served}
    if len(people) != 1 or {one.service for one in served} != {row.service}:
        return None
    took = sum(seconds(one.start, one.end) for one in served if one.end is not None)
    least, most = book.value("learned_seconds")
    if any(one.clipped for one in served) or not least <= took <= most:
        return round(took)
    cell = {
        "branch_id": row.branch_id, "service": row.service, "person_id": people.pop(), "kind": row.kind,
    }  # fmt: skip
    DurationStat.objects.bulk_create([DurationStat(**cell)], ignore_conflicts=True)
    known = DurationStat.objects.select_for_update(no_key=True).get(Q(**cell))
    now = added(Stat(known.n, known.mean, known.m2), took)
    DurationStat.objects.filter(pk=known.pk).update(n=now.n, mean=now.mean, m2=now.m2)
    return round(took)


def learn_many(branch: int, took: Iterable[tuple[str, int, float]]) -> None:
    """Learn from many services at once: service, person, seconds; the order does not matter."""
    least, most = book.value("learned_seconds")
    cells: dict[tuple[str, int], list[float]] = {}
    for service, person, seconds_ in took:
        if least <= seconds_ <= most:
            cells.setdefault((service, person), []).append(seconds_)
    for (service, person), times in sorted(cells.items()):
        cell = {"branch_id": branch, "service": service, "person_id": person, "kind": ""}
        DurationStat.objects.bulk_create([DurationStat(**cell)], ignore_conflicts=True)
        row = DurationStat.objects.select_for_update(no_key=True).get(Q(**cell))
        known = Stat(row.n, row.mean, row.m2)
        for one in times:
            known = added(known, one)
        DurationStat.objects.filter(pk=row.pk).update(n=known.n, mean=known.mean, m2=known.m2)


def expected(*, branch: int, service: str, kind: str = "", person: int = 0) -> Duration:
    """How long a service is expected to take at a branch 预计用时, with its uncertainty."""
    day = org.business_day(branch).date
    known = learned(book.settings(branch, day), queries.durations(branch))
    return known.duration(book.service_at(service, branch, day).code, kind=kind, person=person)
