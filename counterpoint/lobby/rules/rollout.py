"""The line played through 推演: what the router will decide, until it is the turn of the one who asks.

Once with every service as long as it is expected to be, and a few times with lengths spread evenly over
their distributions (a Latin hypercube: McKay, Beckman & Conover 1979), the same at each time of asking.
Who comes later is left out: a model learns what they change.
"""

from __future__ import annotations

import math
from heapq import heapify, heappop, heappush
from statistics import NormalDist

from counterpoint.lobby.data import AtWork, DeskState, Length, Policy, Scene, Waiting
from counterpoint.lobby.rules.router import pick

#: A prime, so that every step through the strata meets each of them once.
FUTURES = 5
PLACES = 64
#: Beyond this many others only their work counts: a line so long is played no further.
LONGEST_LINE = 80
_STANDARD = NormalDist()


def _share(future: int, place: int) -> float:
    stratum = future * (1 + place % (FUTURES - 1)) + place // (FUTURES - 1)
    return (stratum % FUTURES + (0.5 + place * 0.6180339887498949) % 1.0) / FUTURES


_SHARES = [[_share(future, place) for place in range(PLACES)] for future in range(FUTURES)]
_POINTS = [[_STANDARD.inv_cdf(share) for share in row] for row in _SHARES]


def able(scene: Scene) -> tuple[int, ...]:
    """The desks, by their place, that may serve the one who asks."""
    return tuple(at for at, desk in enumerate(scene.desks) if may(desk, scene.mine, scene))


def may(desk: DeskState, one: Waiting, scene: Scene) -> bool:
    served = desk.own if scene.policy.policy is Policy.DEDICATED else desk.factors
    return one.service in served and (one.desks is None or desk.desk in one.desks)


def rests(scene: Scene) -> list[float]:
    """By desk, the minutes that it is still expected to be busy; 0 where it is free."""
    return [0.0 if work is None else _mean_rest(work) for work in scene.work]


def _mean_rest(work: AtWork) -> float:
    """E[X - t | X > t] of a lognormal X."""
    length, elapsed = work.length, work.elapsed
    if elapsed <= 0:
        return length.mean
    z = (math.log(length.median) - math.log(elapsed)) / length.sigma
    beyond = _STANDARD.cdf(z)
    if beyond < 1e-9:  # far in the tail both probabilities vanish; the tail grows about linearly there
        return elapsed * length.sigma / max(-z, 1.0)
    return max(0.0, length.mean * _STANDARD.cdf(z + length.sigma) / beyond - elapsed)


def turns(scene: Scene, rest: list[float]) -> list[float]:
    """Minutes until it is the turn: as expected, then in each of the futures."""
    line = scene.line[:LONGEST_LINE]
    lengths = scene.lengths[:LONGEST_LINE]
    found = [_turn(scene, line, rest, [one.mean for one in lengths])]
    beyond = [_beyond(work) for work in scene.work]
    for shares, points in zip(_SHARES, _POINTS, strict=True):
        busy = [
            0.0 if work is None else _drawn_rest(work, low, shares[at % PLACES])
            for at, (work, low) in enumerate(zip(scene.work, beyond, strict=True))
        ]
        first = len(busy)
        drawn = [_drawn(one, points[(first + at) % PLACES]) for at, one in enumerate(lengths)]
        found.append(_turn(scene, line, busy, drawn))
    more = sum(one.mean for one in scene.lengths[LONGEST_LINE:]) / len(scene.desks)
    return [one + more for one in found]


def _drawn(length: Length, point: float) -> float:
    return length.median * math.exp(length.sigma * point)


def _beyond(work: AtWork | None) -> float:
    """The share of services that would have ended by now."""
    if work is None or work.elapsed <= 0:
        return 0.0
    return _STANDARD.cdf((math.log(work.elapsed) - math.log(work.length.median)) / work.length.sigma)


def _drawn_rest(work: AtWork, ended: float, share: float) -> float:
    at = min(ended + (1 - ended) * share, 1 - 1e-9)
    return max(0.0, _drawn(work.length, _STANDARD.inv_cdf(at)) - work.elapsed)


def _turn(scene: Scene, line: tuple[Waiting, ...], rest: list[float], lengths: list[float]) -> float:
    now, desks, policy, mine = scene.now, scene.desks, scene.policy, scene.mine
    waiting, left = [*line, mine], [*lengths, 0.0]
    ends = [(now + minutes, at) for at, minutes in enumerate(rest)]
    heapify(ends)
    time = now
    while ends:
        time, desk = heappop(ends)
        found = pick(desks[desk], waiting, policy, time)
        if found is None:
            continue
        at = found[0]
        one = waiting.pop(at)
        if one is mine:
            break
        heappush(ends, (time + left.pop(at) * desks[desk].factors[one.service], desk))
    return time - now
