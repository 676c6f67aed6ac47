"""What is random in a model, drawn before the run: who comes when, how long, how patient."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from counterpoint.insight.data import CenterModel, ContactType, Distribution, Shape

Floats = NDArray[np.float64]

#: Streams by purpose: a policy that draws more of one does not shift another.
BUSYNESS, ARRIVALS, SERVICE, PATIENCE, BALKING, NOISE, ROUTING, RETRIES, DIALING, STAFF, DECIDING = range(11)


def stream(seed: int, replication: int, purpose: int, kind: int = 0) -> Generator:
    return default_rng((seed, replication, purpose, kind))


def draw(distribution: Distribution, rng: Generator, count: int) -> Floats:
    """``count`` values."""
    first, second = distribution.first, distribution.second
    match distribution.shape:
        case Shape.EXPONENTIAL:
            return rng.exponential(first, count)
        case Shape.LOGNORMAL:
            variance = math.log1p(second)
            return rng.lognormal(math.log(first) - variance / 2, math.sqrt(variance), count)
        case Shape.GAMMA:
            return rng.gamma(first, second, count)
        case Shape.ERLANG:
            return rng.gamma(first, second / first, count)
        case Shape.UNIFORM:
            return rng.uniform(first, second, count)
        case Shape.WEIBULL:
            return second * rng.weibull(first, count)
        case Shape.DETERMINISTIC:
            return np.full(count, first)
        case Shape.EMPIRICAL:
            weights = np.asarray(distribution.weights or [1.0] * len(distribution.values))
            return rng.choice(np.asarray(distribution.values), count, p=weights / weights.sum())


def mean_of(distribution: Distribution) -> float:
    first, second = distribution.first, distribution.second
    match distribution.shape:
        case Shape.GAMMA:
            return first * second
        case Shape.ERLANG:
            return second
        case Shape.UNIFORM:
            return (first + second) / 2
        case Shape.WEIBULL:
            return second * math.gamma(1 + 1 / first)
        case Shape.EMPIRICAL:
            return float(np.average(distribution.values, weights=distribution.weights or None))
        case _:
            return first


def by_period(distributions: tuple[Distribution, ...], periods: NDArray[np.int64], rng: Generator) -> Floats:
    """One value for each entry of ``periods``; who comes after closing gets the last period's."""
    if len(distributions) == 1:
        return draw(distributions[0], rng, len(periods))
    values = np.empty(len(periods))
    places = np.minimum(periods, len(distributions) - 1)
    for place, distribution in enumerate(distributions):
        chosen = places == place
        values[chosen] = draw(distribution, rng, int(chosen.sum()))
    return values


def expected_arrivals(model: CenterModel) -> float:
    """What the rates and gaps of a model give on average; who comes again or is dialled is not in it."""
    lengths = np.diff(np.asarray(model.borders))
    return sum(
        float(np.asarray(kind.rates) @ lengths)
        if kind.interarrival is None
        else _many(model.closes - model.opens, mean_of(kind.interarrival))
        for kind in model.types
    )


def _many(length: float, gap: float) -> float:
    return length / gap if gap > 0 else math.inf


def busyness(model: CenterModel, replication: int) -> float:
    if model.busyness is None:
        return 1.0
    return float(draw(model.busyness, stream(model.seed, replication, BUSYNESS), 1)[0])


def arrivals(
    model: CenterModel, place: int, replication: int, busy: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Times of arrival of a type, in order, with their periods: Poisson in each period given the rate, or a
    renewal process from the opening on.
    """
    kind = model.types[place]
    rng = stream(model.seed, replication, ARRIVALS, place)
    if kind.busyness is not None:
        busy = float(draw(kind.busyness, stream(model.seed, replication, BUSYNESS, place + 1), 1)[0])
    borders = np.asarray(model.borders)
    if kind.interarrival is not None:
        times = _renewals(kind.interarrival, rng, model.opens, model.closes)
        return times, np.searchsorted(borders, times, side="right") - 1
    counts = rng.poisson(np.asarray(kind.rates) * np.diff(borders) * busy)
    periods = np.repeat(np.arange(model.periods), counts)
    times = borders[periods] + rng.random(len(periods)) * np.diff(borders)[periods]
    order = np.argsort(times, kind="stable")
    return times[order], periods[order]


def _renewals(gap: Distribution, rng: Generator, opens: float, closes: float) -> Floats:
    """Arrivals with independent gaps, the first of which begins at the opening."""
    lot = max(16, int((closes - opens) / mean_of(gap) * 1.1))
    found: list[Floats] = []
    at = opens
    while at < closes:
        times = at + np.cumsum(draw(gap, rng, lot))
        found.append(times)
        at = float(times[-1])
    everybody = np.concatenate(found)
    return everybody[everybody < closes]


def patience_of(kind: ContactType, periods: NDArray[np.int64], rng: Generator, balking: Generator) -> Floats:
    """How long each would wait; infinite when the type never gives up, 0 for who does not wait at all."""
    count = len(periods)
    values = by_period(kind.patience, periods, rng) if kind.patience else np.full(count, math.inf)
    if kind.balk:
        values[balking.random(count) < kind.balk] = 0.0
    return values


def noise(cv: float, rng: Generator, count: int) -> Floats:
    """Factors of a prediction's error: lognormal, mean one."""
    variance = math.log1p(cv * cv)
    return np.exp(math.sqrt(variance) * rng.standard_normal(count) - variance / 2)
