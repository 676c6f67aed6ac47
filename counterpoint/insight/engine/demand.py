"""Days of customers drawn from what a branch knows of its demand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator, default_rng

from counterpoint.insight.data import NowServing, TwinDay, TwinDemand, TwinNow
from counterpoint.insight.engine import draws

_CUSTOMERS, _ERRORS, _LEFT = range(3)
#: How often a whole service is drawn again until it is longer than it has lasted so far.
_TRIES = 64


def draw_days(demand: TwinDemand, count: int, seed: int) -> list[TwinDay]:
    """Whole days: Poisson in each slot, given a gamma factor of the day."""
    return [_day(demand, (seed, place), 0.0, math.inf) for place in range(count)]


def draw_futures(
    demand: TwinDemand, now: TwinNow, until: float, count: int, seed: int
) -> list[tuple[TwinDay, dict[str, float]]]:
    """What may follow from a moment: those who wait (who came before 0) and who will come, and by busy window
    how long it still serves. Time 0 is now.
    """
    futures = []
    for place in range(count):
        coming = _day(demand, (seed, place), now.at, until)
        rng = default_rng((seed, place, _LEFT))
        left = {one.window: _left(demand, one, rng) for one in now.serving}
        futures.append((_with_waiting(demand, now, coming, rng), left))
    return futures


def _day(demand: TwinDemand, seed: tuple[int, int], since: float, until: float) -> TwinDay:
    rng, errors = default_rng((*seed, _CUSTOMERS)), default_rng((*seed, _ERRORS))
    factor = rng.gamma(1 / demand.day_cv**2, demand.day_cv**2) if demand.day_cv else 1.0
    rows: list[tuple[float, str, float, float, float]] = []
    for service in sorted(demand.expected):
        expected = np.asarray(demand.expected[service])
        counts = rng.poisson(expected * factor)
        slots = np.repeat(np.arange(len(expected)), counts)
        times = (slots + rng.random(len(slots))) * demand.slot
        mean, scv = demand.durations[service]
        durations = mean * draws.noise(math.sqrt(scv), rng, len(slots))
        predicted = durations * draws.noise(demand.prediction_cv, errors, len(slots))
        prework = demand.prework * draws.noise(0.4, rng, len(slots))
        rows += zip(
            (times - (since if since else 0.0)).tolist(),
            [service] * len(slots),
            durations.tolist(),
            predicted.tolist(),
            prework.tolist(),
            strict=True,
        )
    chosen = sorted(row for row in rows if 0.0 <= row[0] < until - since)
    return _columns(chosen)


def _with_waiting(demand: TwinDemand, now: TwinNow, coming: TwinDay, rng: Generator) -> TwinDay:
    waiting = sorted(now.waiting, key=lambda one: -one.waited)
    errors = draws.noise(demand.prediction_cv, rng, len(waiting))
    first = _columns(
        [
            (-one.waited - 1e-9, one.service, one.predicted * float(error), one.predicted, demand.prework)
            for one, error in zip(waiting, errors, strict=True)
        ]
    )
    return TwinDay(
        [*first.arrived, *coming.arrived],
        [*first.service, *coming.service],
        [*first.duration, *coming.duration],
        [*first.predicted, *coming.predicted],
        [*first.prework, *coming.prework],
    )


def _left(demand: TwinDemand, one: NowServing, rng: Generator) -> float:
    """How long a service still lasts: drawn whole, given that it is longer than so far."""
    whole = one.expected * draws.noise(max(demand.prediction_cv, 0.1), rng, _TRIES)
    longer = whole[whole > one.elapsed]
    # Far beyond what was expected nothing is known but its usual length: it may end at any time.
    return float(longer[0] - one.elapsed) if len(longer) else float(rng.exponential(one.expected))


def _columns(rows: Sequence[tuple[float, str, float, float, float]]) -> TwinDay:
    arrived, service, duration, predicted, prework = zip(*rows, strict=True) if rows else ((),) * 5
    return TwinDay(list(arrived), list(service), list(duration), list(predicted), list(prework))
