"""The door of the lobby, courses 排队过程: what became of tickets, for whoever studies them. No Django.

Times in a course are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class CourseStep:
    """How long a ticket was in one state, and at which desk 过程一步."""

    state: str
    seconds: float
    desk: int | None


@dataclass(frozen=True, slots=True)
class TicketCourse:
    """What became of one ticket 排队过程, recomputed from its periods."""

    id: int
    day: date
    service: str
    priority: str
    arrived: datetime
    state: str
    wait: float
    called: bool
    serving: float
    desk: int | None
    person: int | None
    promise: tuple[int, int, int] | None
    steps: tuple[CourseStep, ...]


@dataclass(frozen=True, slots=True)
class WindowSpan:
    """That a window was open 开窗时段; ``until`` is ``None`` while it is."""

    desk: int
    number: str
    person: int
    services: tuple[str, ...]
    own: tuple[str, ...]
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PastTicket:
    """A ticket of an earlier queue system 历史号, as it is taken over. Seconds since midnight of its day."""

    service: str
    arrived: float
    called: float
    begun: float
    ended: float
    desk: int
    person: int
    priority: str = ""
    #: Low, middle, high, in seconds; what the old system promised, if it did.
    promise: tuple[int, int, int] | None = None
    #: Seconds parked in the middle of the service, waiting for a paper.
    parked: float = 0.0
    #: Called, but nobody came.
    missed: bool = False
    csat: int | None = None
    nps: int | None = None


@dataclass(frozen=True, slots=True)
class PastWindow:
    """A window of an earlier day 历史窗口. Seconds since midnight."""

    desk: int
    person: int
    services: tuple[str, ...]
    own: tuple[str, ...]
    since: float
    until: float
