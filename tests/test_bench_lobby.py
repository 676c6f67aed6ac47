"""The frozen branch of bench lobby is the published one, and no policy sees what it may not."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from counterpoint.insight import services as insight
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import Policy, RoutingPolicy
from counterpoint.site import bench_lobby, bench_lobby_bound, bench_lobby_figures, bench_lobby_world
from counterpoint.site.bench_lobby_promise import judge


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "mean", "over10", "classes"),
    [
        (Policy.DEDICATED, 12.63, 28.2, (3.9, 21.6, 37.7)),
        (Policy.CMU, 4.66, 11.7, (2.2, 5.5, 16.5)),
    ],
)
def test_the_days_are_those_of_the_reference(policy, mean, over10, classes):
    """The reference experiment had the same draws: rows 1 and 4a of its table come out to the digit."""
    days = bench_lobby_world.days(400)
    found = bench_lobby_figures.waits(bench_lobby_world.branch(RoutingPolicy(policy=policy)), days)
    row = bench_lobby_figures.figures(found)
    assert round(row["mean"]["value"], 2) == mean
    assert round(row["over10"]["value"], 1) in (over10, round(over10 + 0.1, 1))
    assert tuple(round(value, 1) for value in row["classes"].values()) == classes


def test_every_policy_meets_the_same_customers():
    assert bench_lobby_world.days(3) == bench_lobby_world.days(3)
    assert bench_lobby_world.days(5)[:3] == bench_lobby_world.days(3)
    assert bench_lobby_world.days(1, seed=12) != bench_lobby_world.days(1)


def test_a_policy_knows_a_noisy_duration_only_and_nobody_who_has_not_come():
    days = bench_lobby_world.days(40)
    errors = [np.asarray(day.predicted) / np.asarray(day.duration) for day in days]
    everybody = np.concatenate(errors)
    assert everybody.mean() == pytest.approx(1.0, abs=0.02)
    assert everybody.std() == pytest.approx(bench_lobby_world.NOISE_CV, abs=0.03)
    day, asked = days[0], []

    def spying(desk, waiting, policy, now):
        asked.append(len(waiting))
        assert all(one.arrived <= now for one in waiting)
        assert all(one.predicted == day.predicted[int(one.ticket)] for one in waiting)
        assert {one.mean for one in waiting} <= set(bench_lobby_world.MEANS.values())
        return lobby.pick(desk, waiting, policy, now)

    insight.run_day(bench_lobby_world.branch(bench_lobby.PREDICTED), day, spying)
    assert max(asked) > 5


def test_no_policy_goes_below_the_bound_and_the_bound_is_not_empty():
    days = bench_lobby_world.days(2)
    bound = sum(map(bench_lobby_bound.total_wait, days)) / sum(len(day.arrived) for day in days)
    best = min(
        bench_lobby_figures.waits(bench_lobby_world.branch(policy), days).wait.mean()
        for policy in (bench_lobby.PREDICTED, bench_lobby.PLAIN, RoutingPolicy(policy=Policy.CMU))
    )
    assert 0.5 < bound < best


def test_an_interval_of_starts_fills_the_windows_no_more_than_any_start_in_it_would():
    """So the bound stays a bound: begin, last begin, and the end of the earliest."""
    for length in (0, 1, 5, 8, 60, 400):
        offsets, widths, end = bench_lobby_bound._intervals(length)
        assert offsets[0] == 0
        assert list(offsets[1:]) == list(np.cumsum(widths)[:-1])
        assert end == offsets[-1] + widths[-1]
        assert all(width <= max(1, length) for width in widths)


def test_the_paired_difference_is_of_the_same_customers():
    days = bench_lobby_world.days(20)
    slow, fast = (
        bench_lobby_figures.waits(bench_lobby_world.branch(RoutingPolicy(policy=policy)), days)
        for policy in (Policy.DEDICATED, Policy.CMU)
    )
    difference = bench_lobby_figures.paired(fast, slow)
    assert difference["mean"]["value"] == pytest.approx(fast.wait.mean() - slow.wait.mean())
    assert difference["mean"]["high"] < 0
    alone = bench_lobby_figures.figures(slow)["mean"]
    assert difference["mean"]["high"] - difference["mean"]["low"] < alone["high"] - alone["low"]


def test_nobody_waits_less_than_nothing_and_everybody_is_served():
    for how in ({}, {"prework": True}, {"prework": True, "flex": True}, {"second": 1.25}):
        day = bench_lobby_world.days(1)[0]
        found = insight.run_day(bench_lobby_world.branch(bench_lobby.PREDICTED, **how), day, lobby.pick)
        assert min(found.waits) >= 0
        assert all(window >= 0 for window in found.windows)
        assert math.isfinite(max(found.waits))


def test_the_benchmark_measures_the_rule_that_ships():
    """The row of the dated rule, but for promises, appointments and priorities, which the branch has not."""
    place = Path(bench_lobby.__file__).parents[1] / "org" / "rules_data" / "lobby.json"
    rules = json.loads(place.read_text())["rules"]
    (rule,) = [one for one in rules if one["key"] == "lobby.routing"]
    shipped = json.dumps(rule)
    policy, _ = bench_lobby.POLICIES["predicted_cap90"]
    for name, value in {
        "policy": policy.policy.value,
        "offset_minutes": policy.offset,
        "own_skill_percent": policy.own_skill_weight * 100,
        "cap_minutes": policy.cap,
        "target_minutes": policy.target,
        "risk_from_minutes": policy.risk_from,
        "risk_percent": policy.risk_weight * 100,
    }.items():
        written = json.dumps(value if isinstance(value, str) else int(value))
        assert f'"{name}": {written}' in shipped


@pytest.mark.slow
def test_a_promise_is_better_than_the_simple_rules_and_holds_four_times_in_five():
    found = judge(bench_lobby_world.branch(bench_lobby.POLICIES["pooled"][0]), 40, 28)
    assert all(found["mae"] < 0.75 * rule["mae"] for rule in found["rules"].values())
    assert 72 <= found["coverage"] <= 88
