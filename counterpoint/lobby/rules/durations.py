"""How long a service will take 预计用时: lognormal, learned, and drawn to what is known without learning.

Service times at bank counters are close to lognormal (Brown et al. 2005, JASA 100:36). Logarithms are
averaged (Welford 1962, Technometrics 4:419); few observations are drawn to the level above with the
weight of ``weight`` of them (a normal mean under a normal prior: Gelman et al., Bayesian Data
Analysis, 3rd edition, section 2.5).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from counterpoint.lobby.data import Duration


@dataclass(frozen=True, slots=True)
class Stat:
    """Count, mean and summed squared differences of logarithms of seconds."""

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0


def added(stat: Stat, seconds: float) -> Stat:
    """The statistic with one more service."""
    value = math.log(seconds)
    n = stat.n + 1
    mean = stat.mean + (value - stat.mean) / n
    return Stat(n, mean, stat.m2 + (value - stat.mean) * (value - mean))


def merged(stats: Iterable[Stat]) -> Stat:
    """Several as if they had been one (Chan, Golub & LeVeque 1983)."""
    total = Stat()
    for one in stats:
        n = total.n + one.n
        if not n:
            continue
        apart = one.mean - total.mean
        mean = total.mean + apart * one.n / n
        total = Stat(n, mean, total.m2 + one.m2 + apart * apart * total.n * one.n / n)
    return total


def prior(minutes: float, scv: float) -> tuple[float, float]:
    """Mean and variance of the logarithm for a mean in minutes and a squared coefficient of variation."""
    variance = math.log1p(scv)
    return math.log(minutes * 60) - variance / 2, variance


def drawn(mean: float, variance: float, stat: Stat, weight: float) -> tuple[float, float]:
    """A level's mean and variance from the level above and its own observations."""
    n = stat.n
    if not n:
        return mean, variance
    centre = (weight * mean + n * stat.mean) / (weight + n)
    # What lies between the two means is part of the spread, as long as neither is sure.
    between = weight * n / (weight + n) * (stat.mean - mean) ** 2
    return centre, (weight * variance + stat.m2 + between) / (weight + n)


def predict(minutes: float, scv: float, weight: float, levels: Iterable[Stat]) -> Duration:
    """The next service, from the bank's expectation through ``levels``, the broadest first."""
    mean, variance = prior(minutes, scv)
    sure, n = weight, 0
    for stat in levels:
        mean, variance = drawn(mean, variance, stat, weight)
        sure, n = weight + stat.n, stat.n
    # The next one also carries the doubt about the mean itself.
    spread = variance * (1 + 1 / sure)
    return Duration(math.exp(mean + spread / 2), math.exp(mean), math.sqrt(spread), n)


def remaining(duration: Duration, elapsed: float) -> float:
    """Mean seconds still to go of a service that has lasted ``elapsed`` seconds.

    The mean of a lognormal beyond a point, less the point: E[X - t | X > t]. One that lasts long already
    is likely to last longer still.
    """
    if elapsed <= 0:
        return duration.mean
    sigma = max(duration.sigma, 1e-6)
    z = (math.log(duration.median) - math.log(elapsed)) / sigma
    beyond = _normal(z)
    if beyond < 1e-9:  # far in the tail both probabilities vanish; the tail grows about linearly there
        return elapsed * sigma**2 / max(-z * sigma, sigma)
    return max(0.0, duration.mean * _normal(z + sigma) / beyond - elapsed)


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))
