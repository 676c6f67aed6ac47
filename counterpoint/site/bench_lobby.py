"""``counterpoint bench lobby``: how long customers wait under each routing policy, on a frozen branch.

Six windows of two skills, 400 days, the same customers for every policy (``bench_lobby_world``). The
decisions are made by the product's own router, ``lobby.services.pick``. Beside the policies stands a bound
that no policy can beat (``bench_lobby_bound``).
"""

from __future__ import annotations

import json as json_module
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy
from numpy.random import default_rng

from counterpoint.insight.data import TwinDay
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import DeskState, Policy, RoutingPolicy, Waiting
from counterpoint.site import bench_lobby_world as world
from counterpoint.site.bench_lobby_bound import bound_mean
from counterpoint.site.bench_lobby_figures import Waits, figures, paired, waits
from counterpoint.site.bench_lobby_promise import rows as promise_rows
from counterpoint.site.progress import console

BOUND_DAYS = 40
#: Days of the sensitivity rows, on other customers than the main table.
OTHER_SEED = 21
PREDICTED = RoutingPolicy(
    policy=Policy.PREDICTED, offset=30.0, own_skill_weight=1.25, target=10.0, risk_from=6.0, risk_weight=3.0
)
PLAIN = RoutingPolicy(policy=Policy.PREDICTED, offset=30.0)
POLICIES: dict[str, tuple[RoutingPolicy, dict[str, Any]]] = {
    "dedicated": (RoutingPolicy(policy=Policy.DEDICATED), {}),
    "pooled": (RoutingPolicy(policy=Policy.POOLED), {}),
    "cmu": (RoutingPolicy(policy=Policy.CMU), {}),
    "predicted_plain": (PLAIN, {}),
    "predicted": (PREDICTED, {}),
    "predicted_cap90": (replace(PREDICTED, cap=90.0), {}),
    "predicted_prework20": (PREDICTED, {"prework": True}),
    "predicted_prework20_flex": (PREDICTED, {"prework": True, "flex": True}),
}
PAIRS = (
    ("pooled", "dedicated"),
    ("cmu", "dedicated"),
    ("predicted", "dedicated"),
    ("predicted", "predicted_plain"),
    ("predicted_prework20", "predicted"),
    ("predicted_prework20_flex", "predicted_prework20"),
)
#: The policies by which a promise must hold.
PROMISED = (
    "dedicated", "pooled", "cmu", "predicted", "predicted_prework20", "predicted_prework20_flex",
)  # fmt: skip


def run(*, json: bool, days: int, bound_days: int, promise_days: int, floor: int) -> int:
    """Measure and print; with ``json`` one object as the last line."""
    with console.status("drawing the customers …"):
        customers = world.days(days)
    found: dict[str, Waits] = {}
    for name, (policy, how) in POLICIES.items():
        with console.status(f"{name}, {days} days …"):
            found[name] = waits(world.branch(policy, **how), customers)
    rows = {name: figures(one) for name, one in found.items()}
    with console.status("other branches: slower second skills, more and fewer customers …"):
        sensitivity = _sensitivity(customers, days)
    report = {
        **{
            key: {name: row[key]["value"] for name, row in rows.items()}
            for key in ("over10", "p99", "mean", "over60")
        },
        "classes": {name: row["classes"] for name, row in rows.items()},
        "policies": rows,
        "differences": {f"{one} - {other}": paired(found[one], found[other]) for one, other in PAIRS},
        "sensitivity": sensitivity,
        "class_worse_than_dedicated": _worse(rows),
        "engine_seconds": rows["predicted"]["seconds"],
        "decision": _decisions(),
        "days": days,
        "seed": world.SEED,
        "customers": len(found["dedicated"].wait),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, SciPy {scipy.__version__}",
    }
    if bound_days:
        with console.status(f"the bound of {bound_days} days …"):
            report |= _bound(customers[:bound_days], found)
    if promise_days:
        with console.status(f"promises, {promise_days} days …"):
            report |= promise_rows(
                {name: world.branch(POLICIES[name][0], **POLICIES[name][1]) for name in PROMISED},
                days=promise_days, floor_waits=floor,
            )  # fmt: skip
    _show(report)
    if json:
        sys.stdout.write(f"{json_module.dumps(report, ensure_ascii=False)}\n")
    return 0


