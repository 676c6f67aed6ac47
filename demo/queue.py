"""Three weeks of numbers at the demo branch: who came, who waited how long, by a fixed seed.

The days are played through by the twin with the product's own router, and taken over like the history of
an earlier queue system. The shape of the day has two peaks, at ten and at three; that is assumed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from counterpoint.insight import services as insight
from counterpoint.insight.data import TwinBranch, TwinDay, TwinDayResult, TwinDemand, TwinWindow
from counterpoint.kit.data import SYSTEM
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import PastTicket, PastWindow
from counterpoint.org import services as org
from counterpoint.people import services as people

DAYS, SEED = 15, 20260107
OPENS = 9 * 60
#: Expected customers a day, minutes at a window, squared coefficient of variation.
SERVICES = {
    "cash": (62, 4.5, 0.8), "transfer": (26, 8.0, 0.9), "account": (23, 17.0, 0.6), "query": (20, 4.0, 1.0),
    "loan": (5, 28.0, 0.5), "other": (13, 9.0, 1.0),
}  # fmt: skip
PEAKS = (0.9, 1.25, 1.45, 1.35, 1.15, 0.95, 0.75, 0.7, 0.85, 1.1, 1.25, 1.2, 1.0, 0.85, 0.7, 0.55)
COUNTER = ("cash", "transfer", "account", "query", "other")
#: By desk: who sits there, what is served and what is his own, how fast, when it is open (minutes).
DESKS = {
    "01": ("080101", COUNTER, ("cash", "query"), 1.0, ((0, 480),)),
    "02": ("080102", COUNTER, ("cash", "transfer"), 1.15, ((0, 150), (210, 480))),
    "03": ("080103", COUNTER, ("account", "transfer"), 0.9, ((0, 180), (240, 480))),
    "04": ("080401", ("loan", "query", "other"), ("loan", "other"), 1.0, ((30, 450),)),
}
PARKED, MISSED, RATED = 0.06, 0.02, 0.45


def write(*, branch: int, until: date) -> None:
    """Take over the days that are missing."""
    desks = {one.number: one.id for one in org.desks(branch)}
    found = (people.person_by_number(number) for number, *_rest in DESKS.values())
    staff = {one.number: one.id for one in found if one is not None}
    for day in _days(until):
        if not lobby.courses(branch=branch, since=day, until=day):
            twin, model = _twin()
            drawn = insight.draw_days(twin, 1, day.toordinal())[0]
            played = insight.run_day(model, drawn, lobby.pick)
            lobby.take_over_history(
                branch=branch, day=day, tickets=list(_tickets(drawn, played, model, day, desks, staff)),
                windows=list(_windows(desks, staff)), by=SYSTEM,
            )  # fmt: skip


def _days(until: date) -> Iterator[date]:
    day, found = until, 0
    while found < DAYS:
        day -= timedelta(days=1)
        if org.is_working_day(day):
            found += 1
            yield day


def _twin() -> tuple[TwinDemand, TwinBranch]:
    whole = sum(PEAKS)
    demand = TwinDemand(
        expected={code: tuple(n * peak / whole for peak in PEAKS) for code, (n, _m, _s) in SERVICES.items()},
        durations={code: (mean, scv) for code, (_n, mean, scv) in SERVICES.items()}, day_cv=0.09,
        prediction_cv=0.5,
    )  # fmt: skip
    windows = tuple(
        TwinWindow(
            number, frozenset(own), dict.fromkeys(serves, speed),
            tuple((float(since), float("inf") if until == 480 else float(until)) for since, until in hours),
        )
        for number, (_who, serves, own, speed, hours) in DESKS.items()
    )  # fmt: skip
    means = {code: mean for code, (_n, mean, _s) in SERVICES.items()}
    return demand, TwinBranch(windows, means, lobby.routing(3))


def _windows(desks: dict[str, int], staff: dict[str, int]) -> Iterator[PastWindow]:
    for number, (who, serves, own, _speed, hours) in DESKS.items():
        for since, until in hours:
            closes = until + 60 if until == 480 else until
            yield PastWindow(
                desks[number], staff[who], serves, own, (OPENS + since) * 60.0, (OPENS + closes) * 60.0
            )


def _tickets(
    day: TwinDay, found: TwinDayResult, model: TwinBranch, at: date, desks: dict[str, int],
    staff: dict[str, int],
) -> Iterator[PastTicket]:  # fmt: skip
    dice = random.Random(SEED + at.toordinal())  # noqa: S311
    for place, arrived in enumerate(day.arrived):
        if found.windows[place] < 0:
            continue
        window = model.windows[found.windows[place]]
        who = staff[DESKS[window.name][0]]
        came = (OPENS + arrived) * 60
        called = came + found.waits[place] * 60
        begun = called + dice.uniform(8, 30)
        took = max(20.0, day.duration[place] * window.factors[day.service[place]] * 60)
        parked = dice.uniform(180, 900) if dice.random() < PARKED else 0.0
        middle = max(60, round(found.waits[place] * 60 * dice.lognormvariate(0, 0.35)))
        missed = dice.random() < MISSED
        wait = found.waits[place]
        rated = not missed and dice.random() < RATED
        csat = max(1, min(5, round(dice.gauss(4.7 - wait / 14, 0.7))))
        yield PastTicket(
            service=day.service[place], arrived=came, called=called, begun=begun,
            ended=begun + (60.0 if missed else took + parked), desk=desks[window.name], person=who,
            priority="elderly" if dice.random() < 0.12 else "",
            # Four of five of these waits lie inside; whoever was served at once was promised nothing less.
            promise=(round(middle * 0.64) if middle > 60 else 0, middle, round(middle * 1.56)),
            parked=0.0 if missed else parked, missed=missed, csat=csat if rated else None,
            nps=min(10, csat * 2) if rated else None,
        )  # fmt: skip
