"""The router decides who is next, and says why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.lobby import services
from counterpoint.lobby.data import DeskState, Policy, Reason, RoutingPolicy, Waiting

MEANS = {"cash": 4.0, "account": 10.0, "loan": 30.0}
POLICIES = [RoutingPolicy(policy=policy) for policy in Policy]


def desk(name="1", own="cash", other="account", factor=1.0, free_since=0.0):
    return DeskState(name, frozenset({own}), {own: 1.0, other: factor}, free_since)


def one(ticket, service="cash", arrived=0.0, predicted=None, **more):
    return Waiting(ticket, service, arrived, predicted or MEANS[service], MEANS[service], **more)


def next_ticket(waiting, policy, at=desk(), now=20.0):  # noqa: B008
    return services.choose(at, waiting, policy, now)


WAITING = st.lists(
    st.builds(
        Waiting,
        ticket=st.uuids().map(str),
        service=st.sampled_from(sorted(MEANS)),
        arrived=st.integers(0, 800).map(lambda eighths: eighths / 8),
        predicted=st.floats(0.5, 90),
        mean=st.floats(1, 40),
        due=st.none() | st.floats(0, 200),
        promised=st.none() | st.floats(0, 200),
    ),
    max_size=12,
)


@given(waiting=WAITING, policy=st.sampled_from(POLICIES), now=st.floats(100, 200))
def test_a_desk_never_gets_whom_it_may_not_serve_and_never_idles_while_it_may(waiting, policy, now):
    at = desk()
    services_it_takes = at.own if policy.policy is Policy.DEDICATED else set(at.factors)
    able = {each.ticket for each in waiting if each.service in services_it_takes}
    choice = services.choose(at, waiting, policy, now)
    assert (choice.ticket in able) if able else choice is None


@given(waiting=WAITING, policy=st.sampled_from(POLICIES), cap=st.floats(1, 150))
def test_nobody_is_passed_over_beyond_the_cap(waiting, policy, cap):
    policy = replace(policy, cap=cap)
    waiting = [replace(each, due=None) for each in waiting]
    choice = services.choose(desk(), waiting, policy, 150.0)
    if choice is not None:
        assert choice.longest_passed_over < cap


@given(waiting=WAITING, policy=st.sampled_from(POLICIES))
def test_the_explained_choice_is_the_picked_one(waiting, policy):
    found = services.pick(desk(), waiting, policy, 150.0)
    choice = services.choose(desk(), waiting, policy, 150.0)
    assert (choice and choice.ticket) == (found and waiting[found[0]].ticket)


def test_dedicated_desks_leave_the_other_line_alone():
    waiting = [one("A", "account", 0.0), one("B", "cash", 10.0)]
    assert next_ticket(waiting, RoutingPolicy(policy=Policy.DEDICATED)).ticket == "B"
    assert next_ticket(waiting[:1], RoutingPolicy(policy=Policy.DEDICATED)) is None


def test_pooled_desks_take_the_longest_wait():
    choice = next_ticket(
        [one("A", "cash", 5.0), one("B", "account", 1.0)], RoutingPolicy(policy=Policy.POOLED)
    )
    assert (choice.ticket, choice.reason, choice.waited) == ("B", Reason.WAITS_LONGEST, 19.0)


def test_cmu_takes_the_class_that_is_short_on_average_and_inside_it_the_longest_wait():
    waiting = [one("A", "account", 0.0, predicted=1.0), one("B", "cash", 12.0), one("C", "cash", 8.0)]
    choice = next_ticket(waiting, RoutingPolicy(policy=Policy.CMU))
    assert (choice.ticket, choice.reason, choice.passed_over) == ("C", Reason.SHORTEST_SERVICE, 1)


def test_the_predicted_index_knows_the_customers_own_duration():
    waiting = [one("A", "cash", 10.0, predicted=12.0), one("B", "account", 10.0, predicted=2.0)]
    choice = next_ticket(waiting, RoutingPolicy(offset=30.0))
    assert (choice.ticket, choice.index) == ("B", pytest.approx(40.0 / 2.0))


def test_a_slow_desk_sees_a_longer_duration():
    slow = desk(factor=1.25)
    assert next_ticket([one("A", "account", predicted=8.0)], RoutingPolicy(), slow).expected == 10.0


def test_own_skill_goes_first_where_the_rule_says_so():
    waiting = [one("A", "account", 0.0, predicted=1.0), one("B", "cash", 15.0, predicted=9.0)]
    assert next_ticket(waiting, RoutingPolicy()).ticket == "A"
    choice = next_ticket(waiting, RoutingPolicy(own_skill_first=True))
    assert (choice.ticket, choice.reason, choice.own) == ("B", Reason.OWN_SKILL, True)


def test_an_appointment_goes_first_inside_its_window_only():
    waiting = [one("A", "cash", 0.0), one("B", "account", 18.0, due=15.0)]
    inside = RoutingPolicy(appointment_after=10.0)
    choice = next_ticket(waiting, inside)
    assert (choice.ticket, choice.reason) == ("B", Reason.APPOINTMENT)
    assert next_ticket(waiting, replace(inside, appointment_after=2.0)).ticket == "A"


def test_a_promise_about_to_break_pulls_its_customer_forward():
    waiting = [one("A", "cash", 9.0, predicted=4.0), one("B", "cash", 10.0, predicted=5.0, promised=21.0)]
    assert next_ticket(waiting, RoutingPolicy()).ticket == "A"
    choice = next_ticket(waiting, RoutingPolicy(promise_weight=3.0))
    assert (choice.ticket, choice.reason) == ("B", Reason.PROMISE_AT_RISK)


def test_a_priority_class_counts_more_and_ages():
    waiting = [one("A", "cash", 0.0), one("B", "cash", 2.0, priority="elderly")]
    assert next_ticket(waiting, RoutingPolicy()).ticket == "A"
    assert next_ticket(waiting, RoutingPolicy(priorities={"elderly": 2.0})).ticket == "B"
    pooled = RoutingPolicy(policy=Policy.POOLED, head_start={"elderly": 5.0})
    assert next_ticket(waiting, pooled).ticket == "B"
    assert (
        next_ticket([one("A", arrived=0.0), one("B", arrived=6.0, priority="elderly")], pooled).ticket == "A"
    )


def test_a_ticket_bound_to_a_desk_waits_for_that_desk():
    bound = [one("A", desks=frozenset({"2"}))]
    assert next_ticket(bound, RoutingPolicy()) is None
    assert next_ticket(bound, RoutingPolicy(), desk("2")).ticket == "A"


def test_who_arrives_goes_to_the_own_skill_then_to_the_fewest_skills_then_to_the_longest_idle():
    all_skills = DeskState("4", frozenset({"account"}), dict.fromkeys(MEANS, 1.0), 0.0)
    desks = [desk("1"), desk("2", "account", "loan", free_since=5.0), all_skills]
    chosen = services.desk_for(desks, one("A", "account"), RoutingPolicy(), 20.0)
    assert (chosen.desk, chosen.reason) == ("2", Reason.OWN_SKILL)
    assert (
        services.desk_for([desk("5", free_since=3.0), desk("6")], one("A"), RoutingPolicy(), 20.0).desk == "6"
    )
    busy = [replace(each, free_since=None) for each in desks]
    assert services.desk_for(busy, one("A"), RoutingPolicy(), 20.0) is None


def test_desks_whose_own_line_waits_choose_first():
    desks = [desk("1", "cash", "account"), desk("2", "account", "loan", free_since=9.0)]
    assert [each.desk for each in services.desks_in_order(desks, [one("A", "account")])] == ["2", "1"]
