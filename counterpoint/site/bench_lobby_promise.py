"""The promise of ``counterpoint bench lobby``: how well a wait is told to those who must wait.

The frozen branch on 400 other days (seed 99): 280 to learn from, 120 to judge, under each policy by
itself, as a branch learns anew when its routing changes. The product's own numbers, fit and range;
beside them the simple rules that are in use elsewhere.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpoint.insight import services as insight
from counterpoint.insight.data import TwinBranch, TwinDay, TwinState
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import AtWork, DeskState, Length, Policy, Scene, Waiting
from counterpoint.site import assembly
from counterpoint.site import bench_lobby_floor as floor
from counterpoint.site import bench_lobby_world as world

SEED = 99
DAYS, LEARNED_DAYS = 400, 280
OPENS_AT = 9 * 60.0
CLOSE_BY = 5.0
RULES = ("own_line", "last_to_enter", "head_of_line", "work_over_windows")


@dataclass(frozen=True, slots=True)
class Lengths:
    """By service: log duration = ``start`` + ``slope`` · log prediction, and how far off that is."""

    start: float
    slope: float
    sigma: float

    def length(self, predicted: float, factor: float) -> Length:
        median = math.exp(self.start + self.slope * math.log(predicted)) * factor
        return Length(median * math.exp(self.sigma**2 / 2), median, self.sigma)


@dataclass(slots=True)
class Sampled:
    """Those who had to wait: the numbers at arrival, what the simple rules said, the wait; minutes."""

    numbers: list[list[float]]
    said: list[tuple[float, ...]]
    wait: list[float]
    day: list[int]
    #: Where in his day each stands.
    place: list[int]


def learned_lengths(days: Sequence[TwinDay]) -> dict[str, Lengths]:
    """What a branch learns of its predictions: a straight line through the logarithms."""
    found = {}
    for name in world.SERVICES:
        pairs = [
            (math.log(said), math.log(took))
            for day in days
            for service, said, took in zip(day.service, day.predicted, day.duration, strict=True)
            if service == name
        ]
        said, took = np.asarray(pairs).T
        slope, start = np.polyfit(said, took, 1)
        found[name] = Lengths(float(start), float(slope), float(np.std(took - start - slope * said)))
    return found


class Watcher:
    """Takes the scene of everybody who arrives and is not served at once, by one day."""

    def __init__(
        self, branch: TwinBranch, day: TwinDay, lengths: Mapping[str, Lengths], weekday: int
    ) -> None:
        self.branch, self.day, self.lengths, self.weekday = branch, day, lengths, weekday
        self.desks = [
            DeskState(str(at), window.own, window.factors) for at, window in enumerate(branch.windows)
        ]
        self.numbers: dict[int, list[float]] = {}
        self.said: dict[int, tuple[float, ...]] = {}

    def __call__(self, place: int, one: Waiting, state: TwinState) -> None:
        scene = self._scene(one, state)
        numbers = lobby.features(scene)
        if numbers is not None:
            self.numbers[place], self.said[place] = numbers, _simple(scene)

    def _scene(self, one: Waiting, state: TwinState) -> Scene:
        places = [
            at for at, window in enumerate(self.branch.windows)
            if at in state.serving or any(since <= state.now < until for since, until in window.open)
        ]  # fmt: skip
        return Scene(
            now=state.now, minute=OPENS_AT + state.now, weekday=self.weekday, policy=self.branch.policy,
            services=world.SERVICES, mine=one, line=tuple(state.waiting),
            lengths=tuple(map(self._length, state.waiting, state.who)),
            desks=tuple(self.desks[at] for at in places),
            work=tuple(self._work(at, state) for at in places),
            last={name: (wait, state.now - at) for name, (wait, at) in state.last.items()},
        )  # fmt: skip

    def _length(self, one: Waiting, place: int) -> Length:
        said = self.day.predicted[place]
        return self.lengths[one.service].length(said, one.predicted / said)

    def _work(self, at: int, state: TwinState) -> AtWork | None:
        if at not in state.serving:
            return None
        one, since = state.serving[at]
        factor = self.desks[at].factors[one.service]
        return AtWork(one.service, state.now - since, self._length_of(one, factor))

    def _length_of(self, one: Waiting, factor: float) -> Length:
        said = self.day.predicted[int(one.ticket)]
        return self.lengths[one.service].length(said, factor * one.predicted / said)


def _simple(scene: Scene) -> tuple[float, ...]:
    """The rules of ticket kiosks, of delay history (Ibrahim & Whitt 2009) and of the work ahead."""
    mine = scene.mine.service
    dedicated = scene.policy.policy is Policy.DEDICATED
    able = [desk for desk in scene.desks if mine in (desk.own if dedicated else desk.factors)]
    served = frozenset().union(*(desk.own if dedicated else desk.factors for desk in able))
    own = [one for one in scene.line if one.service == mine]
    work = sum(one.mean for one in scene.line if one.service in served)
    return (
        len(own) * scene.mine.mean / 2, scene.last.get(mine, (0.0, 0.0))[0],
        scene.now - own[0].arrived if own else 0.0, work / len(able),
    )  # fmt: skip


def sample(branch: TwinBranch, days: Sequence[TwinDay], lengths: Mapping[str, Lengths]) -> Sampled:
    """The branch's days, and who had to wait on them."""
    found = Sampled([], [], [], [], [])
    for at, day in enumerate(days):
        watcher = Watcher(branch, day, lengths, at % 5)
        waits = insight.run_day(branch, day, lobby.pick, watcher).waits
        for place, numbers in watcher.numbers.items():
            found.numbers.append(numbers)
            found.said.append(watcher.said[place])
            found.wait.append(waits[place])
            found.day.append(at)
            found.place.append(place)
    return found


