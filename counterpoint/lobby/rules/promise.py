"""The promise without a model 等候承诺规则: the line as it stands, served through a fixed set of futures.

Those ahead are taken in the policy's order by whichever eligible window is free first. Each future draws
every service time from its own distribution, at points that are spread evenly (Halton 1960) and are
the same each time, so that the same state gives the same promise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from counterpoint.lobby.data import Ahead, Duration, Promise, PromiseState, WindowState
from counterpoint.lobby.rules.durations import remaining

FUTURES = 60
#: Beyond this many ahead the future is coarse; the rest is added as work shared among the windows.
AHEAD_MOST = 60
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)
_STANDARD = NormalDist()


def promise_by_rule(state: PromiseState) -> Promise:
    """Low, middle and high of the wait, in seconds; zero throughout where an eligible window is free."""
    if not state.eligible:
        return _unserved(state)
    waits = sorted(_wait(state, future) for future in range(FUTURES))
    rest = sum(one.duration.mean for one in state.ahead[AHEAD_MOST:] if one.windows & state.eligible)
    more = rest / len(state.eligible)
    low, mid, high = (_quantile(waits, share) + more for share in (0.1, 0.5, 0.9))
    return Promise(low, mid, high)


def _unserved(state: PromiseState) -> Promise:
    """No window serves this now: as if one opened at once and took all of this service in turn."""
    work = sum(one.duration.mean for one in state.ahead if one.service == state.service)
    return Promise(work * 0.5, work, work * 2 + 600)


def _wait(state: PromiseState, future: int) -> float:
    """When this customer would be called in one future."""
    free = {one.window: _busy_for(one, place, future) for place, one in enumerate(state.windows)}
    speed = {one.window: one.speed for one in state.windows}
    for place, one in enumerate(state.ahead[:AHEAD_MOST]):
        window = _first_free(one, free)
        if window is not None:
            free[window] += _drawn(one.duration, len(state.windows) + place, future) * speed[window]
    return min(free[window] for window in state.eligible if window in free)


def _first_free(one: Ahead, free: dict[int, float]) -> int | None:
    able = [window for window in one.windows if window in free]
    return min(able, key=lambda window: (free[window], window)) if able else None


def _busy_for(window: WindowState, place: int, future: int) -> float:
    """How long until a window is free: the rest of what it does, longer the longer it has lasted."""
    if not window.busy or window.duration is None:
        return 0.0
    rest = remaining(window.duration, window.elapsed)
    # The rest of a service is spread about like an exponential time, whatever the whole was.
    return -rest * math.log(1 - _point(place, future))


def _drawn(duration: Duration, place: int, future: int) -> float:
    return duration.median * math.exp(duration.sigma * _STANDARD.inv_cdf(_point(place, future)))


def _point(place: int, future: int) -> float:
    """A point in (0, 1): the Halton sequence, shifted by place so that few primes serve many places."""
    base = _PRIMES[place % len(_PRIMES)]
    at, share, value = future + 1 + place // len(_PRIMES), 1.0, 0.0
    while at:
        share /= base
        value += share * (at % base)
        at //= base
    shifted = (value + place * 0.6180339887498949) % 1.0
    return min(max(shifted, 1e-6), 1 - 1e-6)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