def _sensitivity(customers: Sequence[TwinDay], days: int) -> dict[str, Any]:
    """The policies where the second skill is a quarter slower, and with a tenth fewer or more customers."""
    found: dict[str, Any] = {}
    for name in ("dedicated", "pooled", "cmu", "predicted"):
        policy = POLICIES[name][0]
        found[f"slow_second_{name}"] = figures(waits(world.branch(policy, second=1.25), customers))
    for label, volume in (("volume_90", 0.9), ("volume_110", 1.1)):
        other = world.days(days // 2, seed=OTHER_SEED, volume=volume)
        for name in ("dedicated", "pooled", "cmu", "predicted", "predicted_prework20"):
            policy, how = POLICIES[name]
            found[f"{label}_{name}"] = figures(waits(world.branch(policy, **how), other))
    return found


def _worse(rows: dict[str, Any]) -> dict[str, list[str]]:
    """By policy, the services that wait longer on average than at dedicated lines."""
    base = rows["dedicated"]["classes"]
    return {
        name: [service for service, mean in row["classes"].items() if mean > base[service]]
        for name, row in rows.items()
    }


def _bound(customers: Sequence[TwinDay], found: dict[str, Waits]) -> dict[str, Any]:
    started = time.monotonic()
    bound = bound_mean(customers)
    means = {name: float(one.wait[one.day < len(customers)].mean()) for name, one in found.items()}
    gap = means["dedicated"] - bound
    without = [name for name in means if not POLICIES[name][1]]
    return {
        "bound_mean": bound,
        "bound": {
            "days": len(customers),
            "means": means,
            "share_of_gap_closed": {name: (means["dedicated"] - means[name]) / gap for name in without},
            "seconds": round(time.monotonic() - started, 1),
        },
    }


def _decisions() -> dict[str, float]:
    """Median milliseconds over 200 who wait: who is next for a desk, for 20 desks, which desk for one."""
    rng = default_rng(1)
    names = [f"s{place}" for place in range(8)]
    waiting = [
        Waiting(str(place), str(rng.choice(names)), float(arrived), float(rng.lognormal(2, 0.8)), 8.0)
        for place, arrived in enumerate(np.sort(rng.random(200) * 60))
    ]
    desks = [
        DeskState(str(place), frozenset({names[place % 8]}), dict.fromkeys(names, 1.1)) for place in range(20)
    ]

    def milliseconds(act: Callable[[], object]) -> float:
        taken = []
        for _ in range(200):
            started = time.perf_counter()
            act()
            taken.append((time.perf_counter() - started) * 1000)
        return float(np.median(taken))

    return {
        "pick_ms": milliseconds(lambda: lobby.pick(desks[0], waiting, PREDICTED, 60.0)),
        "choose_ms": milliseconds(lambda: lobby.choose(desks[0], waiting, PREDICTED, 60.0)),
        "pick_for_20_desks_ms": milliseconds(
            lambda: [lobby.pick(desk, waiting, PREDICTED, 60.0) for desk in desks]
        ),
        "desk_for_ms": milliseconds(lambda: lobby.desk_for(desks, waiting[0], PREDICTED, 60.0)),
    }


def _show(report: dict[str, Any]) -> None:
    say(f"{'policy':34}{'mean':>15}{'> 10 min, %':>15}{'> 60':>7}{'p99':>7}{'max':>5}  cash/account/loan")
    for name, row in {**report["policies"], **report["sensitivity"]}.items():
        classes = "/".join(f"{mean:.1f}" for mean in row["classes"].values())
        mean, over = _with_interval(row["mean"]), _with_interval(row["over10"])
        rest = f"{row['over60']['value']:7.2f}{row['p99']['value']:7.1f}{row['longest']:5.0f}"
        say(f"{name:34}{mean:>15}{over:>15}{rest}  {classes}")
    for name, row in report["differences"].items():
        mean, over = _with_interval(row["mean"]), _with_interval(row["over10"])
        say(f"{name}: {mean} min, {over} points over 10 min")
    if "bound_mean" in report:
        bound = report["bound"]
        closed = ", ".join(f"{name} {share:.0%}" for name, share in bound["share_of_gap_closed"].items())
        say(f"no policy below {report['bound_mean']:.2f} min on the first {bound['days']} days")
        say(f"of the way from dedicated lines down to there: {closed}")
    for name, row in report.get("promises", {}).items():
        rules = ", ".join(f"{rule} {one['mae']:.2f}" for rule, one in row["rules"].items())
        say(
            f"promise, {name}: off by {row['mae']:.2f} min of {row['mean_wait']:.1f}, {row['within5']:.1f} % "
            f"within 5 min, {row['coverage']:.1f} % inside {row['width']:.1f} min; {rules}"
        )
    for name, row in report.get("promises", {}).items():
        if "floor" in row:
            say(f"best promise, {name}: {_best(row['floor'])}")
    worse = {name: kinds for name, kinds in report["class_worse_than_dedicated"].items() if kinds}
    say(f"services worse off than at dedicated lines: {worse or 'none'}")
    decisions = ", ".join(f"{name} {taken:.3f}" for name, taken in report["decision"].items())
    say(f"{report['days']} days of one policy in {report['engine_seconds']:.2f} s; decisions: {decisions}")
    say(report["machine"])


def _best(row: dict[str, Any]) -> str:
    fewer = ", ".join(f"{error:.2f} with {count}" for count, error in row["fewer"].items())
    return (
        f"off by {_with_interval(row['mae'])} min, the product's by {_with_interval(row['promise_mae'])}, "
        f"that is {_with_interval(row['above'])} more; {row['waits']} waits, futures: {fewer}, against each "
        f"other {row['expected']:.2f}; {row['coverage']:.1f} % inside {row['width']:.1f} min; "
        f"{row['seconds']:.0f} s"
    )


def say(text: str) -> None:
    """A line as it is, however narrow the terminal."""
    console.print(text, soft_wrap=True, markup=False)


def _with_interval(figure: dict[str, float | None]) -> str:
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None or low is None or high is None:
        return "–"
    return f"{value:.2f} ± {(high - low) / 2:.2f}"
