"""Working days 工作日: Monday to Friday, but for the days the calendar names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from counterpoint.org.data import DayKind

_DAY = timedelta(days=1)
#: No calendar closes a bank for longer; a search that goes on means that the calendar is broken.
LONGEST_CLOSURE = 60


def is_working(day: date, exceptions: Mapping[date, DayKind]) -> bool:
    kind = exceptions.get(day)
    return day.weekday() < 5 if kind is None else kind is DayKind.MAKE_UP


def next_working(day: date, exceptions: Mapping[date, DayKind], *, step: int = 1) -> date:
    """The nearest working day after ``day``; before it when ``step`` is -1."""
    for _ in range(LONGEST_CLOSURE):
        day += _DAY * step
        if is_working(day, exceptions):
            return day
    raise ValueError(f"no working day within {LONGEST_CLOSURE} days of {day}")


def add_working_days(day: date, count: int, exceptions: Mapping[date, DayKind]) -> date:
    """``count`` working days after ``day`` (before it when negative); ``day`` itself is not counted."""
    for _ in range(abs(count)):
        day = next_working(day, exceptions, step=1 if count > 0 else -1)
    return day
