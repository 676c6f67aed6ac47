"""A day of a branch: who is served where and when, and what pre-work, opening hours and a watcher change."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.insight import services
from counterpoint.insight.data import TwinBranch, TwinDay, TwinPrework, TwinWindow
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import Policy, RoutingPolicy

MEANS = {"cash": 4.0, "loan": 30.0}
CASH, LOAN = frozenset({"cash"}), frozenset({"loan"})


def window(name="1", own=CASH, factors=None, **more):
    return TwinWindow(name, own, factors or {"cash": 1.0, "loan": 1.0}, **more)


def branch(*windows, policy=Policy.POOLED, **more):
    return TwinBranch(windows or (window(),), MEANS, RoutingPolicy(policy=policy), **more)


def day(*customers):
    """(arrived, service, duration) each."""
    arrived, service, duration = zip(*customers, strict=True)
    return TwinDay(arrived, service, duration, duration, [1.0] * len(customers))


def waits(model, customers, **more):
    return services.run_day(model, day(*customers), lobby.pick, **more).waits


def test_one_window_serves_in_order_of_arrival():
    assert waits(branch(), [(0, "cash", 5), (1, "cash", 5), (2, "cash", 5)]) == [0, 4, 8]


def test_a_window_that_is_slower_at_a_service_takes_longer():
    slow = branch(window(factors={"cash": 2.0}))
    assert waits(slow, [(0, "cash", 5), (1, "cash", 5)]) == [0, 9]


def test_a_dedicated_window_idles_beside_the_other_line():
    two = (window("1", CASH), window("2", LOAN))
    customers = [(0, "cash", 10), (1, "cash", 10)]
    assert waits(branch(*two, policy=Policy.DEDICATED), customers) == [0, 9]
    assert waits(branch(*two), customers) == [0, 0]


def test_who_arrives_goes_to_the_window_whose_own_service_it_is():
    found = services.run_day(
        branch(window("1", LOAN), window("2", CASH)), day((0, "cash", 5), (1, "loan", 5)), lobby.pick
    )
    assert found.windows == [1, 0]


def test_a_window_serves_in_its_hours_only_and_finishes_whom_it_has():
    late = branch(window(open=((10.0, 12.0), (20.0, float("inf")))))
    assert waits(late, [(0, "cash", 5), (1, "cash", 5), (2, "cash", 1)]) == [10, 19, 23]


def test_pre_work_shortens_only_when_it_is_finished_before_the_call():
    prepared = branch(prework=TwinPrework(1, LOAN, 0.5))
    customers = [(0, "loan", 10), (1, "loan", 10), (2, "loan", 10)]
    found = services.run_day(prepared, day(*customers), lobby.pick)
    assert (found.waits, found.prepared) == ([0, 9, 13], [False, True, True])
    called_first = [(0, "loan", 1.5), (1, "loan", 10), (2, "loan", 10)]
    found = services.run_day(prepared, day(*called_first), lobby.pick)
    assert found.prepared == [False, False, True]


def test_a_watcher_sees_the_branch_as_each_one_arrives():
    seen = []

    def watch(place, one, state):
        seen.append(
            (place, one.service, len(state.waiting), {k: v[1] for k, v in state.serving.items()}, state.last)
        )
        seen[-1] = (*seen[-1][:4], dict(state.last))

    waits(branch(), [(0, "cash", 5), (1, "loan", 5), (2, "cash", 5), (6, "cash", 1)], watch=watch)
    assert seen == [
        (0, "cash", 0, {}, {}),
        (1, "loan", 0, {0: 0}, {"cash": (0, 0)}),
        (2, "cash", 1, {0: 0}, {"cash": (0, 0)}),
        (3, "cash", 1, {0: 5}, {"cash": (0, 0), "loan": (4, 5)}),
    ]


CUSTOMERS = st.lists(
    st.tuples(
        st.integers(0, 480).map(float), st.sampled_from(["cash", "loan"]), st.integers(1, 60).map(float)
    ),
    min_size=1,
    max_size=40,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


@settings(max_examples=50)
@given(customers=CUSTOMERS, policy=st.sampled_from(list(Policy)))
def test_no_window_serves_two_at_once(customers, policy):
    model = branch(window("1", CASH), window("2", LOAN), policy=policy)
    found = services.run_day(model, day(*customers), lobby.pick)
    for place in range(2):
        turns = sorted(
            (arrived + wait, arrived + wait + duration)
            for (arrived, _, duration), wait, at in zip(customers, found.waits, found.windows, strict=True)
            if at == place
        )
        assert all(ended <= begun + 1e-9 for (_, ended), (begun, _) in pairwise(turns))


@settings(max_examples=50)
@given(customers=CUSTOMERS)
def test_no_able_window_idles_while_somebody_waits(customers):
    """With pooled windows that may do everything, whoever waits finds every window busy."""

    def watch(place, one, state):
        assert not (state.waiting and state.free)

    services.run_day(branch(window("1"), window("2", LOAN)), day(*customers), lobby.pick, watch)
