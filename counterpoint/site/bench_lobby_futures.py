"""What may still happen at the frozen branch, given what has happened, for ``counterpoint bench lobby``.

The draws of ``bench_lobby_world``, conditioned exactly: a length given its prediction (and that the
service lasts already), pre-work that lasts, customers to come given how many came. Nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from counterpoint.insight.data import TwinBranch, TwinDay
from counterpoint.site import bench_lobby_world as world
from counterpoint.site.bench_lobby_line import Customers, Line, Moment

#: So many of those to come are drawn at a time.
PORTION = 32
_LENGTH, _ERROR = world.sigma(world.SCV), world.sigma(world.NOISE_CV**2)
#: log duration given log prediction is normal: how much of the prediction's distance is believed, and how
#: far off that is.
BELIEVED = _LENGTH**2 / (_LENGTH**2 + _ERROR**2)
SPREAD = _LENGTH * _ERROR / np.hypot(_LENGTH, _ERROR)
_CENTRES = np.log([world.MEANS[name] for name in world.SERVICES]) - _LENGTH**2 / 2
#: Arrivals expected of an ordinary day until each half hour's end.
_ENDS = np.linspace(0.0, world.OPEN_MINUTES, len(world.WEIGHTS) + 1)
_EXPECTED = world.CUSTOMERS / len(world.WEIGHTS) * np.cumsum([0.0, *world.WEIGHTS])

type Table = NDArray[Any]


def centre(service: str, predicted: float) -> float:
    """The mean of the log duration of one whose prediction is known."""
    at = float(_CENTRES[world.SERVICES.index(service)])
    return at + BELIEVED * (float(np.log(predicted)) + _ERROR**2 / 2 - at)


def beyond(rng: Generator, middle: float, spread: float, elapsed: float, count: int) -> Table:
    """Draws of a lognormal that is known to exceed ``elapsed``."""
    left = float(ndtr((middle - np.log(elapsed)) / spread)) if elapsed > 0 else 1.0
    chance = left * (1 - rng.random(count))
    drawn: Table = np.exp(middle - spread * ndtri(np.maximum(chance, 1e-300)))
    return np.maximum(drawn, elapsed)


class Futures:
    """The futures of one customer who comes in at a moment of a day."""

    def __init__(self, branch: TwinBranch, day: TwinDay, moment: Moment, count: int, rng: Generator) -> None:
        self.branch, self.day, self.moment, self.count, self.rng = branch, day, moment, count, rng
        came = moment.place + 1
        self.expected = float(np.interp(moment.now, _ENDS, _EXPECTED))
        # A gamma day under a Poisson stream: so many came where so many were expected.
        prior = 1 / world.DAY_CV**2
        self.factor = rng.gamma(prior + came, 1 / (prior + self.expected), count)
        self.mine = {place: self._lengths(place) for place in moment.who}
        self.mine |= {
            place: self._lengths(place, (moment.now - since) / times)
            for place, since, times in moment.serving.values()
        }
        self.prepared = {
            place: self._prework(moment.now - moment.doing[place] if place in moment.doing else 0.0)
            for place in [*moment.who, moment.place]
        }

    def waits(self) -> Iterator[float]:
        """How long this customer waits in each of the futures."""
        came = self.moment.place + 1
        known, arrived = self.day, list(self.day.arrived[:came])
        service, predicted = list(known.service[:came]), list(known.predicted[:came])
        past = list(known.duration[:came]), list(known.prework[:came])
        first = self._to_come(self.factor, np.full(self.count, self.expected))
        for at in range(self.count):
            duration, prework = past[0].copy(), past[1].copy()
            for place, lengths in self.mine.items():
                duration[place] = lengths[at]
            for place, lengths in self.prepared.items():
                prework[place] = lengths[at]
            customers = Customers(arrived.copy(), service.copy(), duration, predicted.copy(), prework)
            coming = self._coming(customers, at, first)
            customers.more = lambda coming=coming: next(coming, False)  # type: ignore[misc]
            yield Line(self.branch, customers, self.moment).wait_of(self.moment.place)

    def _lengths(self, place: int, elapsed: float = 0.0) -> list[float]:
        middle = centre(self.day.service[place], self.day.predicted[place])
        found: list[float] = beyond(self.rng, middle, float(SPREAD), elapsed, self.count).tolist()
        return found

    def _prework(self, elapsed: float) -> list[float]:
        drawn = beyond(self.rng, world.PREWORK_CENTRE, world.PREWORK_SPREAD, elapsed, self.count)
        found: list[float] = drawn.tolist()
        return found

    def _coming(self, customers: Customers, at: int, portion: dict[str, Table]) -> Iterator[bool]:
        """Add those who come later, a portion at a time, until the doors close."""
        row = at
        while True:
            inside = int(np.searchsorted(portion["arrived"][row], world.OPEN_MINUTES))
            if not inside:
                return
            for name in ("arrived", "duration", "predicted", "prework"):
                getattr(customers, name).extend(portion[name][row, :inside].tolist())
            customers.service.extend(world.SERVICES[kind] for kind in portion["kind"][row, :inside])
            yield True
            if inside < PORTION:
                return
            last = portion["expected"][row, -1:]
            portion, row = self._to_come(self.factor[at : at + 1], last), 0

    def _to_come(self, factor: Table, since: Table) -> dict[str, Table]:
        """The next customers of each future; after the doors close they are at infinity."""
        rng, shape = self.rng, (len(factor), PORTION)
        expected = since[:, None] + np.cumsum(rng.standard_exponential(shape), axis=1) / factor[:, None]
        arrived = np.interp(expected, _EXPECTED, _ENDS, right=np.inf)
        kind = rng.choice(len(world.SERVICES), shape, p=world.SHARES)
        duration = np.exp(_CENTRES[kind] + _LENGTH * rng.standard_normal(shape))
        predicted = duration * np.exp(_ERROR * rng.standard_normal(shape) - _ERROR**2 / 2)
        prework = np.exp(world.PREWORK_CENTRE + world.PREWORK_SPREAD * rng.standard_normal(shape))
        return {
            "expected": expected, "arrived": arrived, "kind": kind, "duration": duration,
            "predicted": predicted, "prework": prework,
        }  # fmt: skip
