"""The door of insight, models 模型: a place that serves, as the twin's engine takes it. No Django.

All times are in one unit that the model names; rates are per that unit. Lists "by period" have one entry
for each period of the opening time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class TimeUnit(StrEnum):
    """The unit of every time in a model 时间单位."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"


class Shape(StrEnum):
    """The families of distributions 分布."""

    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    GAMMA = "gamma"
    ERLANG = "erlang"
    DETERMINISTIC = "deterministic"
    UNIFORM = "uniform"
    WEIBULL = "weibull"
    EMPIRICAL = "empirical"


class AgentChoice(StrEnum):
    """Which free group takes one who arrives 组的选择."""

    LIST = "list"
    LONGEST_IDLE = "longest_idle"
    RANDOM = "random"


class ContactChoice(StrEnum):
    """Whom a group takes that becomes free 客户的选择."""

    LONGEST_WAIT = "longest_wait"
    LIST = "list"
    CMU = "cmu"
    PREDICTED = "predicted"


class ClearQueue(StrEnum):
    """When those who wait are sent home 清空排队."""

    NEVER = "never"
    AT_CLOSE = "at_close"
    WITHOUT_AGENTS = "without_agents"


class Outcome(StrEnum):
    """How somebody left 离开方式."""

    SERVED = "served"
    ABANDONED = "abandoned"
    BLOCKED = "blocked"
    MESSAGE = "message"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of a length of time, or of a factor. What the two numbers mean depends on the shape."""

    shape: Shape
    #: exponential, lognormal, deterministic: the mean. gamma, weibull: the shape. erlang: the stages.
    #: uniform: the least.
    first: float = 0.0
    #: lognormal: the squared coefficient of variation. gamma, weibull: the scale. erlang: the mean.
    #: uniform: the most.
    second: float = 0.0
    values: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Retry:
    """Who comes again after leaving, with his own patience and service 重试."""

    probability: float
    delay: Distribution
    on: frozenset[Outcome] = frozenset({Outcome.ABANDONED})


@dataclass(frozen=True, slots=True)
class ContactType:
    """One kind of customer or call 客户类型."""

    name: str
    rates: tuple[float, ...]
    service: tuple[Distribution, ...]
    patience: tuple[Distribution, ...] = ()
    #: The share that leaves at once when it cannot be served at once.
    balk: float = 0.0
    priority: int = 0
    #: What a unit of waiting costs (cµ and the predicted index).
    weight: float = 1.0
    retry: Retry | None = None
    #: Who has waited so long is asked to leave a message and holds a line until it is spoken.
    message_after: float | None = None
    message_hold: float = 0.0
    queue_capacity: int | None = None
    busyness: Distribution | None = None
    #: Independent gaps between arrivals, in place of the rates.
    interarrival: Distribution | None = None
    #: The share that leaves at once, by the number in its line; the last entry for all longer ones.
    balk_queue: tuple[float, ...] = ()
    #: How long the agent is still busy when the contact has gone.
    after_work: tuple[Distribution, ...] = ()
    #: After the service: the types that he goes on as, each with its share.
    transfers: tuple[tuple[int, float], ...] = ()
    #: Groups in order of preference, each with the wait after which it may take this type.
    groups: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class AgentGroup:
    """People or windows that serve alike 坐席组."""

    name: str
    agents: tuple[int, ...]
    #: How many stay after closing, for those who still wait.
    after_close: int
    #: Types in order of preference, each with the wait after which this group may take it.
    skills: tuple[tuple[int, float], ...] = ()
    #: By type: how much longer this group takes than the type's own distribution.
    factors: tuple[float, ...] = ()
    #: By type: a distribution of its own, in place of the type's.
    services: tuple[Distribution | None, ...] = ()
    #: Numbers of agents with their weights: one is drawn a replication, for all periods that have any.
    draw: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Dialer:
    """Outbound calls: when enough agents are free, numbers are dialled 外拨."""

    kind: int
    reach: tuple[float, ...]
    test_groups: tuple[int, ...]
    target_groups: tuple[int, ...]
    min_free_test: int
    min_free_target: int
    factor: float
    extra: int
    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Routing:
    """Who goes to whom 路由."""

    agents: AgentChoice = AgentChoice.LIST
    contacts: ContactChoice = ContactChoice.LONGEST_WAIT
    #: Added to every wait in the predicted index.
    index_offset: float = 0.0
    #: The coefficient of variation of the noise in a predicted duration (lognormal, mean one).
    prediction_cv: float = 0.0


@dataclass(frozen=True, slots=True)
class CenterModel:
    """A whole model 模型."""

    name: str
    time_unit: TimeUnit
    #: Borders of the periods: one more than there are periods.
    borders: tuple[float, ...]
    types: tuple[ContactType, ...]
    groups: tuple[AgentGroup, ...]
    routing: Routing = field(default_factory=Routing)
    #: A factor of the day on all arrivals, mean one as a rule.
    busyness: Distribution | None = None
    queue_capacity: int | None = None
    #: How many can be in the place at once, being served or waiting (telephone lines, seats).
    lines: int | None = None
    clear_queue: ClearQueue = ClearQueue.NEVER
    dialers: tuple[Dialer, ...] = ()
    thresholds: tuple[float, ...] = ()
    #: Who arrives so soon after the start is not counted, nor is anybody's time until then.
    warmup: float = 0.0
    confidence: float = 0.95
    replications: int = 100
    seed: int = 1

    @property
    def opens(self) -> float:
        return self.borders[0]

    @property
    def closes(self) -> float:
        return self.borders[-1]

    @property
    def periods(self) -> int:
        return len(self.borders) - 1
