"""Waits of many days as figures: means, shares and quantiles, with intervals by day."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from counterpoint.insight import services as insight
from counterpoint.insight.data import TwinBranch, TwinDay
from counterpoint.lobby import services as lobby
from counterpoint.site import bench_lobby_world as world

LONG, VERY_LONG = 10.0, 60.0
RESAMPLES = 400


@dataclass(frozen=True)
class Waits:
    """All waits of one policy, with their day and service, in the order of the customers."""

    wait: NDArray[np.float64]
    day: NDArray[np.int64]
    service: NDArray[np.int64]
    days: int
    seconds: float

    def by_day(self, values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(self.day, weights=values, minlength=self.days)

    @property
    def customers(self) -> NDArray[np.float64]:
        return np.bincount(self.day, minlength=self.days).astype(float)


def waits(branch: TwinBranch, days: Sequence[TwinDay]) -> Waits:
    """Runs the days under the branch's policy; the seconds are processor time of this one thread."""
    started = time.process_time()
    results = [insight.run_day(branch, day, lobby.pick) for day in days]
    seconds = time.process_time() - started
    return Waits(
        wait=np.concatenate([result.waits for result in results]),
        day=np.repeat(np.arange(len(days)), [len(day.arrived) for day in days]),
        service=np.asarray(
            [world.SERVICES.index(name) for day in days for name in day.service], dtype=np.int64
        ),
        days=len(days),
        seconds=seconds,
    )


def figures(found: Waits) -> dict[str, Any]:
    """One row of the table. Intervals are at 95 %: by the delta method over days, quantiles by bootstrap."""
    wait = found.wait
    return {
        "mean": _share(found, wait),
        "over10": _share(found, wait > LONG, 100.0),
        "over60": _share(found, wait > VERY_LONG, 100.0),
        "p95": _quantile(found, 0.95),
        "p99": _quantile(found, 0.99),
        "longest": float(wait.max()),
        "classes": {
            name: float(wait[found.service == place].mean()) for place, name in enumerate(world.SERVICES)
        },
        "seconds": round(found.seconds, 3),
    }


def paired(one: Waits, other: Waits) -> dict[str, Any]:
    """What ``one`` changes against ``other``, on the same customers."""
    over = (one.wait > LONG).astype(float) - (other.wait > LONG)
    return {"mean": _share(one, one.wait - other.wait), "over10": _share(one, over, 100.0)}


def _share(found: Waits, values: NDArray[Any], scale: float = 1.0) -> dict[str, float | None]:
    estimate = insight.ratio(found.by_day(values) * scale, found.customers, 0.95)
    return {"value": estimate.mean, "low": estimate.low, "high": estimate.high}


def _quantile(found: Waits, share: float) -> dict[str, float | None]:
    order = np.argsort(found.wait)
    ordered, day = found.wait[order], found.day[order]
    rng = default_rng(1)
    drawn = []
    for _ in range(RESAMPLES):
        times = np.bincount(rng.integers(0, found.days, found.days), minlength=found.days)
        heaped = np.cumsum(times[day])
        drawn.append(ordered[np.searchsorted(heaped, share * heaped[-1])])
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": float(np.quantile(found.wait, share)), "low": float(low), "high": float(high)}
