"""The door of the lobby, promises 等候承诺: what is known when one is made, and who may make it. No Django.

Times are seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something takes, lognormal: ``mean``, the middle, and the spread of the logarithm.

    ``n`` is how many services it was learned from.
    """

    mean: float
    median: float
    sigma: float
    n: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """A range and a middle: in one case of ten it is sooner, in one of ten later."""

    low: float
    mid: float
    high: float
    #: ``rule``, or the name and version of the model.
    basis: str = "rule"


@dataclass(frozen=True, slots=True)
class LineState:
    """One service as it stands 业务队列: how many wait, how long the first has waited, the last wait."""

    service: str
    queue: int
    head_wait: float
    last_wait: float | None
    last_wait_age: float | None
    busy: int
    elapsed: float


@dataclass(frozen=True, slots=True)
class Ahead:
    """One who waits ahead, in the policy's order: what he needs, and which windows may serve him."""

    service: str
    duration: Duration
    windows: frozenset[int]


@dataclass(frozen=True, slots=True)
class WindowState:
    """A window: busy with a service for so long, or free; how fast it is at what it may serve."""

    window: int
    serves: frozenset[str]
    own: frozenset[str]
    busy: str = ""
    elapsed: float = 0.0
    duration: Duration | None = None
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class PromiseState:
    """All that is known when a promise is made, for the rule and for a model alike."""

    service: str
    priority: str
    group: int
    #: Seconds since midnight.
    time_of_day: float
    weekday: int
    lines: tuple[LineState, ...]
    windows: tuple[WindowState, ...]
    ahead: tuple[Ahead, ...]
    #: Which of ``windows`` may serve this one.
    eligible: frozenset[int]

    @property
    def work_in_queue(self) -> float:
        """Seconds of work that wait ahead, whoever may do it."""
        return sum(one.duration.mean for one in self.ahead)

    @property
    def eligible_work(self) -> float:
        """Seconds of work ahead that the same windows may do."""
        return sum(one.duration.mean for one in self.ahead if one.windows & self.eligible)

    @property
    def free_eligible(self) -> int:
        """Windows that may serve this one and are free."""
        return sum(not one.busy for one in self.windows if one.window in self.eligible)


#: A model: the promise, or ``None`` when it cannot make one (no model, a stale one), and the rule does.
Predictor = Callable[[int, PromiseState], Promise | None]
