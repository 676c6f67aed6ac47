"""The one place that asks the computer for the time.

Money is never ordered by what comes from here: the clock can go back, a position cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Pace:
    """A clock for demonstrations: it stood at ``shown`` when it was ``real``, and runs ``speed`` times."""

    shown: datetime
    real: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        return self.shown + (real - self.real) * self.speed


#: Set by a demonstration in a process of its own, never by the product at work.
_pace: Pace | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    real = datetime.now(UTC)
    return real if _pace is None else _pace.at(real)


def hurry(*, start: datetime, speed: float) -> None:
    """Let this process's clock stand at ``start`` now and run ``speed`` times as fast."""
    global _pace
    _pace = Pace(start, datetime.now(UTC), speed)


def speed() -> float:
    """How many times as fast as the world this process's clock runs: 1, but in a demonstration."""
    return 1.0 if _pace is None else _pace.speed


def today() -> date:
    """The calendar day in China. A branch's business date 营业日期 is a row, not this."""
    return now().astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time.min, CHINA)
