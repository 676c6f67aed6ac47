"""The door of the lobby, the scene of a promise 承诺时的现场: the line and the desks as the router sees them.

No Django. Times are minutes, as the router's; durations are in seconds, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from counterpoint.lobby.data_router import DeskState, RoutingPolicy, Waiting


@dataclass(frozen=True, slots=True)
class Length:
    """How long a service takes, in minutes: the mean, and the middle and the spread of the logarithm."""

    mean: float
    median: float
    sigma: float


@dataclass(frozen=True, slots=True)
class AtWork:
    """What a desk does at the moment 在办: a service, for so many minutes, of such a length there."""

    service: str
    elapsed: float
    length: Length


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a model knows when it makes a promise."""

    now: float
    #: Minutes since midnight, and the day of the week from Monday, 0.
    minute: float
    weekday: int
    policy: RoutingPolicy
    #: All services of the branch, in their order.
    services: tuple[str, ...]
    #: The one to whom it is promised: last in the line, but not in ``line``.
    mine: Waiting
    #: The others who wait, in the order of arrival, and how long each will take.
    line: tuple[Waiting, ...]
    lengths: tuple[Length, ...]
    #: The open desks, and what each does; ``None``: it is free.
    desks: tuple[DeskState, ...]
    work: tuple[AtWork | None, ...]
    #: By service, the last wait that ended and how long ago that was.
    last: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    group: int = 1
