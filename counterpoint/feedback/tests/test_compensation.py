"""Compensation of a complaint: proposed, approved by others, paid once; by nobody whom it concerns."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import ConflictOfInterest, InterestKind, MakerApproves
from counterpoint.feedback import queries_compensation as queries
from counterpoint.feedback import services as feedback
from counterpoint.feedback.data_compensation import (
    CompensationNotApproved,
    CompensationOpen,
    CompensationOver,
    CompensationState,
    UnknownCompensation,
)
from counterpoint.feedback.data_complaints import ComplaintElsewhere, Finding, NotTheHandler, Recused
from counterpoint.feedback.models import Compensation, CompensationEnd
from counterpoint.feedback.tests.bank import BRANCH, OTHER, at, complained
from counterpoint.feedback.tests.compensation_bank import (
    account,
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
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import ReversalKind
from counterpoint.people import services as people
from counterpoint.people.data import Duty

pytestmark = pytest.mark.django_db
S = CompensationState
world = once(upset_bank)


@pytest.fixture
def bank(world, db):
    return world()


def answered(bank):
    feedback.answer_complaint(complaint=bank.complaint, finding=Finding.UPHELD, text="致歉", by=bank.liu)


def close(bank):
    feedback.close_complaint(complaint=bank.complaint, cause="设备已更换", by=bank.liu)


def test_it_is_proposed_approved_by_another_and_paid_to_the_customer(bank):
    id = proposed(bank)
    assert seen(id).state is S.PROPOSED
    approve(id, bank.zhang)
    assert seen(id).state is S.APPROVED
    assert [one.who for one in seen(id).approvers] == [bank.zhang.name]
    entry = ledger.entry(pay(id, bank.liu))
    assert seen(id).state is S.PAID
    assert seen(id).entry == entry.id
    assert balance(bank.customer.account) == 200_00
    assert [(leg.gl, leg.name, leg.amount) for leg in entry.legs] == [
        ("6711", "客户投诉补偿", 200_00),
        ("2001", "王重阳", -200_00),
    ]


def test_a_second_press_pays_nothing_and_shows_the_first_entry(bank):
    id = approved(bank)
    assert pay(id, bank.liu) == pay(id, bank.liu)
    assert balance(bank.customer.account) == 200_00
    assert Event.objects.filter(verb="feedback.compensation.paid").count() == 1


def test_the_table_itself_takes_one_payment_of_a_proposal(bank):
    id = approved(bank)
    pay(id, bank.liu)
    first = CompensationEnd.objects.get(pk=id)
    with pytest.raises(IntegrityError), transaction.atomic():
        CompensationEnd.objects.create(compensation_id=id, state="withdrawn", person_id=bank.liu.id)
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        CompensationEnd.objects.filter(pk=first.pk).delete()
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        Compensation.objects.update(amount=1)


def test_an_account_of_another_branch_is_paid_between_the_branches(bank):
    far = account(bank, bank.customer, branch=OTHER)
    entry = ledger.entry(pay(approved(bank, account=far), bank.liu))
    assert [(leg.gl, leg.amount, ledger.account(leg.account).branch) for leg in entry.legs] == [
        ("6711", 200_00, BRANCH),
        ("3002", -200_00, BRANCH),
        ("3002", 200_00, OTHER),
        ("2001", -200_00, OTHER),
    ]
    assert balance(far) == 200_00


def test_before_it_is_approved_it_is_not_paid(bank):
    id = proposed(bank)
    with pytest.raises(CompensationNotApproved) as refused:
        pay(id, bank.liu)
    assert refused.value.why.source
    assert balance(bank.customer.account) == 0


def test_only_the_handler_proposes_and_pays(bank):
    for somebody in (bank.zhang, bank.operations, bank.wang, bank.auditor):
        with pytest.raises(NotTheHandler):
            proposed(bank, by=somebody)
    id = approved(bank)
    for somebody in (bank.zhang, bank.operations, bank.wang):
        with pytest.raises(NotTheHandler):
            pay(id, somebody)
    assert seen(id).state is S.APPROVED


def test_the_handler_never_approves_their_own_proposal(bank):
    people.assign_role(person=bank.liu.id, role="supervisor", branch=BRANCH, by=SYSTEM)
    id = proposed(bank)
    with pytest.raises(MakerApproves):
        approve(id, bank.liu)
    assert seen(id).state is S.PROPOSED


def test_whom_the_complaint_concerns_does_not_see_the_request_and_does_not_approve_it(bank):
    id = upset(bank, bank.customer, about=(bank.zhang,))
    compensation = proposed(bank, complaint=id)
    request = approvals.request(request_of(compensation))
    assert not approvals.may_read(request, bank.zhang)
    assert approvals.queue(by=bank.zhang) == []
    assert approvals.waiting_for_me(by=bank.zhang) == (0, None)
    with pytest.raises(ConflictOfInterest):
        approve(compensation, bank.zhang)
    approve(compensation, bank.centre)
    assert pay(compensation, bank.liu)


def test_a_power_lent_by_whom_it_concerns_does_not_approve_it(bank):
    today = clock.today()
    chen = bank.staff["080401"]
    people.delegate(
        giver=bank.zhang.id, receiver=chen.id, duty=Duty.AUTHORIZE, branch=BRANCH, valid_from=today,
        valid_until=today + timedelta(days=1), reason="休假", by=bank.zhang,
    )  # fmt: skip
    free = proposed(bank)
    assert approvals.may_read(approvals.request(request_of(free)), chen)
    id = upset(bank, bank.customer, about=(bank.zhang,))
    barred = proposed(bank, complaint=id)
    assert not approvals.may_read(approvals.request(request_of(barred)), chen)
    with pytest.raises(ConflictOfInterest):
        approve(barred, chen)
    approve(free, chen)


def test_somebody_who_turns_out_to_be_concerned_ends_what_waits_and_what_was_granted(bank):
    waits, second = proposed(bank), upset(bank, bank.customer)
    granted = approved(bank, complaint=second)
    for complaint in (bank.complaint, second):
        feedback.name_concerned(complaint=complaint, person=bank.zhang.id, by=bank.liu)
    for id in (waits, granted):
        assert seen(id).state is S.WITHDRAWN
        assert not approvals.may_read(approvals.request(request_of(id)), bank.zhang)
        with pytest.raises(CompensationOver):
            pay(id, bank.liu)
    assert approvals.open_approvals(maker=bank.liu.id, branch=BRANCH) == []
    assert approvals.waiting_at(branch=BRANCH, by=None) == []


def test_a_handler_who_turns_out_to_be_concerned_leaves_nothing_to_pay(bank):
    id = approved(bank)
    feedback.name_concerned(complaint=bank.complaint, person=bank.liu.id, by=bank.operations)
    with pytest.raises(Recused):
        pay(id, bank.liu)
    feedback.take_complaint(complaint=bank.complaint, by=bank.operations)
    with pytest.raises(CompensationOver):
        pay(id, bank.operations)
    assert balance(bank.customer.account) == 0


def test_an_approver_who_may_no_more_when_it_is_paid_does_not_count(bank):
    id = approved(bank)
    people.suspend_staff(person=bank.zhang.id, reason="停职", by=SYSTEM)
    with pytest.raises(CompensationNotApproved):
        pay(id, bank.liu)
    assert seen(id).state is S.APPROVED


def test_nobody_compensates_a_customer_of_their_own(bank):
    approvals.declare_interest(
        person=bank.liu.id, party=bank.customer.party, kind=InterestKind.RELATIVE, by=bank.liu
    )
    with pytest.raises(Recused):
        proposed(bank)


def test_an_approver_related_to_the_customer_does_not_approve(bank):
    approvals.declare_interest(
        person=bank.zhang.id, party=bank.customer.party, kind=InterestKind.RELATIVE, by=bank.zhang
    )
    with pytest.raises(ConflictOfInterest):
        approve(proposed(bank), bank.zhang)


def test_one_waits_at_a_time(bank):
    proposed(bank)
    with pytest.raises(CompensationOpen) as refused:
        proposed(bank, 1_00)
    assert refused.value.why.helper == bank.liu.name


def test_a_complaint_does_not_end_while_one_waits(bank):
    id = proposed(bank)
    with pytest.raises(CompensationOpen):
        feedback.withdraw_complaint(complaint=bank.complaint, note="客户撤回", by=bank.liu)
    answered(bank)
    with pytest.raises(CompensationOpen):
        close(bank)
    approve(id, bank.zhang)
    with pytest.raises(CompensationOpen):
        close(bank)
    pay(id, bank.liu)
    close(bank)
    assert Event.objects.filter(verb="feedback.complaint.closed").latest("id").data["compensated"] == 200_00


def test_a_complaint_that_has_ended_is_not_compensated(bank):
    answered(bank)
    close(bank)
    with pytest.raises(ComplaintElsewhere):
        proposed(bank)


def test_one_that_nobody_has_taken_is_not_compensated(bank):
    id = complained(bank, party=bank.customer.party)
    with pytest.raises(ComplaintElsewhere):
        proposed(bank, complaint=id)


def test_a_returned_one_is_mended_by_the_next(bank):
    id = proposed(bank)
    approvals.send_back(request=request_of(id), reason="other", words="请附录像", by=bank.zhang)
    assert (seen(id).state, seen(id).decided.words) == (S.RETURNED, "请附录像")
    with pytest.raises(CompensationOver):
        pay(id, bank.liu)
    again = proposed(bank, 150_00)
    assert approvals.request(request_of(again)).follows == request_of(id)


def test_after_a_refusal_the_next_approver_reads_of_it(bank):
    id = proposed(bank)
    approvals.refuse(request=request_of(id), reason="other", words="无此依据", by=bank.zhang)
    assert seen(id).state is S.REFUSED
    with pytest.raises(CompensationOver):
        pay(id, bank.liu)
    rows = {row.en: row for row in approvals.request(request_of(proposed(bank, 100_00))).rows}
    assert "已拒绝" in rows["Proposed before"].value
    assert "无此依据" in rows["Proposed before"].value
    assert "Refused" in rows["Proposed before"].en_value


def test_the_approver_reads_the_complaint_and_never_the_notes(bank):
    feedback.note_complaint(complaint=bank.complaint, text="录像已看", by=bank.liu)
    answered(bank)
    request = approvals.request(request_of(proposed(bank)))
    rows = {row.en: row for row in request.rows}
    assert rows["What the customer complains about"].value == "等候太久，态度生硬"
    assert rows["Amount"].value == 200_00
    assert rows["Reason"].value
    assert "致歉" in rows["History"].value
    assert "Upheld" in rows["History"].en_value
    assert "录像已看" not in str(request.rows)
    assert request.reasons[0].source
    assert request.reasons[0].unverified


def test_what_was_not_decided_or_not_paid_in_time_lapses(bank, monkeypatch):
    second = upset(bank, bank.customer)
    waits, granted = proposed(bank), approved(bank, complaint=second)
    late = clock.now() + timedelta(hours=9)
    at(monkeypatch, late)
    for id in (waits, granted):
        assert seen(id).state is S.LAPSED
        with pytest.raises(CompensationOver):
            pay(id, bank.liu)
    assert proposed(bank)


def test_withdrawn_while_it_is_approved_is_not_paid(bank):
    id = approved(bank)
    feedback.withdraw_compensation(compensation=id, note="客户已谅解", by=bank.liu)
    assert seen(id).state is S.WITHDRAWN
    assert seen(id).ended.words == "客户已谅解"
    with pytest.raises(CompensationOver):
        pay(id, bank.liu)
    with pytest.raises(CompensationOver):
        feedback.withdraw_compensation(compensation=id, note="再撤", by=bank.liu)
    assert approvals.open_approvals(maker=bank.liu.id, branch=BRANCH) == []


def test_withdrawn_while_it_waits_is_not_approved(bank):
    id = proposed(bank)
    approvals.claim(request=request_of(id), by=bank.zhang)
    feedback.withdraw_compensation(compensation=id, note="客户已谅解", by=bank.operations)
    with pytest.raises(Refusal):
        approvals.approve(request=request_of(id), by=bank.zhang)


def test_taken_back_at_the_approval_desk_it_is_withdrawn(bank):
    id = proposed(bank)
    approvals.withdraw(request=request_of(id), by=bank.liu)
    assert seen(id).state is S.WITHDRAWN


def test_an_entry_that_was_taken_back_counts_no_more(bank):
    entry = pay(id := approved(bank), bank.liu)
    ledger.reverse(entry=entry, key=new_key(), kind=ReversalKind.CANCEL, reason="错付", by=bank.wang)
    assert seen(id).reversed_by
    assert queries.paid(queries.compensations(bank.complaint)) == 0


def test_events_hold_amounts_and_references_and_no_words(bank):
    pay(approved(bank), bank.liu)
    events = Event.objects.filter(verb__startswith="feedback.compensation").order_by("id")
    assert [one.verb for one in events] == [
        "feedback.compensation.proposed",
        "feedback.compensation.booked",
        "feedback.compensation.paid",
    ]
    assert "叫号" not in str([one.data for one in events])
    assert "王重阳" not in str([one.data for one in events])


def test_an_unknown_proposal_is_none(bank):
    for act in (pay, lambda id, by: feedback.withdraw_compensation(compensation=id, note="无", by=by)):
        with pytest.raises(UnknownCompensation):
            act(10**9, bank.liu)
