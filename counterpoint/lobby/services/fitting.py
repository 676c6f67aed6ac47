"""Fitting a promise to waits that are known 拟合承诺模型, on one thread. Libraries load when needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from counterpoint.lobby.rules.features import scale
from counterpoint.lobby.rules.forest import LEAF, Forest
from counterpoint.lobby.rules.learned import LearnedPromise, shift

#: The last days, a fifth of them, are not learned from: they set the ends of the range.
HELD_OUT = 0.2
#: Of ten waits one is sooner and one later.
BEYOND = 0.1
_SHAPE: dict[str, Any] = {
    "learning_rate": 0.06, "max_leaf_nodes": 16, "min_samples_leaf": 80, "l2_regularization": 1.0,
    "early_stopping": False, "random_state": 1,
}  # fmt: skip
_MIDDLE = {**_SHAPE, "loss": "absolute_error", "max_iter": 120}
_END = {**_SHAPE, "loss": "quantile", "max_iter": 80}


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learned, and how it did on the days that it had not seen 拟合结果; seconds."""

    model: LearnedPromise
    samples: int
    held_out: int
    mae: float
    #: Percent of the waits inside the range.
    coverage: float


def fit(numbers: Sequence[Sequence[float]], waits: Sequence[float], days: Sequence[Any]) -> Fitted:
    """From the numbers of ``features``, the waits in seconds and the day of each, in order of time."""
    import numpy as np
    import sklearn.ensemble  # loaded first: only what is loaded is held to one thread
    from threadpoolctl import threadpool_limits

    table = np.asarray(numbers, dtype=float)
    unit = np.asarray([scale(row) for row in numbers]) * 60
    ratio = np.asarray(waits, dtype=float) / unit
    known = _known(days)
    with threadpool_limits(limits=1):
        grow = sklearn.ensemble.HistGradientBoostingRegressor
        low = grow(**_END, quantile=BEYOND).fit(table[:known], ratio[:known])
        high = grow(**_END, quantile=1 - BEYOND).fit(table[:known], ratio[:known])
        middle = grow(**_MIDDLE).fit(table[:known], ratio[:known])
        held, truth = table[known:], ratio[known:]
        error = np.abs(middle.predict(held).clip(0) - truth) * unit[known:]
        under, over = low.predict(held) - truth, truth - high.predict(held)
        whole = grow(**_MIDDLE).fit(table, ratio)
    return Fitted(
        model=LearnedPromise(
            as_forest(low), as_forest(whole), as_forest(high), shift(under.tolist(), BEYOND),
            shift(over.tolist(), BEYOND),
        ),
        samples=len(ratio), held_out=len(truth), mae=float(error.mean()),
        coverage=_coverage(under.tolist(), over.tolist()),
    )  # fmt: skip


def _known(days: Sequence[Any]) -> int:
    """How many of the samples are learned from: whole days."""
    each = list(dict.fromkeys(days))
    first_held = each[min(len(each) - 1, round(len(each) * (1 - HELD_OUT)))]
    return list(days).index(first_held)


def as_forest(grown: Any) -> Forest:
    """What scikit-learn has learned, as lists."""
    trees = []
    for (tree,) in grown._predictors:
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        feature = nodes["feature_idx"].astype(int)
        feature[leaf] = LEAF
        value = nodes["num_threshold"].astype(float)
        value[leaf] = nodes["value"][leaf]
        trees.append(
            (feature.tolist(), value.tolist(), nodes["left"].tolist(), nodes["right"].tolist())
        )  # fmt: skip
    return Forest(float(grown._baseline_prediction.ravel()[0]), tuple(trees))


def _coverage(under: Sequence[float], over: Sequence[float]) -> float:
    """Each half of the held-out waits inside a range whose ends the other half has set."""
    half = len(under) // 2
    inside = 0
    for mine, other in ((slice(0, half), slice(half, None)), (slice(half, None), slice(0, half))):
        if not under[other] or not under[mine]:
            continue
        low, high = shift(under[other], BEYOND), shift(over[other], BEYOND)
        inside += sum(
            one <= low and two <= high for one, two in zip(under[mine], over[mine], strict=True)
        )  # fmt: skip
    return 100 * inside / max(1, len(under))
