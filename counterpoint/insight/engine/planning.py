"""Questions to the twin: how waits run, which policy is better, how many windows to open, and which now.

Everything is simulated with day-to-day variation and judged by the worst slot: rules that take each slot as
if it were stationary look right on average and fail there (Green, Kolesar & Soares 2001, OR 49:549).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from counterpoint.insight.data import (
    Estimate,
    OpenWindow,
    Pick,
    PlanTarget,
    SlotFigures,
    TwinBranch,
    TwinComparison,
    TwinCurve,
    TwinDay,
    TwinDemand,
    TwinNow,
    TwinWindow,
    WindowPlan,
    WindowSuggestion,
)
from counterpoint.insight.engine import demand as demands
from counterpoint.insight.engine import estimates
from counterpoint.insight.engine.branch import run_day

CONFIDENCE = 0.95
#: Customers whom a plan is looked for with, and days at most; it is judged on three times as many days.
SEARCH_CUSTOMERS, SEARCH_DAYS = 20_000, 400
#: A plan must be so much better than its target on the days that it was looked for with.
MARGIN = 0.01
FUTURES = 200


def curve(
    name: str, branch: TwinBranch, days: Sequence[TwinDay], pick: Pick, target: PlanTarget, slot: float
) -> TwinCurve:
    """Waits over the day, by slot of arrival, over many days."""
    return _curve(name, branch, days, _waits(branch, days, pick), target, slot)


def compare(
    branches: Mapping[str, TwinBranch], days: Sequence[TwinDay], pick: Pick, target: PlanTarget, slot: float
) -> TwinComparison:
    """Policies or staffings on the same days; differences in the mean wait are paired with the first."""
    waits = {name: _waits(branch, days, pick) for name, branch in branches.items()}
    first = next(iter(waits.values()))
    counts = [len(day.arrived) for day in days]
    return TwinComparison(
        tuple(_curve(name, branches[name], days, found, target, slot) for name, found in waits.items()),
        {
            name: estimates.ratio(
                [one.sum() - other.sum() for one, other in zip(found, first, strict=True)], counts, CONFIDENCE
            )
            for name, found in waits.items()
        },
    )


def plan_windows(
    branch: TwinBranch, demand: TwinDemand, target: PlanTarget, pick: Pick, *, seed: int = 1
) -> WindowPlan:
    """Few windows by slot with which the worst slot reaches the target; opened in the branch's order.

    Starts from the square-root rule, opens where it hurts most, then closes one at a time where most are
    served in time, so that the numbers stay even. What it finds is judged on other days, and mended
    if it fails there.
    """
    number = _days_for(demand)
    days = demands.draw_days(demand, number, seed)
    slots, most = max(map(len, demand.expected.values())), len(branch.windows)
    numbers = [min(most, max(1, _square_root(demand, slot))) for slot in range(slots)]
    wanted = min(target.share + MARGIN, 1.0)

    def shares(tried: Sequence[int]) -> list[float]:
        waits = _waits(staffed(branch, tried, demand.slot), days, pick)
        return _shares(days, waits, target, demand.slot, slots)

    found = shares(numbers)
    while min(found) < wanted and (at := _where_to_open(numbers, found, most)) is not None:
        numbers[at] += 1
        found = shares(numbers)
    closing = True
    while closing:
        closing = False
        for at in sorted(range(slots), key=lambda place: -found[place]):
            fewer = [*numbers[:at], numbers[at] - 1, *numbers[at + 1 :]]
            if fewer[at] >= 1 and min(tried := shares(fewer)) >= wanted:
                numbers, found, closing = fewer, tried, True
    while True:
        plan = staffed(branch, numbers, demand.slot)
        fresh = demands.draw_days(demand, 3 * number, seed + 1)
        judged = curve("plan", plan, fresh, pick, target, demand.slot)
        reached = [1.0 if one.within.mean is None else one.within.mean for one in judged.slots]
        met = not reached or min(reached) >= target.share
        at = None if met else _where_to_open(numbers, reached, most)
        if at is None:
            return WindowPlan(tuple(numbers), judged, met, sum(numbers) * demand.slot / 60)
        numbers[at] += 1


def _days_for(demand: TwinDemand) -> int:
    customers = sum(map(sum, demand.expected.values()))
    return max(20, min(SEARCH_DAYS, round(SEARCH_CUSTOMERS / max(customers, 1.0))))


def suggest(
    branch: TwinBranch,
    demand: TwinDemand,
    now: TwinNow,
    candidates: Sequence[OpenWindow],
    pick: Pick,
    *,
    horizon: float = 90.0,
    seed: int = 1,
) -> WindowSuggestion | None:
    """The window to open that shortens waits most; nothing when none does so beyond doubt."""
    futures = demands.draw_futures(demand, now, now.at + horizon, FUTURES, seed)
    before = _future_waits(branch, futures, now, None, pick, horizon)
    counts = [len(one) for one in before]
    best: WindowSuggestion | None = None
    for candidate in candidates:
        after = _future_waits(branch, futures, now, candidate, pick, horizon)
        change = [one.sum() - other.sum() for one, other in zip(after, before, strict=True)]
        difference = estimates.ratio(change, counts, CONFIDENCE)
        if difference.high is None or difference.high >= 0:
            continue
        made = WindowSuggestion(candidate, _p90(before) or 0.0, _p90(after) or 0.0, difference)
        if best is None or made.p90_after < best.p90_after:
            best = made
    return best


def staffed(branch: TwinBranch, numbers: Sequence[int], slot: float) -> TwinBranch:
    """The branch with so many of its windows open in each slot; the last slot's stay until all are served."""
    windows = [
        replace(window, open=_hours([place < number for number in numbers], slot))
        for place, window in enumerate(branch.windows)
    ]
    return replace(branch, windows=tuple(window for window in windows if window.open))


