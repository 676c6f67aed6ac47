"""The door of insight, results 结果: what a model said, each figure with its interval. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications with its confidence interval 置信区间; ``None``: nothing to estimate from."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TypeResult:
    """What one type met, or all together 各类结果. Counts are per replication."""

    name: str
    #: arrived, served, abandoned, blocked, messages, disconnected, retried, dialled, waited
    counts: dict[str, Estimate]
    #: By threshold, as in the model: served_within, abandoned_within, and the service levels.
    within: dict[str, dict[str, Estimate]]
    #: wait_served, wait_all, wait_p95, queue_open, queue_all
    waits: dict[str, Estimate]
    #: By period: arrived, served, and for each threshold served_within.
    periods: dict[str, list[Estimate]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """How busy a group was, by each definition 忙碌率."""

    name: str
    occupancy: dict[str, Estimate]
    scheduled: Estimate


@dataclass(frozen=True, slots=True)
class CenterResult:
    """What a model said 模型结果."""

    name: str
    replications: int
    seed: int
    confidence: float
    time_unit: str
    types: tuple[TypeResult, ...]
    total: TypeResult
    groups: tuple[GroupResult, ...]
    all_groups: GroupResult
    #: What the model's rates give on average, retrials and dialled calls apart.
    expected_arrivals: float
