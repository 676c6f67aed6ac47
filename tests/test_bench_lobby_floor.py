"""The best promise of bench lobby: the branch played on, and futures drawn from what is not known."""

import numpy as np
import pytest
from scipy import stats

from counterpoint.insight import services as insight
from counterpoint.lobby import services as lobby
from counterpoint.site import bench_lobby, bench_lobby_floor, bench_lobby_futures
from counterpoint.site import bench_lobby_world as world
from counterpoint.site.bench_lobby_line import Line, of_day
from counterpoint.site.bench_lobby_promise import judge, learned_lengths


def branch_of(name):
    policy, how = bench_lobby.POLICIES[name]
    return world.branch(policy, **how)


def moment_of(name, day, place):
    (found,) = Line(branch_of(name), of_day(day)).moments([place])
    return found


@pytest.mark.parametrize("name", bench_lobby.PROMISED)
def test_played_on_with_what_did_happen_everybody_waits_as_he_did(name):
    branch, (day,) = branch_of(name), world.days(1, seed=99)
    waits = insight.run_day(branch, day, lobby.pick).waits
    waited = [place for place, wait in enumerate(waits) if wait > 0]
    assert len(waited) > 50
    for moment in Line(branch, of_day(day)).moments(waited):
        assert Line(branch, of_day(day), moment).wait_of(moment.place) == pytest.approx(waits[moment.place])


def test_the_length_given_a_prediction_is_the_one_that_is_learned_from_many():
    for name, line in learned_lengths(world.days(60)).items():
        assert line.slope == pytest.approx(bench_lobby_futures.BELIEVED, abs=0.03)
        assert line.sigma == pytest.approx(bench_lobby_futures.SPREAD, abs=0.02)
        said = np.log(world.MEANS[name])
        assert line.start + line.slope * said == pytest.approx(
            bench_lobby_futures.centre(name, world.MEANS[name]), abs=0.05
        )


@pytest.mark.parametrize("elapsed", [0.0, 2.0, 90.0])
def test_what_lasts_already_is_drawn_from_what_is_longer(elapsed):
    middle, spread = np.log(8.0), 0.6
    found = bench_lobby_futures.beyond(np.random.default_rng(1), middle, spread, elapsed, 4000)
    assert found.min() >= elapsed
    whole = stats.lognorm(spread, scale=8.0)
    left = (whole.cdf(found) - whole.cdf(elapsed)) / whole.sf(elapsed)
    assert stats.kstest(left, "uniform").pvalue > 0.01


def test_those_to_come_are_as_many_as_the_day_lets_expect():
    day = world.days(1, seed=99)[0]
    moment = moment_of("pooled", day, 60)
    futures = bench_lobby_futures.Futures(branch_of("pooled"), day, moment, 4000, np.random.default_rng(1))
    to_come = futures._to_come(futures.factor, np.full(4000, futures.expected))
    hour = (to_come["arrived"] < moment.now + 30).sum(axis=1)
    known = (1 / world.DAY_CV**2 + 61) / (1 / world.DAY_CV**2 + futures.expected)
    expected = np.interp(moment.now + 30, bench_lobby_futures._ENDS, bench_lobby_futures._EXPECTED)
    assert hour.mean() == pytest.approx(known * (expected - futures.expected), rel=0.03)
    assert (to_come["arrived"] > moment.now).all()
    kinds = [(to_come["kind"] == kind).mean() for kind in range(3)]
    assert kinds == pytest.approx(world.SHARES, abs=0.01)


def test_whoever_comes_last_is_followed_by_nobody():
    day = world.days(1, seed=99)[0]
    last = len(day.arrived) - 1
    moment = moment_of("pooled", day, last)
    futures = bench_lobby_futures.Futures(branch_of("pooled"), day, moment, 3, np.random.default_rng(1))
    closed = np.full((1, bench_lobby_futures.PORTION), np.inf)
    customers = of_day(day)
    assert list(futures._coming(customers, 0, {"arrived": closed})) == []
    assert all(wait >= 0 for wait in futures.waits())


def test_a_promise_that_is_the_middle_of_the_futures_is_as_good_as_can_be():
    rng = np.random.default_rng(1)
    drawn, waits = rng.lognormal(1, 1, (400, 100)), rng.lognormal(1, 1, 400)
    found = bench_lobby_floor.compare(waits, np.median(drawn, axis=1), np.arange(400) // 10, drawn)
    assert found["above"]["value"] == 0
    assert found["mae"] == found["promise_mae"]
    assert found["fewer"].keys() == {"50", "100"}
    assert 72 <= found["coverage"] <= 88
    worse = bench_lobby_floor.compare(waits, np.full(400, 9.0), np.arange(400) // 10, drawn)
    assert worse["above"]["low"] > 0


@pytest.mark.slow
def test_the_futures_hold_four_times_in_five_and_no_promise_beats_them():
    floor = judge(branch_of("predicted"), 40, 28, floor_waits=1500)["floor"]
    assert 75 <= floor["coverage"] <= 85
    assert floor["above"]["value"] > 0
    assert floor["expected"] == pytest.approx(floor["mae"]["value"], rel=0.15)
