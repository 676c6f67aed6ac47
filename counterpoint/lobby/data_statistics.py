"""The door of the lobby, statistics 排队统计: all recomputed from the periods. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of a group of tickets 等候统计, in seconds; percentages of those called."""

    name: str
    tickets: int
    called: int
    mean: float | None = None
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    over_target: float | None = None
    serving_mean: float | None = None


@dataclass(frozen=True, slots=True)
class PromiseScore:
    """How promises held 承诺兑现, over those who waited: seconds and percentages."""

    promised: int
    kept: float | None
    mean_error: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Ratings:
    """What customers said 满意度: CSAT is the share of 4 and 5, NPS promoters less detractors."""

    invited: int
    given: int
    skipped: int
    csat: float | None
    mean: float | None
    nps: float | None


@dataclass(frozen=True, slots=True)
class LobbyStatistics:
    """A branch over some days 排队统计."""

    branch: int
    since: date
    until: date
    total: Waits
    services: tuple[Waits, ...]
    priorities: tuple[Waits, ...]
    desks: tuple[Waits, ...]
    no_shows: int
    left: int
    voided: int
    transferred: int
    promise: PromiseScore
    ratings: Ratings
    #: By state, how many seconds tickets spent in it.
    by_state: tuple[tuple[str, float], ...]