def judge(
    branch: TwinBranch, days: int = DAYS, learned_days: int = LEARNED_DAYS, floor_waits: int = 0
) -> dict[str, Any]:
    """One policy: error and coverage of the product's promise, and the errors of the simple rules.

    With ``floor_waits`` also the best that could be promised, to so many of them.
    """
    started = time.process_time()
    customers = world.days(days, seed=SEED)
    found = sample(branch, customers, learned_lengths(customers[:learned_days]))
    sampled = time.process_time()
    known = found.day.index(learned_days)
    fitted = lobby.fit(found.numbers[:known], [wait * 60 for wait in found.wait[:known]], found.day[:known])
    fitting = time.process_time()
    promises = [fitted.model.promise(numbers, "") for numbers in found.numbers[known:]]
    asked = time.process_time() - fitting
    low, mid, high = np.asarray([(one.low, one.mid, one.high) for one in promises]).T / 60
    wait = np.asarray(found.wait[known:])
    said = np.asarray(found.said[known:]).T
    row: dict[str, Any] = {
        "mae": float(np.abs(mid - wait).mean()),
        "rmse": float(np.sqrt(((mid - wait) ** 2).mean())),
        "within5": _percent(np.abs(mid - wait) <= CLOSE_BY),
        "coverage": _percent((low <= wait) & (wait <= high)),
        "sooner": _percent(wait < low), "later": _percent(wait > high),
        "width": float((high - low).mean()), "mean_wait": float(wait.mean()), "waits": len(wait),
        "rules": {
            name: {"mae": float(np.abs(one - wait).mean()), "within5": _percent(abs(one - wait) <= CLOSE_BY)}
            for name, one in zip(RULES, said, strict=True)
        },
        "numbers_ms": (sampled - started) * 1000 / len(found.wait),
        "promise_ms": asked * 1000 / len(wait),
        "fit_seconds": fitting - sampled, "seconds": time.process_time() - started,
    }  # fmt: skip
    if floor_waits:
        row["floor"] = _floor(branch, customers, found, known, mid, floor_waits)
    return row


def _floor(
    branch: TwinBranch, customers: Sequence[TwinDay], found: Sampled, known: int,
    mid: NDArray[np.float64], count: int,
) -> dict[str, Any]:  # fmt: skip
    """The best that could be promised to some of those who were judged, beside what was."""
    started = time.process_time()
    taken = floor.sampled(len(mid), count)
    wanted: dict[int, list[int]] = {}
    for at in taken + known:
        wanted.setdefault(found.day[at], []).append(found.place[at])
    drawn = floor.futures(branch, customers, wanted)
    wait, day = np.asarray(found.wait)[taken + known], np.asarray(found.day)[taken + known]
    seconds = time.process_time() - started
    return {**floor.compare(wait, mid[taken], day, drawn), "seconds": round(seconds, 1)}


def _percent(which: NDArray[np.bool_]) -> float:
    return 100 * float(which.mean())


def rows(branches: Mapping[str, TwinBranch], *, days: int = DAYS, floor_waits: int = 0) -> dict[str, Any]:
    """Every policy, side by side on the machine's cores; and the worst of them."""
    started = time.monotonic()
    learned = round(days * LEARNED_DAYS / DAYS)
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), assembly.set_up_django) as pool:
        waiting = {
            name: pool.submit(judge, one, days, learned, floor_waits) for name, one in branches.items()
        }
        found = {name: one.result() for name, one in waiting.items()}
    coverage = {name: row["coverage"] for name, row in found.items()}
    floors = {name: row["floor"]["mae"]["value"] for name, row in found.items() if "floor" in row}
    return {
        **({"promise_floor": floors} if floors else {}),
        # A promise holds under every policy or not at all: the worst of them counts.
        "promise_mae": max(row["mae"] for row in found.values()),
        "promise_coverage": max(coverage.values(), key=lambda percent: abs(percent - 80)),
        "promise_mae_by_policy": {name: row["mae"] for name, row in found.items()},
        "promise_coverage_by_policy": coverage,
        "promises": found,
        "promise_seconds": round(time.monotonic() - started, 1),
    }
