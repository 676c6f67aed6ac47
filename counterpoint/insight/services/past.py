"""A branch's own past as the twin needs it 历史画像: demand, durations, windows, speeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
from django.utils.translation import gettext as _

from counterpoint.insight.data import TwinBranch, TwinDay, TwinDemand, TwinWindow
from counterpoint.insight.data_past import BranchPast, TooLittleKnown
from counterpoint.kit.clock import CHINA
from counterpoint.kit.data import Why
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import FASTEST, SLOWEST, RoutingPolicy, TicketCourse, WindowSpan

SLOT = 30
#: Days that are looked at, counted back in the calendar; and how many of them must have tickets.
LOOK_BACK, LEAST_DAYS, LEAST_TICKETS = 42, 3, 60
#: A person's speed is believed from so many services on.
BELIEVED = 20
#: The product predicts from service, person and kind of customer; it does not know this customer's own
#: need. An error as large as the prediction costs little (queueing reference, row 5b).
PREDICTION_CV = 1.0


def branch_past(branch: int, until: date) -> BranchPast:
    """What the branch's last days say, or a refusal where they are too few."""
    found = lobby.courses(branch=branch, since=until - timedelta(days=LOOK_BACK), until=until)
    served = [one for one in found if one.serving > 0]
    days = tuple(sorted({one.day for one in served}))
    if len(days) < LEAST_DAYS or len(served) < LEAST_TICKETS:
        raise TooLittleKnown(
            _("The branch has too few past tickets for the twin to learn from."),
            why=Why(remedy=_("It needs %(days)s days with tickets.") % {"days": LEAST_DAYS}),
        )
    opens, slots = _hours(found)
    means = _durations(served)
    factors = _factors(served, {code: mean for code, (mean, _scv) in means.items()})
    demand = TwinDemand(
        expected=_expected([one for one in found if one.service in means], days, opens, slots),
        durations=means, day_cv=_day_cv(found, days), prediction_cv=PREDICTION_CV, slot=float(SLOT),
    )  # fmt: skip
    last = days[-1]
    spans = lobby.window_spans(branch=branch, since=last, until=last)
    model = model_of(spans, last, opens, slots, means, factors, lobby.routing(branch, last))
    return BranchPast(branch, days, opens, slots, demand, model, factors, len(found))


def minute(moment: datetime) -> float:
    """Minutes since midnight."""
    local = moment.astimezone(CHINA)
    return (local - datetime.combine(local.date(), time(), CHINA)).total_seconds() / 60


def _hours(found: Sequence[TicketCourse]) -> tuple[int, int]:
    """The first half hour in which anybody comes, and how many half hours until the last."""
    minutes = [minute(one.arrived) for one in found]
    opens = int(min(minutes) // SLOT) * SLOT
    return opens, int((max(minutes) - opens) // SLOT) + 1


def _expected(
    found: Sequence[TicketCourse], days: Sequence[date], opens: int, slots: int
) -> dict[str, tuple[float, ...]]:
    counts: dict[str, list[float]] = {}
    for one in found:
        row = counts.setdefault(one.service, [0.0] * slots)
        row[min(slots - 1, int((minute(one.arrived) - opens) // SLOT))] += 1 / len(days)
    return {code: tuple(row) for code, row in counts.items()}


def _durations(served: Sequence[TicketCourse]) -> dict[str, tuple[float, float]]:
    """By service, the mean in minutes and the squared coefficient of variation."""
    found: dict[str, list[float]] = {}
    for one in served:
        found.setdefault(one.service, []).append(one.serving / 60)
    return {
        code: (float(np.mean(times)), float(np.clip(np.var(times) / np.mean(times) ** 2, 0.1, 4.0)))
        for code, times in found.items()
    }


def _day_cv(found: Sequence[TicketCourse], days: Sequence[date]) -> float:
    """How much whole days vary beyond chance (Poisson)."""
    totals = [sum(one.day == day for one in found) for day in days]
    middle = float(np.mean(totals))
    return float(np.sqrt(max(0.0, float(np.var(totals, ddof=1)) / middle**2 - 1 / middle)))


def _factors(served: Sequence[TicketCourse], means: Mapping[str, float]) -> dict[tuple[int, str], float]:
    times: dict[tuple[int, str], list[float]] = {}
    for one in served:
        if one.person is not None:
            times.setdefault((one.person, one.service), []).append(one.serving / 60)
    return {
        key: float(np.clip(np.mean(found) / means[key[1]], FASTEST, SLOWEST))
        for key, found in times.items()
        if len(found) >= BELIEVED
    }


def model_of(
    spans: Sequence[WindowSpan], day: date, opens: int, slots: int, means: Mapping[str, tuple[float, float]],
    factors: Mapping[tuple[int, str], float], policy: RoutingPolicy,
) -> TwinBranch:  # fmt: skip
    """The windows of a day. One that is open to the end serves until nobody waits."""
    closes, midnight = float(slots * SLOT), datetime.combine(day, time(), CHINA)
    windows = []
    for one in spans:
        since = max(0.0, (one.since - midnight).total_seconds() / 60 - opens)
        until = (one.until - midnight).total_seconds() / 60 - opens if one.until else float("inf")
        may = {code: factors.get((one.person, code), 1.0) for code in one.services if code in means}
        if may and until > since:
            own = frozenset(one.own) & may.keys()
            hours = ((since, float("inf") if until >= closes - SLOT else until),)
            windows.append(TwinWindow(one.number, frozenset(own), may, hours))
    return TwinBranch(tuple(windows), {code: mean for code, (mean, _scv) in means.items()}, policy,
                      closes=closes)  # fmt: skip


def day_of(past: BranchPast, found: Sequence[TicketCourse]) -> tuple[TwinDay, list[TicketCourse]]:
    """A real day as the twin replays it: who came when, and how long he took at the branch's own speed."""
    means = past.model.means
    real = sorted(
        (one for one in found if one.serving > 0 and one.service in means), key=lambda one: one.arrived
    )
    return TwinDay(
        arrived=[max(0.0, minute(one.arrived) - past.opens) for one in real],
        service=[one.service for one in real],
        duration=[one.serving / 60 / past.factors.get((one.person or 0, one.service), 1.0) for one in real],
        predicted=[means[one.service] for one in real], prework=[past.demand.prework] * len(real),
    ), real  # fmt: skip
