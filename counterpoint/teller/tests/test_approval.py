"""Rules at the counter: identity, approval by a second person, reports, replay."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import (
    ApprovalExpired,
    ApprovalUsed,
    MakerApproves,
    PayloadAltered,
    RekeyDiffers,
    RequestEnded,
    RequestState,
)
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import services as teller
from counterpoint.teller.data import (
    ApprovalNeeded,
    IdentityNeeded,
    NotTheMaker,
    QuoteChanged,
)

from .conftest import balance, deposit, serve, spread

IDENTIFIED = {"id_checked": True, "id_copied": True}


def quote_deposit(bank, amount=100_00, **more):
    form = {"account": bank.zhang.number, "amount": amount, "faces": spread(amount)}
    return teller.quote(operation="1101", form=form | more, by=bank.maker)


def test_fifty_thousand_in_cash_needs_identity_and_says_the_rule(bank):
    with pytest.raises(IdentityNeeded) as refused:
        quote_deposit(bank, 50_000_00)
    assert refused.value.why.since == "2026-01-01"
    assert refused.value.why.source


def big(bank, amount=50_000_00, by=None):
    form = {"account": bank.zhang.number, "amount": amount, "faces": spread(amount)} | IDENTIFIED
    return teller.quote(operation="1101", form=form, by=by or bank.maker)


def test_fifty_thousand_need_a_second_person(bank):
    quote = big(bank)
    assert quote.approval.people == 1
    assert {hit.rule for hit in quote.hits} >= {
        "teller.approval",
        "teller.identity",
        "teller.large_value_report",
    }
    with pytest.raises(ApprovalNeeded) as refused:
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert "张伟" in refused.value.why.helper
    approval = teller.approve(quote=quote.id, approver=bank.supervisor)
    receipt = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=approval.id)
    assert receipt.approver == approval.id
    assert Event.objects.get(key=receipt.key).data["approver"] == bank.supervisor.id


def test_one_fen_less_needs_none(bank):
    quote = quote_deposit(bank, 49_999_99)
    assert quote.approval is None
    assert quote.hits == ()


def test_the_large_value_report_is_flagged_with_five_working_days(bank):
    quote = big(bank)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor)
    receipt = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=approval.id)
    due = org.add_working_days(org.business_day(3).date, 5).isoformat()
    assert [(r["criterion"], r["due"]) for r in receipt.reports] == [("cash_cny", due)]
    assert Event.objects.get(key=receipt.key).data["reports"][0]["due"] == due


def test_the_day_is_added_up_per_customer_and_direction(bank):
    deposit(bank.zhang, 30_000_00, bank.maker)
    second = deposit(bank.zhang, 25_000_00, bank.other)
    assert second.reports[0]["criterion"] == "cash_cny"
    out = serve("1102", {"account": bank.zhang.number, "amount": 10_000_00}, bank.maker)
    assert out.reports == ()


def test_the_maker_never_approves_not_even_as_an_administrator_or_in_a_second_role(bank):
    quote = big(bank)
    get_user_model().objects.filter(pk=bank.maker.id).update(is_superuser=True, is_staff=True)
    with connection.cursor() as cursor:
        # The verb would refuse it: cash and authority are incompatible. The approval must not rely on that.
        cursor.execute(
            "UPDATE people_roleassignment SET role = 'supervisor' WHERE person_id = %s", [bank.maker.id]
        )
    assert people.may(person=bank.maker.id, duty=Duty.AUTHORIZE, branch=3)
    with pytest.raises(MakerApproves):
        teller.approve(quote=quote.id, approver=bank.maker)


def test_whoever_lacks_the_duty_does_not_approve(bank):
    quote = big(bank)
    with pytest.raises(NotAllowed):
        teller.approve(quote=quote.id, approver=bank.other)


def test_an_approval_is_of_one_payload_only(bank):
    approved, altered = big(bank), big(bank, 60_000_00)
    approval = teller.approve(quote=approved.id, approver=bank.supervisor)
    with pytest.raises(PayloadAltered):
        teller.confirm(quote=altered.id, key=altered.key, by=bank.maker, approval=approval.id)
    assert balance(bank.zhang) == 0


def test_an_approval_is_used_once(bank):
    quote = big(bank)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor)
    teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=approval.id)
    with pytest.raises(ApprovalUsed):
        approvals.consume(approval=approval.id, payload_hash=quote.payload_hash, branch=3, key=new_key())


def test_an_approval_expires(bank, monkeypatch):
    quote = big(bank)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor)
    later = clock.now() + timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(ApprovalExpired):
        approvals.consume(approval=approval.id, payload_hash=quote.payload_hash, branch=3, key=new_key())


def test_a_million_needs_two_different_people(bank):
    quote = big(bank, 1_000_000_00)
    assert quote.approval.people == 2
    with pytest.raises(RekeyDiffers):
        teller.approve(quote=quote.id, approver=bank.supervisor)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor, rekey={"amount": "1,000,000.00"})
    with pytest.raises(ApprovalNeeded):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=[approval.id, approval.id])
    assert people.people_with(duty="authorize", branch=3)


def test_a_rule_that_changes_after_the_quote_refuses_the_confirmation(bank):
    quote = quote_deposit(bank, 30_000_00)
    deposit(bank.zhang, 30_000_00, bank.other)
    with pytest.raises(QuoteChanged) as refused:
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert "rules" in refused.value.details["changed"]


def test_what_was_asked_of_a_rule_can_be_replayed(bank):
    deposit(bank.zhang, 100_00, bank.maker)
    day = org.business_day(3).date
    (said,) = teller.asked("teller.approval", day, day)
    assert said.facts["amount_minor"] == 100_00
    assert said.outcome["approvals"] == 0


def test_the_approval_desk_sees_the_whole_slip_and_approves_it(bank):
    quote = big(bank)
    request = teller.ask_approval(quote=quote.id, note="熟客", by=bank.maker)
    words = {row.en: row.value for row in request.rows}
    assert words["Amount"] == 50_000_00
    assert words["Account"] == bank.zhang.number
    assert request.payload_hash == quote.payload_hash
    approvals.claim(request=request.id, by=bank.supervisor)
    approvals.approve(request=request.id, by=bank.supervisor)
    given = [one.id for one in approvals.approvals_for(payload_hash=quote.payload_hash)]
    assert teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=given)


def test_a_changed_slip_takes_its_request_back(bank):
    quote = big(bank)
    request = teller.ask_approval(quote=quote.id, by=bank.maker)
    approvals.claim(request=request.id, by=bank.supervisor)
    form = {"account": bank.zhang.number, "amount": 50_000_01, "faces": spread(50_000_01)} | IDENTIFIED
    teller.quote(operation="1101", form=form, by=bank.maker, key=quote.key)
    assert approvals.request(request.id).state is RequestState.WITHDRAWN
    with pytest.raises(RequestEnded):
        approvals.approve(request=request.id, by=bank.supervisor)


def test_a_right_taken_away_after_the_approval_stops_the_posting(bank):
    quote = big(bank)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor)
    people.impose_restriction(
        person=bank.supervisor.id, duty="authorize", reason="复核中", source="audit", by=SYSTEM
    )
    with pytest.raises(ApprovalNeeded):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=approval.id)


def test_nobody_asks_for_anothers_quote(bank):
    quote = big(bank)
    with pytest.raises(NotTheMaker):
        teller.ask_approval(quote=quote.id, by=bank.other)
