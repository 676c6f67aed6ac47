"""Means, ratios of means and quantiles over replications, with confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from counterpoint.insight.data import Estimate

#: Replications are put into so many lots to judge a quantile of everybody.
LOTS = 20


def mean(values: ArrayLike, confidence: float) -> Estimate:
    """Student's interval for a mean."""
    data = np.asarray(values, dtype=float)
    data = data[~np.isnan(data)]
    if not len(data):
        return Estimate(None, None, None)
    return _around(
        float(data.mean()), float(data.std(ddof=1)) if len(data) > 1 else math.nan, len(data), confidence
    )


def ratio(over: ArrayLike, under: ArrayLike, confidence: float) -> Estimate:
    """The ratio of two means, by the delta method: var ≈ (Sxx − 2rSxy + r²Syy) / (n·ȳ²)."""
    x, y = np.asarray(over, dtype=float), np.asarray(under, dtype=float)
    if not len(y) or y.mean() == 0:
        return Estimate(None, None, None)
    found = float(x.mean() / y.mean())
    spread = float((x - found * y).std(ddof=1) / y.mean()) if len(x) > 1 else math.nan
    return _around(found, abs(spread), len(x), confidence)


def quantile(lots: Sequence[NDArray[np.float64]], share: float, confidence: float) -> Estimate:
    """A quantile of everybody in all replications; its interval from lots of replications."""
    everybody = np.concatenate(lots) if len(lots) else np.empty(0)
    if not len(everybody):
        return Estimate(None, None, None)
    found = float(np.quantile(everybody, share))
    number = min(LOTS, len(lots))
    parts = [np.concatenate(lots[part::number]) for part in range(number)]
    each = [float(np.quantile(part, share)) for part in parts if len(part)]
    spread = float(np.std(each, ddof=1)) if len(each) > 1 else math.nan
    return _around(found, spread, len(each), confidence)


def _around(middle: float, spread: float, count: int, confidence: float) -> Estimate:
    if count < 2 or math.isnan(spread):
        return Estimate(middle, None, None)
    half = float(stats.t.ppf((1 + confidence) / 2, count - 1)) * spread / math.sqrt(count)
    return Estimate(middle, middle - half, middle + half)
