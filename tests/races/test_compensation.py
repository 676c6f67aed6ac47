"""A compensation is paid once, or taken back, never both: with real commits. First without the lock."""

import threading
from functools import partial

import pytest
from django.db import IntegrityError

from counterpoint.approvals import services as approvals
from counterpoint.approvals.models import ApprovalUse
from counterpoint.feedback import services as feedback
from counterpoint.feedback.data_compensation import CompensationOpen, CompensationState
from counterpoint.feedback.data_complaints import ComplaintElsewhere, Finding
from counterpoint.feedback.models import Compensation, CompensationEnd, Complaint
from counterpoint.feedback.services import compensation_paying
from counterpoint.feedback.services import complaints_parts as parts
from counterpoint.feedback.tests.compensation_bank import (
    approve,
    approved,
    balance,
    pay,
    proposed,
    request_of,
    seen,
    upset,
    upset_bank,
)
from counterpoint.kit.data import Refusal
from counterpoint.kit.models import Event
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
S = CompensationState


@pytest.fixture
def bank(transactional_db):
    return upset_bank()


def withdraw(id, by):
    return feedback.withdraw_compensation(compensation=id, note="客户已谅解", by=by)


def unlocked(monkeypatch):
    """Both look before either has written."""
    met = threading.Barrier(2, timeout=10)

    def look(id):
        row = Complaint.objects.get(pk=id)
        met.wait()
        return row

    monkeypatch.setattr(parts, "locked", look)


def test_however_often_it_is_pressed_it_is_paid_once(bank):
    for at in range(1, 4):
        id = approved(bank)
        results = at_once(*[partial(pay, id, bank.liu)] * 4)
        assert set(results) == {seen(id).entry}, results
        assert balance(bank.customer.account) == at * 200_00
    assert ApprovalUse.objects.count() == 3
    assert Event.objects.filter(verb="feedback.compensation.booked").count() == 3


def test_without_the_lock_two_presses_would_both_be_posted(bank, monkeypatch):
    """The negative control: both have passed every check, and only the books and the table stop one."""
    # The first one opens the account of the expense, for which others wait.
    pay(approved(bank), bank.liu)
    id = approved(bank)
    monkeypatch.setattr(parts, "locked", lambda id: Complaint.objects.get(pk=id))
    met, posted, real = threading.Barrier(2, timeout=10), [], compensation_paying.ledger.post_within

    def post(posting):
        met.wait()
        posted.append(posting.key)
        return real(posting)

    monkeypatch.setattr(compensation_paying.ledger, "post_within", post)
    results = at_once(*[partial(pay, id, bank.liu)] * 2)
    assert len(posted) == 2
    assert sum(isinstance(one, IntegrityError) for one in results) == 1
    assert balance(bank.customer.account) == 400_00


def test_two_proposals_at_once_and_one_waits(bank):
    results = at_once(*[partial(proposed, bank)] * 2)
    assert sum(isinstance(one, CompensationOpen) for one in results) == 1
    assert Compensation.objects.count() == 1


def test_without_the_lock_both_would_pass_the_check_and_the_table_stops_one(bank, monkeypatch):
    unlocked(monkeypatch)
    results = at_once(*[partial(proposed, bank)] * 2)
    assert sum(isinstance(one, IntegrityError) for one in results) == 1
    assert Compensation.objects.count() == 1


def test_paid_and_withdrawn_at_once_it_is_one_of_them(bank):
    money = 0
    for _ in range(4):
        id = approved(bank)
        at_once(partial(pay, id, bank.liu), partial(withdraw, id, bank.operations))
        end = CompensationEnd.objects.get(pk=id)
        money += 200_00 if end.state == "paid" else 0
        assert balance(bank.customer.account) == money
        assert approvals.open_approvals(maker=bank.liu.id, branch=3) == []


def test_approved_and_withdrawn_at_once_nothing_is_left_to_pay(bank):
    for _ in range(3):
        id = proposed(bank)
        approvals.claim(request=request_of(id), by=bank.zhang)
        results = at_once(
            partial(approvals.approve, request=request_of(id), by=bank.zhang),
            partial(withdraw, id, bank.liu),
        )
        assert results[1] is None
        assert seen(id).state is S.WITHDRAWN
        with pytest.raises(Refusal):
            pay(id, bank.liu)
        assert approvals.open_approvals(maker=bank.liu.id, branch=3) == []


def test_closed_and_proposed_at_once_no_proposal_waits_on_a_closed_complaint(bank):
    feedback.answer_complaint(complaint=bank.complaint, finding=Finding.UPHELD, text="致歉", by=bank.liu)
    results = at_once(
        partial(feedback.close_complaint, complaint=bank.complaint, cause="已更换", by=bank.liu),
        partial(proposed, bank),
    )
    assert sum(isinstance(one, CompensationOpen | ComplaintElsewhere) for one in results) == 1
    closed = Complaint.objects.get(pk=bank.complaint).state == "closed"
    assert Compensation.objects.count() == (0 if closed else 1)


def test_an_approver_named_while_it_is_paid_ends_it_or_came_too_late(bank):
    for _ in range(2):
        complaint, before = upset(bank, bank.customer), balance(bank.customer.account)
        id = approved(bank, complaint=complaint)
        results = at_once(
            partial(feedback.name_concerned, complaint=complaint, person=bank.zhang.id, by=bank.operations),
            partial(pay, id, bank.liu),
        )
        assert results[0] is None
        paid = balance(bank.customer.account) - before
        assert (seen(id).state, paid) in ((S.PAID, 200_00), (S.WITHDRAWN, 0))


def test_taken_back_by_many_presses_it_is_taken_back_once(bank):
    pay(paid := approved(bank), bank.liu)
    back = feedback.propose_taking_back(compensation=paid, reason="付错账户", by=bank.liu)
    approve(back, bank.zhang)
    results = at_once(*[partial(pay, back, bank.liu)] * 3)
    assert set(results) == {seen(back).entry}, results
    assert balance(bank.customer.account) == 0
