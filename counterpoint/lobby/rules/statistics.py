"""Statistics of the line 排队统计, recomputed from the periods and from nothing else. Pure.

Percentiles are the usual linear ones (Hyndman & Fan 1996, type 7). A promise is kept when the wait was
no longer than its high end; it covers the wait when that lies between its ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from counterpoint.lobby.data import IN_LINE, PromiseScore, Ratings, TicketState, Waits
from counterpoint.lobby.rules.line import seconds

#: A row of ``periods``: ticket, state, start, end, desk.
type PeriodRow = tuple[int, str, datetime, datetime | None, int | None]


@dataclass(slots=True)
class Course:
    """What became of one ticket: its wait until the first call, its service, where the time went."""

    wait: float = 0.0
    called: bool = False
    serving: float = 0.0
    desk: int | None = None
    transferred: bool = False
    by_state: dict[str, float] = field(default_factory=dict)


def courses(periods: Iterable[PeriodRow], now: datetime) -> dict[int, Course]:
    """The course of every ticket, from its periods in their order."""
    found: dict[int, Course] = {}
    for ticket, state, start, end, desk in periods:
        course = found.setdefault(ticket, Course())
        spent = seconds(start, end or now)
        if end is not None or state in IN_LINE:
            course.by_state[state] = course.by_state.get(state, 0.0) + spent
        if state in IN_LINE and not course.called:
            course.wait += spent
        if state == TicketState.CALLED:
            course.called = True
        if state == TicketState.SERVING:
            course.serving += spent
            course.desk = desk
        if state == TicketState.TRANSFERRED:
            course.transferred = True
    return found


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which that share lies; nothing of nothing."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def waits(name: str, group: Iterable[Course], target: float) -> Waits:
    """The waits of a group of tickets; over those that were called."""
    group = list(group)
    ordered = sorted(one.wait for one in group if one.called)
    served = [one.serving for one in group if one.serving > 0]
    return Waits(
        name=name, tickets=len(group), called=len(ordered), mean=_mean(ordered), p50=quantile(ordered, 0.5),
        p90=quantile(ordered, 0.9), p99=quantile(ordered, 0.99),
        over_target=_percent(sum(wait > target for wait in ordered), len(ordered)),
        serving_mean=_mean(served),
    )  # fmt: skip


def score(tickets: Iterable[Mapping[str, Any]], found: Mapping[int, Course]) -> PromiseScore:
    """How the promises held, over those who were called and were promised or had a wait."""
    errors: list[float] = []
    kept = covered = 0
    for one in tickets:
        course = found.get(one["id"])
        if course is None or not course.called or one["promise_mid"] is None:
            continue
        if not one["promise_high"] and course.wait < 1:
            continue
        errors.append(abs(course.wait - one["promise_mid"]))
        kept += course.wait <= one["promise_high"]
        covered += one["promise_low"] <= course.wait <= one["promise_high"]
    return PromiseScore(
        len(errors), _percent(kept, len(errors)), _mean(errors), _percent(covered, len(errors))
    )


def rated(answers: Iterable[tuple[str, int | None, int | None]]) -> Ratings:
    """What was answered: state, CSAT, NPS of each invitation (Reichheld 2003 for the last)."""
    rows = list(answers)
    csat = [one for _state, one, _nps in rows if one is not None]
    nps = [one for _state, _csat, one in rows if one is not None]
    promoters, detractors = sum(one >= 9 for one in nps), sum(one <= 6 for one in nps)
    return Ratings(
        invited=len(rows), given=len(csat), skipped=sum(state == "skipped" for state, *_rest in rows),
        csat=_percent(sum(one >= 4 for one in csat), len(csat)), mean=_mean([float(one) for one in csat]),
        nps=100 * (promoters - detractors) / len(nps) if nps else None,
    )  # fmt: skip


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
