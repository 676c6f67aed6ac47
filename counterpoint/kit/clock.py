"""The one place that asks the computer for the time.

Money is never ordered by what comes from here: the clock can go back, a position cannot.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in China. A branch's business date 营业日期 is a row, not this."""
    return now().astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time.min, CHINA)
