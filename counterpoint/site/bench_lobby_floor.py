"""The best promise that could be made at the frozen branch, for ``counterpoint bench lobby --floor``.

From the arrival of a customer on, the branch is played on many times with everything that is known then
and the true distributions of everything that is not (``bench_lobby_futures``). The middle of those waits
is the promise with the least mean error that anything knowing no more can make: the median of the
conditional distribution minimises the expected absolute error. ADR 10 has the argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from counterpoint.insight import services as insight
from counterpoint.insight.data import TwinBranch, TwinDay
from counterpoint.site.bench_lobby_futures import Futures
from counterpoint.site.bench_lobby_line import Line, of_day

SEED = 99
#: How many futures each wait has; fewer, to see that it is enough.
FUTURES, FEWER = 200, (50, 100)


def sampled(count: int, most: int) -> NDArray[np.int64]:
    """Which of so many waits are judged: at random, and the same each time."""
    return np.sort(default_rng((SEED, 2)).choice(count, min(most, count), replace=False))


def futures(
    branch: TwinBranch, days: Sequence[TwinDay], wanted: Mapping[int, Sequence[int]]
) -> NDArray[np.float64]:
    """The waits of the wanted customers, by day and place, in each of so many futures."""
    found = []
    for at, places in sorted(wanted.items()):
        for moment in Line(branch, of_day(days[at])).moments(places):
            rng = default_rng((SEED, 3, at, moment.place))
            found.append(list(Futures(branch, days[at], moment, FUTURES, rng).waits()))
    return np.asarray(found)


def compare(
    waits: NDArray[np.float64], promised: NDArray[np.float64], day: NDArray[np.int64],
    drawn: NDArray[np.float64],
) -> dict[str, Any]:  # fmt: skip
    """The floor beside the promise, on the same customers; intervals at 95 % by day."""
    count = drawn.shape[1]
    floor, made = np.abs(np.median(drawn, axis=1) - waits), np.abs(promised - waits)
    halves = drawn[:, ::2], drawn[:, 1::2]
    among = [
        np.abs(one - np.median(other, axis=1, keepdims=True)).mean() for one, other in (halves, halves[::-1])
    ]
    low, high = np.quantile(drawn, [0.1, 0.9], axis=1)
    return {
        "mae": _by_day(floor, day), "promise_mae": _by_day(made, day), "above": _by_day(made - floor, day),
        # The futures against each other: the floor without the luck of what did happen.
        "expected": float(np.mean(among)),
        "coverage": 100 * float(((low <= waits) & (waits <= high)).mean()),
        "width": float((high - low).mean()),
        "fewer": {
            str(few): float(np.abs(np.median(drawn[:, :few], axis=1) - waits).mean())
            for few in (*FEWER, count) if few <= count
        },
        "waits": len(waits), "futures": count,
    }  # fmt: skip


def _by_day(values: NDArray[np.float64], day: NDArray[np.int64]) -> dict[str, float | None]:
    _, place = np.unique(day, return_inverse=True)
    found = insight.ratio(np.bincount(place, weights=values), np.bincount(place).astype(float), 0.95)
    return {"value": found.mean, "low": found.low, "high": found.high}
