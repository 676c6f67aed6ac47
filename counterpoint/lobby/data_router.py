"""The door of the lobby, routing 分流: who is next for which desk, and why. No Django.

Every time is in minutes on one clock that the caller chooses (minutes since opening, since an epoch):
the router only subtracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: How many times slower or faster than the branch a person is believed to be: a few slow customers do not
#: bar a desk from a service.
SLOWEST, FASTEST = 4.0, 0.25


class Policy(StrEnum):
    """In which order a desk takes those who wait 叫号策略."""

    #: Each desk serves its own services only, first come first served 专窗排队.
    DEDICATED = "dedicated"
    #: Each desk takes whoever waits longest among all it may serve 统一排队.
    POOLED = "pooled"
    #: The service that is shortest on average goes first (the cµ rule) 平均用时短者先.
    CMU = "cmu"
    #: Waiting cost over this customer's own predicted duration 预计用时指数.
    PREDICTED = "predicted"


class Reason(StrEnum):
    """Why this customer is next, or why this desk takes the customer 叫号理由."""

    APPOINTMENT = "appointment"
    CAP = "cap"
    WAITS_LONGEST = "waits_longest"
    SHORTEST_SERVICE = "shortest_service"
    PROMISE_AT_RISK = "promise_at_risk"
    OWN_SKILL = "own_skill"
    INDEX = "index"
    ONLY_ONE = "only_one"


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """The row of a dated rule 分流规则: all that decides who is next, so that a bank can compare."""

    policy: Policy = Policy.PREDICTED
    #: Minutes added to everybody's wait: large favours short work, small favours the long wait.
    offset: float = 30.0
    #: A desk looks at the services that are its own before any other.
    own_skill_first: bool = False
    #: How many times the index of a customer counts at a desk whose own service it is.
    own_skill_weight: float = 1.0
    #: Nobody is passed over once he has waited so long; ``None``: no cap.
    cap: float | None = None
    #: The wait that the branch does not want to exceed; from ``risk_from`` until then the index counts
    #: ``risk_weight`` times.
    target: float | None = None
    risk_from: float = 0.0
    risk_weight: float = 1.0
    #: How many times the index counts when the wait that was promised is about to be exceeded, that is
    #: from ``promise_margin`` minutes before the end of the promise.
    promise_weight: float = 1.0
    promise_margin: float = 3.0
    #: A customer with an appointment goes first from so long before it is due …
    appointment_before: float = 0.0
    #: … until so long after it; later he waits like anybody else.
    appointment_after: float = 10.0
    #: By priority class: how many times the index counts. A class that is not named counts once.
    priorities: Mapping[str, float] = field(default_factory=dict)
    #: By priority class: the minutes of waiting that the class is given at the start (its place in a
    #: first-come order), so that priority ages: whoever waits that much longer goes before it.
    head_start: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits, as the router sees it 等候客户; ``predicted`` and ``mean`` at the reference speed."""

    ticket: str
    service: str
    arrived: float
    #: How long this customer will take, as far as is known.
    predicted: float
    #: How long the service takes on average; the cµ rule knows no more.
    mean: float
    priority: str = ""
    #: When the appointment of a customer who has checked in is due.
    due: float | None = None
    #: The end of the wait that was promised.
    promised: float | None = None
    #: The only desks that may serve this one (a transfer to a desk, its equipment, cash left); ``None``: all.
    desks: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class DeskState:
    """A desk that is open, as the router sees it 窗口状态."""

    desk: str
    #: The services that are its own, in no order.
    own: frozenset[str]
    #: What it may serve, and how fast: 1.25 takes a quarter longer than the reference.
    factors: Mapping[str, float]
    #: Since when it has been free; ``None``: it is busy.
    free_since: float | None = 0.0

    def may_serve(self, waiting: Waiting) -> bool:
        return waiting.service in self.factors and (waiting.desks is None or self.desk in waiting.desks)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is next for a desk, and the facts from which one sentence can be made 叫号决定."""

    ticket: str
    desk: str
    reason: Reason
    waited: float
    #: Minutes that this customer is expected to take at this desk.
    expected: float
    #: The index by which he was compared; 0 where the order needs none.
    index: float
    own: bool
    #: How many this desk may serve came earlier and are passed over, and the longest wait among them.
    passed_over: int
    longest_passed_over: float
    #: How many were compared.
    among: int


@dataclass(frozen=True, slots=True)
class DeskChoice:
    """Which free desk takes somebody, and why 分窗决定."""

    desk: str
    ticket: str
    reason: Reason
    own: bool
    expected: float
