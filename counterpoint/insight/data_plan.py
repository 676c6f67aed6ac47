"""The door of insight, questions to the twin 推演: demand, targets, curves, plans, suggestions. No Django.

All times are minutes since the doors opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterpoint.insight.data_results import Estimate


@dataclass(frozen=True, slots=True)
class TwinDemand:
    """Who comes to a branch, as learned from its own days 客流."""

    #: By service: how many are expected in each slot of the day.
    expected: Mapping[str, tuple[float, ...]]
    #: By service: the mean of its duration, and the squared coefficient of variation (lognormal).
    durations: Mapping[str, tuple[float, float]]
    #: The coefficient of variation of whole days: without it a plan understates its risk.
    day_cv: float
    #: The coefficient of variation of the error of a predicted duration.
    prediction_cv: float
    slot: float = 30.0
    #: What the pre-work of one customer takes on average.
    prework: float = 3.0


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """What every slot must reach: such a share of its customers waits no longer than so 等候目标."""

    share: float = 0.9
    within: float = 10.0


@dataclass(frozen=True, slots=True)
class SlotFigures:
    """A slot of the day over many days; customers belong to the slot in which they arrive 时段."""

    starts: float
    windows: int
    customers: float
    within: Estimate
    mean: Estimate
    #: The middle, and the band in which 80 of 100 days lie, of a day's mean wait in this slot.
    middle: float | None
    low: float | None
    high: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class TwinCurve:
    """How waits run over the day under one policy and staffing 等候曲线."""

    name: str
    slots: tuple[SlotFigures, ...]
    mean: Estimate
    #: The share that waits no longer than the target.
    within: Estimate
    p90: float | None
    by_service: Mapping[str, Estimate]

    @property
    def worst(self) -> SlotFigures | None:
        """The slot with the smallest share within the target: a plan is judged by it, not by the average."""
        known = [one for one in self.slots if one.within.mean is not None]
        return min(known, key=lambda one: one.within.mean or 0.0, default=None)


@dataclass(frozen=True, slots=True)
class TwinComparison:
    """Several policies or staffings on the same days, and what each changes against the first 对比."""

    curves: tuple[TwinCurve, ...]
    differences: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """How many windows to open in each slot 开窗计划."""

    windows: tuple[int, ...]
    #: On days that the plan was not made with.
    curve: TwinCurve
    met: bool
    window_hours: float


@dataclass(frozen=True, slots=True)
class NowWaiting:
    """One who waits at this moment 正在等候."""

    service: str
    waited: float
    predicted: float


@dataclass(frozen=True, slots=True)
class NowServing:
    """A busy window at this moment: what is expected in all, and for how long it has been so 正在办理."""

    window: str
    expected: float
    elapsed: float


@dataclass(frozen=True, slots=True)
class TwinNow:
    """The branch at this moment, minutes after opening 网点现状."""

    at: float
    waiting: Sequence[NowWaiting]
    serving: Sequence[NowServing]


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window that could be opened for some time 可开窗口."""

    window: str
    services: frozenset[str]
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class WindowSuggestion:
    """Open this window: the 90th percentile of waits goes from so much to so much 开窗建议."""

    open: OpenWindow
    p90_before: float
    p90_after: float
    #: What it changes in the mean wait, on the same futures.
    difference: Estimate
