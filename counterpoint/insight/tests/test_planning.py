"""Plans are judged by their worst slot on other days; comparisons are paired, suggestions beyond doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoint.insight import services
from counterpoint.insight.data import (
    NowServing,
    NowWaiting,
    OpenWindow,
    PlanTarget,
    TwinBranch,
    TwinDemand,
    TwinNow,
    TwinWindow,
)
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import Policy, RoutingPolicy

CASH = frozenset({"cash"})
DEMAND = TwinDemand({"cash": (10.0, 30.0, 10.0)}, {"cash": (4.0, 1.0)}, day_cv=0.1, prediction_cv=0.5)
TARGET = PlanTarget(share=0.9, within=10.0)


def branch(count, policy=Policy.POOLED):
    windows = tuple(TwinWindow(str(place), CASH, {"cash": 1.0}) for place in range(count))
    return TwinBranch(windows, {"cash": 4.0}, RoutingPolicy(policy=policy))


@pytest.fixture(scope="module")
def plan():
    return services.plan_windows(branch(9), DEMAND, TARGET, lobby.pick)


def test_a_plan_holds_in_its_worst_slot_on_days_it_was_not_made_with(plan):
    assert plan.met
    assert plan.curve.worst.within.mean >= TARGET.share
    assert plan.window_hours == sum(plan.windows) / 2


def test_a_plan_opens_more_windows_where_more_customers_come(plan):
    assert plan.windows[1] > max(plan.windows[0], plan.windows[2]) or plan.windows[1] > plan.windows[0] + 1


def test_a_plan_has_no_window_to_spare(plan):
    """One fewer at the peak, and the worst slot misses the target."""
    peak = max(range(3), key=lambda place: plan.windows[place])
    fewer = [number - (place == peak) for place, number in enumerate(plan.windows)]
    days = services.draw_days(DEMAND, 400, 5)
    short = services.curve("", services.staffed(branch(9), fewer, 30.0), days, lobby.pick, TARGET, 30.0)
    assert short.worst.within.mean < TARGET.share


def test_too_few_windows_are_said_to_be_too_few():
    found = services.plan_windows(branch(2), DEMAND, TARGET, lobby.pick)
    assert not found.met
    assert max(found.windows) == 2


def test_a_window_opens_in_its_slots_and_the_last_stays_to_the_end():
    found = services.staffed(branch(3), [1, 2, 1], 30.0)
    assert [window.open for window in found.windows] == [((0.0, float("inf")),), ((30.0, 60.0),)]


def test_a_comparison_is_paired_with_the_first():
    days = services.draw_days(DEMAND, 30, 1)
    found = services.compare({"three": branch(3), "four": branch(4)}, days, lobby.pick, TARGET, 30.0)
    three, four = found.curves
    assert found.differences["three"].mean == 0
    assert found.differences["four"].mean == pytest.approx(four.mean.mean - three.mean.mean)
    assert found.differences["four"].high < 0
    assert three.slots[1].low <= three.slots[1].middle <= three.slots[1].high


def test_days_vary_as_the_demand_says():
    def spread(cv):
        totals = [len(day.arrived) for day in services.draw_days(replace(DEMAND, day_cv=cv), 300, 3)]
        mean = sum(totals) / len(totals)
        return mean, sum((one - mean) ** 2 for one in totals) / len(totals)

    (mean, calm), (_, wild) = spread(0.0), spread(0.3)
    assert mean == pytest.approx(50, rel=0.05)
    assert calm == pytest.approx(50, rel=0.3)
    assert wild > 50 + 0.5 * (0.3 * 50) ** 2


def now(*waits):
    serving = [NowServing(str(place), 4.0, 1.0) for place in range(3)]
    return TwinNow(30.0, [NowWaiting("cash", wait, 4.0) for wait in waits], serving)


def test_a_long_line_makes_a_suggestion_that_shortens_it():
    candidate = OpenWindow("9", CASH, 30.0, 70.0)
    found = services.suggest(branch(3), DEMAND, now(*[8.0] * 12), [candidate], lobby.pick)
    assert found.open == candidate
    assert found.p90_after < found.p90_before
    assert found.difference.high < 0


def test_no_window_is_suggested_that_would_not_help():
    elsewhere = OpenWindow("9", frozenset({"loan"}), 30.0, 70.0)
    assert services.suggest(branch(3), DEMAND, now(*[8.0] * 12), [elsewhere], lobby.pick) is None
    assert services.suggest(branch(3), DEMAND, now(), [], lobby.pick) is None


def test_who_waits_now_has_his_wait_so_far_counted():
    calm = replace(DEMAND, expected={"cash": (0.0, 0.0, 0.0)})
    helped = services.suggest(
        branch(3), calm, now(20.0, 20.0), [OpenWindow("9", CASH, 30.0, 70.0)], lobby.pick
    )
    assert helped.p90_before > 20