def _hours(is_open: Sequence[bool], slot: float) -> tuple[tuple[float, float], ...]:
    hours: list[tuple[float, float]] = []
    for place, opened in enumerate(is_open):
        until = math.inf if place == len(is_open) - 1 else (place + 1) * slot
        if opened and hours and hours[-1][1] == place * slot:
            hours[-1] = (hours[-1][0], until)
        elif opened:
            hours.append((place * slot, until))
    return tuple(hours)


def _square_root(demand: TwinDemand, slot: int) -> int:
    """Offered load and its root: c = ⌈a + √a⌉ (Borst, Mandelbaum & Reiman 2004)."""
    load = sum(
        row[slot] / demand.slot * demand.durations[service][0]
        for service, row in demand.expected.items()
        if slot < len(row)
    )
    return math.ceil(load + math.sqrt(load))


def _where_to_open(numbers: Sequence[int], found: Sequence[float], most: int) -> int | None:
    """The worst slot, or the nearest before it that has a window left: a queue comes from before."""
    worst = min(range(len(found)), key=lambda place: found[place])
    return next((place for place in range(worst, -1, -1) if numbers[place] < most), None)


def _shares(
    days: Sequence[TwinDay], waits: Sequence[NDArray[np.float64]], target: PlanTarget, slot: float, slots: int
) -> list[float]:
    """By slot of arrival, the share that waited no longer than the target."""
    places = np.concatenate([np.asarray(day.arrived) for day in days]) // slot
    places = np.minimum(places.astype(int), slots - 1)
    good = np.bincount(places, weights=np.concatenate(waits) <= target.within, minlength=slots)
    everybody = np.bincount(places, minlength=slots)
    return [1.0 if not count else float(one / count) for one, count in zip(good, everybody, strict=True)]


def _waits(branch: TwinBranch, days: Sequence[TwinDay], pick: Pick) -> list[NDArray[np.float64]]:
    return [np.asarray(run_day(branch, day, pick).waits) for day in days]


