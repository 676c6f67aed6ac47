"""What one replication does, against formulas where there are any and by hand where not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.insight import services
from counterpoint.insight.data import Estimate, Outcome
from counterpoint.insight.engine.center import Center


def model(types, groups='[[groups]]\nname = "g"\nagents = 1\nskills = ["a"]', head="", length=600, **more):
    text = f'time_unit = "minute"\nperiods = {{ length = {length}, count = 1 }}\n{head}\n{types}\n{groups}\n'
    return services.read_model(text, **more)


def one_type(arrivals, service, more=""):
    return f'[[types]]\nname = "a"\n{arrivals}\nservice = {service}\n{more}\n'


def is_near(estimate: Estimate, expected: float) -> bool:
    """Within four standard errors: wrong once in sixteen thousand times, and the seed is fixed."""
    return abs(estimate.mean - expected) <= 2 * (estimate.high - estimate.low)


EXPONENTIAL = '{ shape = "exponential", mean = 1 }'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arrivals", "service", "agents", "wait"),
    [
        # Erlang C with six servers: Wq = C(6, 4.8) / (6 - 4.8).
        ("rates = 4.8", EXPONENTIAL, 6, 0.4315),
        # Pollaczek and Khinchine: Wq = rho (1 + scv) / (2 (1 - rho)).
        ("rates = 0.7", "1", 1, 0.7 / 0.6),
        ("rates = 0.7", '{ shape = "erlang", mean = 1, stages = 2 }', 1, 0.7 * 1.5 / 0.6),
        ("rates = 0.7", '{ shape = "lognormal", mean = 1, scv = 1 }', 1, 0.7 * 2 / 0.6),
        # D/M/1: Wq = s / (1 - s) with s = exp(-(1 - s) / 0.7), s = 0.46700.
        ("interarrival = 1.4285714285714286", EXPONENTIAL, 1, 0.46700 / 0.53300),
        ('interarrival = { shape = "exponential", mean = 1.25 }', EXPONENTIAL, 1, 4.0),
    ],
)
def test_waits_are_those_of_the_formula(arrivals, service, agents, wait):
    groups = f'[[groups]]\nname = "g"\nagents = {agents}\nskills = ["a"]'
    head = "warmup = 200\nthresholds = [1]"
    found = model(
        one_type(arrivals, service), groups, head, length=1200, replications=60 if agents == 1 else 15
    )
    result = services.run_model(found)
    assert is_near(result.total.waits["wait_all"], wait)
    if agents == 6:
        assert is_near(result.total.within["1"]["over"], 0.1559)
        assert is_near(result.groups[0].occupancy["open"], 0.8)


def left(found, replication=0):
    return Center(found, replication).run().left


def test_everybody_who_comes_leaves_in_some_way():
    types = one_type("rates = 3", EXPONENTIAL, f"patience = {EXPONENTIAL}\nqueue_capacity = 2")
    result = services.run_model(model(types, replications=5))
    counts = result.total.counts
    ways = ("served", "abandoned", "blocked", "messages", "disconnected")
    assert sum(counts[name].mean for name in ways) == pytest.approx(counts["arrived"].mean)
    assert counts["blocked"].mean > 0


def test_work_after_the_contact_keeps_the_agent_busy_but_not_the_contact():
    plain = services.run_model(model(one_type("interarrival = 4", "1"), replications=2))
    after = services.run_model(model(one_type("interarrival = 4", "1", "after_work = 2"), replications=2))
    assert after.groups[0].occupancy["open"].mean == pytest.approx(3 * plain.groups[0].occupancy["open"].mean)
    assert after.total.waits["wait_all"].mean == 0


def test_who_is_served_may_go_on_as_another_type():
    types = one_type("rates = 0.2", "1", "transfers = { b = 0.5 }") + '[[types]]\nname = "b"\nservice = 2\n'
    groups = '[[groups]]\nname = "g"\nagents = 3\nskills = ["a", "b"]'
    result = services.run_model(model(types, groups, length=4000, replications=10))
    first, second = result.types
    assert second.counts["arrived"].mean == pytest.approx(first.counts["served"].mean / 2, rel=0.1)
    assert second.counts["served"].mean == second.counts["arrived"].mean


def test_who_waits_comes_before_who_is_handed_on():
    """Two at 1 and 2, one agent, service 5: at 6 the one who waits is served, not the first one again."""
    types = (
        one_type("interarrival = 1", "5", "transfers = { b = 0.99 }") + '[[types]]\nname = "b"\nservice = 1\n'
    )
    groups = '[[groups]]\nname = "g"\nagents = 1\nskills = ["a", "b"]'
    rows = left(model(types, groups, length=2.5))
    assert [(kind, wait) for kind, _, wait, _ in rows][:3] == [(0, 0), (0, 4), (1, 5)]


def test_who_comes_again_counts_all_his_waits():
    """At 2 he finds the agent busy until 101, gives up at 3, comes again at 5 and 8, gives up each time."""
    types = one_type("interarrival = 1", "100", "patience = 1\nretry = { probability = 0.99, delay = 2 }")
    rows = left(model(types, length=2.5))
    waits = [wait for _, outcome, wait, _ in rows if outcome is Outcome.ABANDONED]
    assert waits[:3] == [1, 2, 3]


def test_a_long_line_sends_away():
    never = one_type("interarrival = 1", "100", "balk_queue = [0, 0, 1]")
    outcomes = [outcome for _, outcome, _, _ in left(model(never, length=10.5))]
    assert outcomes.count(Outcome.ABANDONED) == 7
    assert outcomes.count(Outcome.SERVED) == 3


def test_the_number_of_agents_may_be_drawn():
    groups = '[[groups]]\nname = "g"\nagents = { draw = [[3, 0.8], [2, 0.15], [1, 0.05]] }\nskills = ["a"]'
    found = model(one_type("rates = 0.1", "1"), groups, length=60, replications=400)
    result = services.run_model(found)
    assert is_near(result.groups[0].scheduled, 60 * (3 * 0.8 + 2 * 0.15 + 0.05))


def test_a_group_may_have_a_duration_of_its_own():
    groups = '[[groups]]\nname = "g"\nagents = 1\nskills = ["a"]\nservices = { a = 3 }'
    rows = left(model(one_type("interarrival = 2", "1"), groups, length=5))
    assert [wait for _, _, wait, _ in rows] == [0, 1]


def test_who_arrives_before_the_end_of_the_warm_up_is_not_counted():
    rows = left(model(one_type("interarrival = 10", "1"), head="warmup = 35", length=100))
    assert len(rows) == 6


def test_what_nobody_is_left_to_serve_is_disconnected():
    groups = '[[groups]]\nname = "g"\nagents = 1\nafter_close = 0\nskills = ["a"]'
    outcomes = [
        outcome for _, outcome, _, _ in left(model(one_type("interarrival = 2", "3"), groups, length=9))
    ]
    assert outcomes == [Outcome.SERVED] * 3 + [Outcome.DISCONNECTED]


@settings(max_examples=40, deadline=None)
@given(
    rate=st.floats(0.1, 3),
    agents=st.integers(1, 4),
    patience=st.none() | st.floats(0.1, 5),
    seed=st.integers(0, 99),
)
def test_an_agent_never_idles_while_somebody_waits_whom_he_may_serve(rate, agents, patience, seed):
    groups = f'[[groups]]\nname = "g"\nagents = {agents}\nskills = ["a"]'
    more = f"patience = {patience}" if patience else ""
    found = model(one_type(f"rates = {rate}", EXPONENTIAL, more), groups, length=60, seed=seed)
    center = Center(found, 0)
    serve = center._serve

    def watched(contact, group, wait):
        serve(contact, group, wait)
        assert center.busy[group] <= center.agents[group]

    center._serve = watched
    center.run()
    assert all(wait >= 0 and math.isfinite(wait) for _, _, wait, _ in center.left)
    assert not any(center.waiting)
