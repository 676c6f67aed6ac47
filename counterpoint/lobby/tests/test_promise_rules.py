"""What a model is told of a scene, what it has learned, and what it makes of that."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.lobby.data import AtWork, DeskState, Length, Policy, RoutingPolicy, Scene, Waiting
from counterpoint.lobby.rules import forest, learned, rollout
from counterpoint.lobby.rules.features import digest_of, feature_names, features, scale
from counterpoint.lobby.services import fit

SURE = Length(10.0, 10.0, 1e-6)
CASH = frozenset({"cash"})


def waiting(at, minutes=10.0, service="cash", **more):
    return Waiting(f"t{at}", service, float(at), minutes, minutes, **more)


def scene(*line, desks=1, busy=0.0, policy=Policy.POOLED, mine=None, lengths=None):
    return Scene(
        now=100.0, minute=600.0, weekday=1, policy=RoutingPolicy(policy=policy), services=("cash", "loan"),
        mine=mine or waiting(100), line=line,
        lengths=lengths or tuple(Length(one.predicted, one.predicted, 1e-6) for one in line),
        desks=tuple(DeskState(str(at), CASH, {"cash": 1.0}) for at in range(desks)),
        work=tuple(AtWork("cash", busy, SURE) for _desk in range(desks)),
    )  # fmt: skip


def turn(found):
    return rollout.turns(found, rollout.rests(found))


def test_it_is_the_turn_when_those_ahead_are_served():
    assert turn(scene()) == pytest.approx([10.0] * 6, rel=1e-4)
    assert turn(scene(waiting(90), waiting(95, 5.0))) == pytest.approx([25.0] * 6, rel=1e-4)
    assert turn(scene(waiting(90), waiting(95, 5.0), desks=2)) == pytest.approx([15.0] * 6, rel=1e-4)


def test_short_work_goes_before_long_work_where_the_policy_says_so():
    line = (waiting(90, 40.0),)
    assert turn(scene(*line, mine=waiting(100, 2.0)))[0] == pytest.approx(50)
    assert turn(scene(*line, mine=waiting(100, 2.0), policy=Policy.PREDICTED))[0] == pytest.approx(10)


def test_the_futures_lie_about_the_expected_one_and_are_the_same_each_time():
    wide = tuple(Length(10.0, 8.0, 0.7) for _one in range(12))
    state = scene(*(waiting(60 + at) for at in range(12)), lengths=wide)
    expected, *drawn = turn(state)
    assert turn(state) == [expected, *drawn]
    assert min(drawn) < expected < max(drawn)
    assert sum(drawn) / len(drawn) == pytest.approx(expected, rel=0.15)


@given(st.integers(0, 200), st.integers(1, 8))
def test_a_scene_has_a_number_for_each_name(ahead, desks):
    state = scene(*(waiting(at / 10) for at in range(ahead)), desks=desks)
    assert len(features(state)) == len(feature_names(state.services))


def test_there_is_nothing_to_learn_where_a_desk_is_free_or_none_may_serve():
    assert features(scene()) is not None
    assert features(replace(scene(), work=(None,))) is None
    assert features(replace(scene(waiting(90)), work=(None,))) is not None
    assert features(replace(scene(), mine=waiting(100, service="loan"))) is None


def test_other_services_have_other_names():
    assert digest_of(*feature_names(["cash"])) != digest_of(*feature_names(["cash", "loan"]))


def simulated(count, seed):
    """One desk; the wait is half of what is expected, or twice, or anything between."""
    drawn, numbers, waits, days = random.Random(seed), [], [], []
    for at in range(count):
        ahead = drawn.randrange(20)
        found = features(scene(*(waiting(at) for at in range(ahead))))
        numbers.append(found)
        waits.append((ahead + 1) * 600 * 2 ** drawn.uniform(-1, 1))
        days.append(at * 40 // count)
    return numbers, waits, days


@pytest.fixture(scope="module")
def fitted():
    return fit(*simulated(3000, 1))


def test_eight_of_ten_new_waits_lie_inside_the_range(fitted):
    numbers, waits, _days = simulated(2000, 2)
    made = [fitted.model.promise(one, "model 1") for one in numbers]
    inside = sum(one.low <= wait <= one.high for one, wait in zip(made, waits, strict=True))
    assert inside / len(waits) == pytest.approx(0.8, abs=0.03)
    assert fitted.coverage == pytest.approx(80, abs=4)
    assert all(0 <= one.low <= one.mid <= one.high for one in made)


def test_the_middle_is_better_than_the_roll_out_that_it_is_learned_on():
    numbers, waits, days = simulated(2000, 3)
    again = fit(numbers, [2 * wait for wait in waits], days)
    known, truth, _ = simulated(500, 4)
    error = sum(
        abs(again.model.promise(one, "").mid - 2 * wait) for one, wait in zip(known, truth, strict=True)
    )
    rolled = sum(abs(scale(one) * 60 - 2 * wait) for one, wait in zip(known, truth, strict=True))
    assert error < 0.7 * rolled


def test_a_kept_model_says_what_the_learned_one_said(fitted):
    again = learned.learned(json.loads(json.dumps(fitted.model.kept())))
    for one in simulated(50, 5)[0]:
        assert again.promise(one, "m") == fitted.model.promise(one, "m")


def test_a_tree_is_read_as_scikit_learn_reads_it():
    """The lists are a copy of what was grown; the two must say the same of numbers never seen."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingRegressor

    from counterpoint.lobby.services import fitting

    drawn = np.random.default_rng(1)
    table = drawn.normal(size=(2000, 6))
    grown = HistGradientBoostingRegressor(loss="absolute_error", max_iter=30)
    grown.fit(table, table[:, 0] * table[:, 1])
    copy, fresh = fitting.as_forest(grown), drawn.normal(size=(200, 6))
    assert [copy.value(row) for row in fresh.tolist()] == pytest.approx(grown.predict(fresh).tolist())


@pytest.mark.parametrize(
    "tree",
    [
        [[0], [1.0], [5], [6]],
        [[0, -1, -1], [1.0, 2.0, 3.0], [0, 0, 0], [2, 0, 0]],
        [[0, -1], [1.0], [1, 0], [1, 0]],
        [[], [], [], []],
    ],
)
def test_a_tree_that_leads_nowhere_is_not_read(tree):
    with pytest.raises(ValueError, match="a tree"):
        forest.forest({"base": 0.0, "trees": [tree]})


def test_an_end_is_moved_until_no_more_than_a_tenth_lie_beyond():
    assert learned.shift(range(1, 101), 0.1) == 91
    assert learned.shift([3.0], 0.1) == 3.0
