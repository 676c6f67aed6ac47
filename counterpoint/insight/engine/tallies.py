"""From replications to results: what each measure of ``CenterResult`` is made of."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpoint.insight.data import (
    CenterModel,
    CenterResult,
    Estimate,
    GroupResult,
    Outcome,
    TypeResult,
)
from counterpoint.insight.engine import draws, estimates
from counterpoint.insight.engine.center import Center

OUTCOMES = list(Outcome)
COUNTS = {
    Outcome.SERVED: "served",
    Outcome.ABANDONED: "abandoned",
    Outcome.BLOCKED: "blocked",
    Outcome.MESSAGE: "messages",
    Outcome.DISCONNECTED: "disconnected",
}


class Scope:
    """One type, or all: a list of figures for each measure, one entry a replication."""

    def __init__(self, model: CenterModel, name: str) -> None:
        self.model, self.name = model, name
        self.rows: dict[str, list[float]] = defaultdict(list)
        self.period_rows: dict[str, list[NDArray[Any]]] = defaultdict(list)
        self.waits: list[NDArray[np.float64]] = []

    def add(
        self, outcome: NDArray[Any], wait: NDArray[Any], period: NDArray[Any], extra: dict[str, float]
    ) -> None:
        periods = self.model.periods
        rows, masks = self.rows, {each: outcome == place for place, each in enumerate(OUTCOMES)}
        served, inside = masks[Outcome.SERVED], ~masks[Outcome.BLOCKED]
        rows["arrived"].append(len(outcome))
        for each, name in COUNTS.items():
            rows[name].append(int(masks[each].sum()))
        rows["waited"].append(int((~served | (wait > 0)).sum()))
        rows["wait_sum_served"].append(float(wait[served].sum()))
        rows["wait_sum"].append(float(wait.sum()))
        rows["entered"].append(int(inside.sum()))
        for name, value in extra.items():
            rows[name].append(value)
        self.period_rows["arrived"].append(np.bincount(period, minlength=periods))
        self.period_rows["served"].append(np.bincount(period[served], minlength=periods))
        for threshold in self.model.thresholds:
            good, gone = served & (wait < threshold), masks[Outcome.ABANDONED]
            rows[f"good {threshold}"].append(int(good.sum()))
            rows[f"left {threshold}"].append(int((gone & (wait < threshold)).sum()))
            rows[f"late {threshold}"].append(int((gone & (wait >= threshold)).sum()))
            rows[f"over {threshold}"].append(int((inside & (wait >= threshold)).sum()))
            within = np.bincount(period[good], minlength=periods)
            self.period_rows[f"served_within {threshold:g}"].append(within)
        self.waits.append(wait[inside])

    def result(self) -> TypeResult:
        level, rows = self.model.confidence, self.rows
        names = ["arrived", *COUNTS.values(), "retried", "dialled", "waited"]
        queue = {name: estimates.mean(rows[name], level) for name in ("queue_open", "queue_all")}
        return TypeResult(
            name=self.name,
            counts={name: estimates.mean(rows[name], level) for name in names},
            within={f"{threshold:g}": self._within(threshold) for threshold in self.model.thresholds},
            waits={
                "wait_served": estimates.ratio(rows["wait_sum_served"], rows["served"], level),
                "wait_all": estimates.ratio(rows["wait_sum"], rows["entered"], level),
                "wait_p95": estimates.quantile(self.waits, 0.95, level),
                **queue,
            },
            periods={
                name: [estimates.mean(column, level) for column in np.asarray(values).T]
                for name, values in self.period_rows.items()
            },
        )

    def _within(self, threshold: float) -> dict[str, Estimate]:
        rows, level = self.rows, self.model.confidence
        good, left = np.asarray(rows[f"good {threshold}"]), np.asarray(rows[f"left {threshold}"])
        served, late = np.asarray(rows["served"]), np.asarray(rows[f"late {threshold}"])
        lost = np.asarray(rows["blocked"]) + np.asarray(rows["disconnected"])
        return {
            "served_within": estimates.mean(good, level),
            "abandoned_within": estimates.mean(left, level),
            "level_of_served": estimates.ratio(good, served, level),
            "level_with_late_abandoned": estimates.ratio(good, served + late, level),
            "level_with_lost": estimates.ratio(good, served + lost, level),
            "level_of_arrived": estimates.ratio(good, rows["arrived"], level),
            "level_short_waits": estimates.ratio(good + left, rows["arrived"], level),
            "over": estimates.ratio(rows[f"over {threshold}"], rows["entered"], level),
        }


def run(model: CenterModel) -> CenterResult:
    """All replications of a model."""
    kinds = [Scope(model, kind.name) for kind in model.types]
    total = Scope(model, "total")
    groups: list[list[list[float]]] = [[] for _ in model.groups]
    for replication in range(model.replications):
        center = Center(model, replication).run()
        _observe(center, kinds, total)
        for place, rows in enumerate(groups):
            rows.append(_areas(center, place))
    areas = [np.asarray(rows) for rows in groups]
    return CenterResult(
        name=model.name,
        replications=model.replications,
        seed=model.seed,
        confidence=model.confidence,
        time_unit=model.time_unit.value,
        types=tuple(scope.result() for scope in kinds),
        total=total.result(),
        groups=tuple(
            _group(group.name, area, model.confidence)
            for group, area in zip(model.groups, areas, strict=True)
        ),
        all_groups=_group("all groups", np.sum(areas, axis=0), model.confidence),
        expected_arrivals=draws.expected_arrivals(model),
    )


def _observe(center: Center, kinds: list[Scope], total: Scope) -> None:
    codes = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    left = center.left
    kind = np.fromiter((row[0] for row in left), dtype=np.int64, count=len(left))
    outcome = np.fromiter((codes[row[1]] for row in left), dtype=np.int64, count=len(left))
    wait = np.fromiter((row[2] for row in left), dtype=float, count=len(left))
    period = np.fromiter((row[3] for row in left), dtype=np.int64, count=len(left))
    gauge = center.gauge
    opened, whole = gauge.closes - gauge.opens, max(gauge.finished - gauge.opens, 1e-12)
    extras = [
        {
            "retried": center.retried[place],
            "dialled": center.dialled[place],
            "queue_open": gauge.line_open[place] / opened,
            "queue_all": gauge.line_all[place] / whole,
        }
        for place in range(len(kinds))
    ]
    for place, scope in enumerate(kinds):
        chosen = kind == place
        scope.add(outcome[chosen], wait[chosen], period[chosen], extras[place])
    total.add(outcome, wait, period, {name: sum(extra[name] for extra in extras) for name in extras[0]})


def _areas(center: Center, place: int) -> list[float]:
    now, later = center.gauge.open[place], center.gauge.after[place]
    return [
        now.busy,
        now.scheduled + now.ghost,
        now.busy + later.busy,
        now.scheduled + now.ghost + later.scheduled + later.ghost,
        now.attended,
        now.scheduled,
    ]


def _group(name: str, area: NDArray[np.float64], level: float) -> GroupResult:
    busy, on_duty, busy_all, on_duty_all, attended, scheduled = area.T
    return GroupResult(
        name=name,
        occupancy={
            "open": estimates.ratio(busy, on_duty, level),
            "whole": estimates.ratio(busy_all, on_duty_all, level),
            "attended": estimates.ratio(attended, scheduled, level),
            "overrun": estimates.ratio(busy_all, scheduled, level),
        },
        scheduled=estimates.mean(scheduled, level),
    )
