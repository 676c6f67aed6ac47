"""The door of the lobby, promises 等候承诺: what is known when one is made, and who may make it. No Django.

Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from counterpoint.lobby.data_scene import Scene


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
    windows: tuple[WindowState, ...]
    ahead: tuple[Ahead, ...]
    #: Which of ``windows`` may serve this one.
    eligible: frozenset[int]
    #: The same for a model: the line as the router sees it.
    scene: Scene | None = None

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


class PromiseBasis(StrEnum):
    """Who makes the promises of a branch, and why not the model 承诺依据."""

    MODEL = "model"
    #: Nothing was learned yet.
    NOTHING_LEARNED = "nothing_learned"
    #: Learned too long ago.
    OLD = "old"
    #: The routing, the services or the product has changed since.
    OTHER_ROUTING = "other_routing"
    OTHER_FEATURES = "other_features"
    #: The stored model is not what this product has written.
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PromiseModelView:
    """What a branch has learned of its waits 承诺模型, and how it did on days that it had not seen."""

    id: int
    branch: int
    version: int
    learned: datetime
    since: date
    until: date
    samples: int
    held_out: int
    #: Seconds, and percent of the waits inside the range.
    mae: float
    coverage: float


@dataclass(frozen=True, slots=True)
class PromiseSource:
    """Who makes the promises at a branch now; the last model, if there is one 承诺来源."""

    basis: PromiseBasis
    model: PromiseModelView | None = None
