"""The door of insight, a branch 网点: its windows, its customers of a day, and their fate. No Django.

All times are minutes since the doors opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from counterpoint.lobby.data import RoutingPolicy, Waiting

#: The product's own decision: (desk, waiting, policy, now) → place in ``waiting`` and more, or nobody.
Pick = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class TwinWindow:
    """A window of the branch, and when it is open 窗口时段."""

    name: str
    own: frozenset[str]
    #: What it may serve, and how much longer than the reference it takes.
    factors: Mapping[str, float]
    #: From when until when it takes customers; whom it serves at the end it finishes.
    open: tuple[tuple[float, float], ...] = ((0.0, float("inf")),)


@dataclass(frozen=True, slots=True)
class TwinPrework:
    """Forms filled in while waiting, by people or kiosks of the lobby 预填单."""

    servers: int
    services: frozenset[str]
    #: By how much the service is shorter when it was finished before the call.
    share: float


@dataclass(frozen=True, slots=True)
class TwinBranch:
    """A branch with its windows and its rule 网点模型."""

    windows: tuple[TwinWindow, ...]
    #: What each service takes on average: all that the cµ rule knows.
    means: Mapping[str, float]
    policy: RoutingPolicy
    prework: TwinPrework | None = None
    closes: float = 480.0


@dataclass(frozen=True, slots=True)
class TwinDay:
    """The customers of a day, in order of arrival; lists of equal length 一天的客户."""

    arrived: Sequence[float]
    service: Sequence[str]
    duration: Sequence[float]
    predicted: Sequence[float]
    prework: Sequence[float]


@dataclass(slots=True)
class TwinState:
    """The branch at a moment, for whoever watches 网点状态. Read it at once: the engine goes on writing."""

    now: float = 0.0
    #: Who waits, in order of arrival, and his place in the day.
    waiting: list[Waiting] = field(default_factory=list)
    who: list[int] = field(default_factory=list)
    #: By window: who is served, and since when.
    serving: dict[int, tuple[Waiting, float]] = field(default_factory=dict)
    #: By free window: since when.
    free: dict[int, float] = field(default_factory=dict)
    #: By service: the last wait that ended, and when.
    last: dict[str, tuple[float, float]] = field(default_factory=dict)


#: Called as somebody arrives, before he is served or waits: his place in the day, himself, the state.
Watch = Callable[[int, Waiting, TwinState], None]


@dataclass(frozen=True, slots=True)
class TwinDayResult:
    """What became of the customers of a day, in their order 一天的结果."""

    waits: list[float]
    windows: list[int]
    #: Whether the pre-work was finished at the call.
    prepared: list[bool]
