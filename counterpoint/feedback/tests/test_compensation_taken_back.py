"""What was paid in error is taken back: proposed, approved by another, by a linked reversal; once."""

import pytest
from django.urls import reverse

from counterpoint.approvals import services as approvals
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import services as feedback
from counterpoint.feedback.data_compensation import (
    CompensationNotApproved,
    CompensationOpen,
    CompensationOver,
    CompensationState,
)
from counterpoint.feedback.data_complaints import Finding, NotTheHandler
from counterpoint.feedback.tests.bank import browser
from counterpoint.feedback.tests.compensation_bank import (
    account,
    approve,
    approved,
    balance,
    pay,
    proposed,
    request_of,
    seen,
    upset_bank,
)
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AlreadyReversed, InsufficientFunds, Leg, Posting, ReversalKind
from counterpoint.org import services as org

pytestmark = pytest.mark.django_db
S = CompensationState
world = once(upset_bank)


@pytest.fixture
def bank(world, db):
    return world()


@pytest.fixture
def paid(bank):
    id = approved(bank)
    pay(id, bank.liu)
    return id


def taking_back(paid, by):
    return feedback.propose_taking_back(compensation=paid, reason="付错账户", by=by)


def close(bank):
    feedback.answer_complaint(complaint=bank.complaint, finding=Finding.UPHELD, text="致歉", by=bank.liu)
    feedback.close_complaint(complaint=bank.complaint, cause="设备已更换", by=bank.liu)


def test_it_is_taken_back_after_another_approval_by_a_linked_reversal(bank, paid):
    back = taking_back(paid, bank.liu)
    with pytest.raises(CompensationNotApproved):
        pay(back, bank.liu)
    approve(back, bank.zhang)
    entry = pay(back, bank.liu)
    assert pay(back, bank.liu) == entry
    assert ledger.entry(entry).reverses == seen(paid).entry
    assert seen(paid).reversed_by == entry
    assert balance(bank.customer.account) == 0
    assert queries.paid(queries.compensations(bank.complaint)) == 0
    assert Event.objects.filter(verb="feedback.compensation.reversed").count() == 1


def test_then_it_can_be_paid_to_the_right_account(bank, paid):
    approve(back := taking_back(paid, bank.liu), bank.zhang)
    pay(back, bank.liu)
    other = account(bank, bank.customer)
    pay(approved(bank, account=other), bank.liu)
    assert (balance(bank.customer.account), balance(other)) == (0, 200_00)


def test_only_its_handler_and_only_what_was_paid(bank, paid):
    with pytest.raises(NotTheHandler):
        taking_back(paid, bank.operations)
    waits = proposed(bank)
    with pytest.raises(CompensationOpen):
        taking_back(paid, bank.liu)
    feedback.withdraw_compensation(compensation=waits, note="改期", by=bank.liu)
    with pytest.raises(CompensationOver):
        taking_back(waits, bank.liu)


def test_it_is_not_taken_back_twice(bank, paid):
    approve(back := taking_back(paid, bank.liu), bank.zhang)
    pay(back, bank.liu)
    for id in (paid, back):
        with pytest.raises(CompensationOver):
            taking_back(id, bank.liu)


def test_what_was_reversed_meanwhile_is_not_approved_any_more(bank, paid):
    back = taking_back(paid, bank.liu)
    ledger.reverse(
        entry=seen(paid).entry, key=new_key(), kind=ReversalKind.CANCEL, reason="错付", by=bank.wang
    )
    with pytest.raises((CompensationOver, AlreadyReversed)):
        approve(back, bank.zhang)


def test_money_that_is_spent_is_not_taken_back_behind_the_customer(bank, paid):
    cash = ledger.internal_account(branch=3, gl="1001", currency="CNY")
    ledger.post(
        Posting(
            key=new_key(), verb="teller.cash.withdrawn", branch=3, by=bank.wang, subject="account:1",
            business_date=org.business_day(3).date,
            legs=(Leg(bank.customer.account, 50_00), Leg(cash, -50_00)),
        )
    )  # fmt: skip
    approve(back := taking_back(paid, bank.liu), bank.zhang)
    with pytest.raises(InsufficientFunds) as refused:
        pay(back, bank.liu)
    assert refused.value.why.remedy
    assert seen(back).state is S.APPROVED
    assert balance(bank.customer.account) == 150_00


def test_after_the_close_too(bank, paid):
    close(bank)
    approve(back := taking_back(paid, bank.liu), bank.zhang)
    pay(back, bank.liu)
    assert balance(bank.customer.account) == 0


def test_the_approver_reads_which_entry_and_signs_another_payload(bank, paid):
    back = taking_back(paid, bank.liu)
    request = approvals.request(request_of(back))
    assert request.title_en == "Compensation taken back"
    rows = {row.en: row.value for row in request.rows}
    assert rows["Takes back the entry"] == str(seen(paid).entry)
    assert request.payload_hash != approvals.request(request_of(paid)).payload_hash


def test_the_page_takes_it_back_and_shows_it_below_zero(bank, paid):
    client, page = browser(bank.liu), reverse("feedback:complaint", args=[bank.complaint])
    assert "Paid in error" in client.get(page).content.decode()
    address = reverse("feedback:reversal", args=[bank.complaint, paid])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "付错账户"}).status_code == 302
    (back,) = [one for one in queries.compensations(bank.complaint) if one.reverses]
    approve(back.id, bank.zhang)
    shown = client.get(page).content.decode()
    assert "Take it back" in shown
    assert "c-money is-negative" in shown
    client.post(reverse("feedback:payment", args=[bank.complaint, back.id]))
    shown = client.get(page).content.decode()
    assert "Taken back by" in shown
    assert "Paid in all" not in shown
