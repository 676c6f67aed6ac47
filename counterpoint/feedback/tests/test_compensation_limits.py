"""What a compensation may cost, who must approve how much, and to which accounts it goes."""

from datetime import timedelta

import pytest

from counterpoint.customers import services as customers
from counterpoint.customers.data import Relation
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import services as feedback
from counterpoint.feedback.data_compensation import (
    CompensationAccount,
    CompensationMalformed,
    CompensationNoRule,
    CompensationNotApproved,
    CompensationState,
    CompensationTooHigh,
)
from counterpoint.feedback.models import Compensation, CompensationEnd
from counterpoint.feedback.tests.bank import BRANCH, complained
from counterpoint.feedback.tests.compensation_bank import (
    account,
    approve,
    approved,
    balance,
    customer,
    pay,
    proposed,
    seen,
    upset,
    upset_bank,
)
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.money import MINOR_MAX
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, AccountStatus, DateClosed, HoldKind
from counterpoint.org import services as org

pytestmark = pytest.mark.django_db
S = CompensationState
world = once(upset_bank)


@pytest.fixture
def bank(world, db):
    return world()


@pytest.mark.parametrize("amount", [0, -1, MINOR_MAX + 1, 20.5, "2000", True, None])
def test_what_is_no_amount_is_refused(bank, amount):
    with pytest.raises(CompensationMalformed):
        proposed(bank, amount)
    assert not Compensation.objects.exists()


def test_no_complaint_costs_more_than_its_handler_may_propose(bank):
    with pytest.raises(CompensationTooHigh) as refused:
        proposed(bank, 5_000_01)
    assert refused.value.why.source
    pay(approved(bank, 900_00), bank.liu)
    with pytest.raises(CompensationTooHigh):
        proposed(bank, 4_100_01)
    assert proposed(bank, 4_100_00)


def test_who_oversees_complaints_may_propose_more(bank):
    id = complained(bank, party=bank.customer.party)
    feedback.take_complaint(complaint=id, by=bank.operations)
    assert proposed(bank, 40_000_00, complaint=id, by=bank.operations)


def test_two_halves_need_no_less_than_the_whole(bank):
    pay(approved(bank, 600_00), bank.liu)
    id = proposed(bank, 600_00)
    with pytest.raises(NotAllowed):
        approve(id, bank.centre)
    approve(id, bank.zhang)
    with pytest.raises(CompensationNotApproved):
        pay(id, bank.liu)
    approve(id, bank.centre)
    pay(id, bank.liu)
    assert queries.paid(queries.compensations(bank.complaint)) == 1_200_00
    assert balance(bank.customer.account) == 1_200_00


def test_a_rule_that_became_stricter_is_asked_again_when_it_is_paid(bank, monkeypatch):
    id = approved(bank)
    table = org.decide(
        table="feedback.compensation_approval", facts={"total_minor": 100_000}, at=clock.today()
    )
    monkeypatch.setattr(org, "decide_if_any", lambda **asked: table)
    with pytest.raises(CompensationNotApproved):
        pay(id, bank.liu)


def test_without_a_rule_nothing_is_proposed(bank, monkeypatch):
    class Nobody:
        outcome, hits = {"approvals": 0}, ()

    monkeypatch.setattr(org, "decide_if_any", lambda **asked: Nobody)
    with pytest.raises(CompensationNoRule):
        proposed(bank)


def test_only_an_active_demand_account_of_the_complaining_customer(bank):
    other = customer(bank, "张三丰")
    agent = account(bank, other)
    for wrong in (
        other.account,
        account(bank, bank.customer, currency="USD"),
        account(bank, bank.customer, kind=AccountKind.TERM),
        ledger.internal_account(branch=BRANCH, gl="1001", currency="CNY"),
        agent,
        0,
        10**12,
    ):
        with pytest.raises(CompensationAccount):
            proposed(bank, account=wrong)
    assert not Compensation.objects.exists()


def test_an_account_for_which_the_customer_only_acts_is_not_the_customers(bank):
    other = customer(bank, "张三丰")
    customers.link_account(
        account=other.account, party=bank.customer.party, relation=Relation.AGENT, by=bank.wang
    )
    with pytest.raises(CompensationAccount):
        proposed(bank, account=other.account)


def test_a_complaint_without_a_customer_cannot_be_compensated(bank):
    id = complained(bank)
    feedback.take_complaint(complaint=id, by=bank.liu)
    with pytest.raises(CompensationAccount):
        proposed(bank, complaint=id)


def asleep(bank):
    ledger.set_status(account=bank.customer.account, status=AccountStatus.DORMANT, reason="睡眠户", by=SYSTEM)


def test_an_account_that_fell_asleep_is_not_paid_and_another_one_is_after_a_new_approval(bank):
    id = approved(bank)
    asleep(bank)
    with pytest.raises(CompensationAccount) as refused:
        pay(id, bank.liu)
    assert refused.value.why.remedy
    assert (seen(id).state, balance(bank.customer.account)) == (S.APPROVED, 0)
    feedback.withdraw_compensation(compensation=id, note="账户睡眠", by=bank.liu)
    other = account(bank, bank.customer)
    again = proposed(bank, account=other)
    with pytest.raises(CompensationNotApproved):
        pay(again, bank.liu)
    approve(again, bank.zhang)
    pay(again, bank.liu)
    assert balance(other) == 200_00


def test_a_closed_and_a_frozen_account_take_nothing(bank):
    closed, frozen = account(bank, bank.customer), account(bank, bank.customer)
    second = upset(bank, bank.customer)
    ids = approved(bank, account=closed), approved(bank, account=frozen, complaint=second)
    ledger.close_account(account=closed, by=bank.wang)
    ledger.place_hold(
        account=frozen, kind=HoldKind.FULL, authority="court", instrument="（2026）京01执1号",
        officers=("甲", "乙"), by=SYSTEM,
    )  # fmt: skip
    for id in ids:
        with pytest.raises(CompensationAccount):
            pay(id, bank.liu)
        assert seen(id).state is S.APPROVED
    assert not CompensationEnd.objects.exists()


def test_an_approver_hears_that_the_account_fell_asleep_meanwhile(bank):
    id = proposed(bank)
    asleep(bank)
    with pytest.raises(CompensationAccount):
        approve(id, bank.zhang)


def test_on_a_closed_day_nothing_is_paid_and_the_proposal_stays(bank):
    id = approved(bank)
    org.close_day(branch=BRANCH, by=SYSTEM)
    with pytest.raises(DateClosed):
        pay(id, bank.liu)
    assert (seen(id).state, balance(bank.customer.account)) == (S.APPROVED, 0)


def test_a_changed_rule_is_replayed_on_what_was_paid(bank):
    pay(approved(bank, 600_00), bank.liu)
    feedback.withdraw_compensation(compensation=proposed(bank, 1_00), note="改期", by=bank.liu)
    approve(second := proposed(bank, 500_00), bank.zhang, bank.centre)
    entry = pay(second, bank.liu)
    found = list(queries.asked(clock.today(), clock.today()))
    assert [one.facts["total_minor"] for one in found] == [600_00, 1_100_00]
    assert found[1].entry == entry
    assert "feedback.compensation_approval" in org.fact_sources()
    assert list(queries.asked(clock.today() - timedelta(days=2), clock.today() - timedelta(days=1))) == []
