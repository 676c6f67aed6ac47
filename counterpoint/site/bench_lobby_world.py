"""The frozen branch of ``counterpoint bench lobby``: its windows, and the customers of its days.

Nothing here may be tuned: two results compare only on the same customers.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.random import Generator, default_rng

from counterpoint.insight.data import TwinBranch, TwinDay, TwinPrework, TwinWindow
from counterpoint.lobby.data import RoutingPolicy

SEED = 11
DAYS = 400
OPEN_MINUTES = 480.0
CUSTOMERS = 280.0
#: Calls of a North American bank from 9 to 17 h by half hour, mean one: 164 weekdays of 2003 (Weinberg,
#: Brown & Stroud 2007, Journal of the American Statistical Association 102:1185).
WEIGHTS = (
    1.01671, 1.118222, 1.127501, 1.123918, 1.10352, 1.072933, 1.039959, 1.022215,
    0.994447, 0.984869, 0.963933, 0.961259, 0.932703, 0.912005, 0.856494, 0.769312,
)  # fmt: skip
#: The coefficient of variation of the totals of those days.
DAY_CV = 0.09
SERVICES = ("cash", "account", "loan")
SHARES = (0.6, 0.3, 0.1)
MEANS = {"cash": 4.0, "account": 10.0, "loan": 30.0}
#: Lognormal services with a squared coefficient of variation of one.
SCV = 1.0
#: A policy knows no more than the true duration times a lognormal error of mean one and this coefficient.
NOISE_CV = 0.5
#: Pre-work is lognormal: the mean and the spread of the logarithm of its minutes.
PREWORK_CENTRE, PREWORK_SPREAD = math.log(3.0) - 0.08, 0.4
PREWORK = TwinPrework(servers=2, services=frozenset({"account", "loan"}), share=0.2)
#: The closed chain of two skills: primary and second skill of six windows.
CHAIN = (("cash", "account"),) * 2 + (("account", "loan"),) * 2 + (("loan", "cash"),) * 2
#: The seventh window, with every skill, opens at the forecast peak: 10 to 12 o'clock.
FLEX = (60.0, 180.0)


def days(count: int = DAYS, *, seed: int = SEED, volume: float = 1.0) -> list[TwinDay]:
    """The customers. The order of the draws is part of the benchmark; errors have a stream of their own."""
    rng, errors = default_rng(seed), default_rng((seed, 1))
    return [_day(rng, errors, volume) for _ in range(count)]


def _day(rng: Generator, errors: Generator, volume: float) -> TwinDay:
    half_hour = OPEN_MINUTES / len(WEIGHTS)
    factor = rng.gamma(1 / DAY_CV**2, DAY_CV**2)
    counts = rng.poisson(CUSTOMERS * volume / len(WEIGHTS) * np.asarray(WEIGHTS) * factor)
    times = [half_hour * place + half_hour * rng.random(number) for place, number in enumerate(counts)]
    arrived = np.sort(np.concatenate(times))
    number = len(arrived)
    kinds = rng.choice(len(SERVICES), number, p=SHARES)
    service, prework = rng.standard_normal(number), rng.standard_normal(number)
    means = np.asarray([MEANS[name] for name in SERVICES])[kinds]
    duration = means * np.exp(sigma(SCV) * service - sigma(SCV) ** 2 / 2)
    error = sigma(NOISE_CV**2) * errors.standard_normal(number) - sigma(NOISE_CV**2) ** 2 / 2
    return TwinDay(
        arrived=arrived.tolist(),
        service=[SERVICES[kind] for kind in kinds],
        duration=duration.tolist(),
        predicted=(duration * np.exp(error)).tolist(),
        prework=(3 * np.exp(0.4 * prework - 0.08)).tolist(),
    )


def sigma(scv: float) -> float:
    """The spread of the logarithm for a squared coefficient of variation."""
    return math.sqrt(math.log1p(scv))


def branch(
    policy: RoutingPolicy, *, second: float = 1.0, prework: bool = False, flex: bool = False
) -> TwinBranch:
    """Six windows; ``second`` is how much longer a window takes for its second skill."""
    windows = [
        TwinWindow(f"{place + 1}", frozenset({own}), {own: 1.0, other: second})
        for place, (own, other) in enumerate(CHAIN)
    ]
    if flex:
        windows.append(TwinWindow("7", frozenset(), dict.fromkeys(SERVICES, 1.0), (FLEX,)))
    plain = TwinBranch(tuple(windows), MEANS, policy, closes=OPEN_MINUTES)
    return replace(plain, prework=PREWORK) if prework else plain