def _future_waits(
    branch: TwinBranch,
    futures: Sequence[tuple[TwinDay, dict[str, float]]],
    now: TwinNow,
    candidate: OpenWindow | None,
    pick: Pick,
    horizon: float,
) -> list[NDArray[np.float64]]:
    found = []
    for day, left in futures:
        windows = [
            replace(window, open=((max(left.get(window.name, 0.0), 0.0), math.inf),))
            for window in branch.windows
            if candidate is None or window.name != candidate.window
        ]
        if candidate is not None:
            hours = ((max(0.0, candidate.since - now.at), candidate.until - now.at),)
            factors = dict.fromkeys(candidate.services, 1.0)
            windows.append(TwinWindow(candidate.window, candidate.services, factors, hours))
        run = run_day(replace(branch, windows=tuple(windows)), day, pick)
        waits = np.asarray(run.waits)
        # Nobody serves them: they wait at least until the end of what is looked at, and not 0 minutes.
        lost = np.asarray(run.windows, dtype=int) < 0
        waits[lost] = horizon - np.asarray(day.arrived)[lost]
        found.append(waits)
    return found


def _p90(waits: Sequence[NDArray[np.float64]]) -> float | None:
    everybody = np.concatenate(waits) if waits else np.empty(0)
    return float(np.quantile(everybody, 0.9)) if len(everybody) else None


def _curve(
    name: str,
    branch: TwinBranch,
    days: Sequence[TwinDay],
    waits: Sequence[NDArray[np.float64]],
    target: PlanTarget,
    slot: float,
) -> TwinCurve:
    counts = np.asarray([len(day.arrived) for day in days], dtype=float)
    good = [float((one <= target.within).sum()) for one in waits]
    places = [(np.asarray(day.arrived) // slot).astype(int) for day in days]
    number = max((int(one.max()) for one in places if len(one)), default=-1) + 1
    services = sorted({service for day in days for service in day.service})
    return TwinCurve(
        name=name,
        slots=tuple(_slot(place, slot, branch, places, waits, target) for place in range(number)),
        mean=estimates.ratio([one.sum() for one in waits], counts, CONFIDENCE),
        within=estimates.ratio(good, counts, CONFIDENCE),
        p90=_p90(waits),
        by_service={service: _service(service, days, waits) for service in services},
    )


def _service(service: str, days: Sequence[TwinDay], waits: Sequence[NDArray[np.float64]]) -> Estimate:
    chosen = [np.asarray([one == service for one in day.service], dtype=bool) for day in days]
    sums = [float(one[mask].sum()) for one, mask in zip(waits, chosen, strict=True)]
    return estimates.ratio(sums, [int(mask.sum()) for mask in chosen], CONFIDENCE)


def _slot(
    place: int,
    slot: float,
    branch: TwinBranch,
    places: Sequence[NDArray[np.int64]],
    waits: Sequence[NDArray[np.float64]],
    target: PlanTarget,
) -> SlotFigures:
    mine = [one[at == place] for one, at in zip(waits, places, strict=True)]
    counts = [len(one) for one in mine]
    daily = [float(one.mean()) for one in mine if len(one)]
    low, middle, high = np.quantile(daily, [0.1, 0.5, 0.9]).tolist() if daily else (None, None, None)
    starts = place * slot
    return SlotFigures(
        starts=starts,
        windows=sum(any(since <= starts < until for since, until in one.open) for one in branch.windows),
        customers=float(np.mean(counts)) if counts else 0.0,
        within=estimates.ratio([float((one <= target.within).sum()) for one in mine], counts, CONFIDENCE),
        mean=estimates.ratio([float(one.sum()) for one in mine], counts, CONFIDENCE),
        middle=middle,
        low=low,
        high=high,
        p90=_p90(mine),
    )
