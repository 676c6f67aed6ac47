"""How a proposal stands, what it is signed by, how it is posted: without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.approvals.data import RequestState
from counterpoint.feedback import rules_compensation as rules
from counterpoint.feedback.data import FeedbackRuleMalformed
from counterpoint.feedback.data_compensation import CompensationState, Limits
from counterpoint.kit.keys import digest
from counterpoint.kit.money import MINOR_MAX

S, R = CompensationState, RequestState


def stands(request, *, ended="", in_time=True):
    return rules.state_of(ended=ended, request=request, in_time=in_time)


def test_it_stands_as_its_request_does_until_it_ends_itself():
    assert [stands(one) for one in R] == [
        S.PROPOSED, S.APPROVED, S.RETURNED, S.REFUSED, S.WITHDRAWN, S.LAPSED,
    ]  # fmt: skip
    assert {stands(one, ended="paid") for one in R} == {S.PAID}
    assert {stands(one, ended="withdrawn", in_time=False) for one in R} == {S.WITHDRAWN}


def test_what_waits_and_what_was_granted_lapse_and_a_decision_does_not():
    late = {one: stands(one, in_time=False) for one in R}
    assert late[R.OPEN] is late[R.APPROVED] is S.LAPSED
    assert (late[R.REFUSED], late[R.RETURNED]) == (S.REFUSED, S.RETURNED)
    assert stands(None) is S.LAPSED


def test_only_what_is_open_can_still_move():
    after = {state: bool(rules.MACHINE.after(state)) for state in S}
    assert {state for state, moves in after.items() if moves} == {S.PROPOSED, S.APPROVED}


@given(st.integers(1, MINOR_MAX), st.integers(1, 9), st.integers(1, 9))
def test_every_entry_balances_in_each_branch(amount, branch, account_branch):
    home = {100: branch, 200: account_branch}
    legs = rules.legs(
        amount=amount, currency="CNY", expense=100, account=200, branch=branch, account_branch=account_branch,
        between=lambda one: 1000 + one,
    )  # fmt: skip
    sums = dict.fromkeys((branch, account_branch), 0)
    for leg in legs:
        sums[home.get(leg.account, leg.account - 1000)] += leg.amount
    assert set(sums.values()) == {0}
    assert (legs[0].amount, legs[-1].amount) == (amount, -amount)


@given(st.dictionaries(st.text(max_size=5), st.integers()), st.text(max_size=5), st.integers())
def test_another_payload_has_another_hash(payload, name, value):
    other = payload | {name: value}
    assert (digest(payload) == digest(other)) == (payload == other)
    assert digest(dict(reversed(payload.items()))) == digest(payload)


def test_limits_that_say_nothing_are_refused():
    assert rules.limits_of({"currency": "CNY", "handle": 1, "oversee": 2}) == Limits("CNY", 1, 2)
    for wrong in (
        None, 5, {}, {"currency": "CNY", "handle": 0, "oversee": 2},
        {"currency": "ZZZ", "handle": 1, "oversee": 2}, {"currency": "CNY", "handle": 1.5, "oversee": 2},
    ):  # fmt: skip
        with pytest.raises(FeedbackRuleMalformed):
            rules.limits_of(wrong)
