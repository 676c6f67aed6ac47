"""Services on accounts, and several operations at once."""

from datetime import timedelta

import pytest

from counterpoint.customers import services as customers
from counterpoint.customers.data import MandateMode, MandateScope
from counterpoint.kit.data import SYSTEM, Malformed
from counterpoint.kit.models import Event
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountStatus, InsufficientFunds
from counterpoint.org import services as org
from counterpoint.teller import models
from counterpoint.teller import services as teller
from counterpoint.teller.data import (
    LimitReached,
    LossReported,
    NoMandate,
    NotReported,
    PasswordLocked,
    WeakPassword,
    WrongPassword,
)
from counterpoint.vault import services as vault

from .conftest import balance, deposit, serve, spread

IDENTIFIED = {"id_checked": True, "id_copied": True}


def approved(bank, operation, form, by=None):
    """Quote, let the supervisor approve, confirm."""
    by = by or bank.maker
    quote = teller.quote(operation=operation, form=form, by=by)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor).id if quote.approval else None
    return teller.confirm(quote=quote.id, key=quote.key, by=by, approval=approval)


def opened(bank, kind="II", password="258147"):
    form = {"customer": bank.zhang.party.id, "account_class": kind, "password": password} | IDENTIFIED
    return serve("1301", form, bank.maker)


def test_an_account_is_opened_linked_and_has_its_password(bank):
    receipt = opened(bank)
    account = receipt.answer["account"]
    assert teller.account_class(account) == "II"
    assert [p.id for p, _relation in customers.parties_of_account(account)] == [bank.zhang.party.id]
    stored = models.Password.objects.get(account_id=account).hash
    assert stored.startswith("argon2")
    assert not models.Secret.objects.exists()
    assert "258147" not in str(list(Event.objects.values_list("data", flat=True)))
    assert "258147" not in str(list(models.Quote.objects.values_list("payload", "shown")))


def test_a_second_class_one_account_is_refused(bank):
    with pytest.raises(LimitReached) as refused:
        opened(bank, kind="I")
    assert refused.value.why.rule == "accounts.class_one_per_person"


@pytest.mark.parametrize("password", ["123456", "111111", "654321", "12345", "abcdef", ""])
def test_an_easy_password_is_refused(bank, password):
    with pytest.raises(WeakPassword):
        opened(bank, password=password)


def test_the_password_guards_withdrawals_and_is_locked_after_three_failures(bank):
    receipt = opened(bank)
    number = receipt.answer["number"]
    teller_form = {"account": number, "amount": 100_00, "faces": {"10000": 1}}
    serve("1101", teller_form, bank.maker)
    out = {"account": number, "amount": 10_00}
    with pytest.raises(WrongPassword):
        teller.quote(operation="1102", form=out, by=bank.maker)
    serve("1102", out | {"password": "258147"}, bank.maker)
    for _attempt in range(3):
        with pytest.raises(WrongPassword):
            teller.quote(operation="1102", form=out | {"password": "000001"}, by=bank.maker)
    with pytest.raises(PasswordLocked):
        teller.quote(operation="1102", form=out | {"password": "258147"}, by=bank.maker)
    approved(bank, "1602", {"account": number, "password": "369258"} | IDENTIFIED)
    serve("1102", out | {"password": "369258"}, bank.maker)


def test_class_two_has_a_limit_of_the_day(bank):
    number = opened(bank).answer["number"]
    serve("1101", {"account": number, "amount": 9_000_00, "faces": {"10000": 90}}, bank.maker)
    with pytest.raises(LimitReached) as refused:
        serve("1101", {"account": number, "amount": 1_000_01, "faces": spread(1_000_01)}, bank.maker)
    assert refused.value.details["limits"] == {"day_limit_minor": 1_000_000}
    serve("1101", {"account": number, "amount": 1_000_00, "faces": {"10000": 10}}, bank.maker)


def test_closing_pays_the_rest_and_closes(bank):
    deposit(bank.zhang, 123_45, bank.maker)
    receipt = approved(bank, "1302", {"account": bank.zhang.number, "payout": "cash"} | IDENTIFIED)
    assert receipt.cash == -123_45
    assert ledger.account(bank.zhang.account).status is AccountStatus.CLOSED
    assert vault.faces_astray() == []


def test_closing_settles_the_interest_first(bank):
    deposit(bank.zhang, 40_000_00, bank.maker)
    start = org.business_day(3).date
    org.close_day(branch=3, by=SYSTEM)
    org.open_day(branch=3, date=org.proposed_day(3), by=SYSTEM)
    days = (org.business_day(3).date - start).days
    interest = (40_000_00 * days * 500 * 2 // 360 // 1_000_000 + 1) // 2
    quote = teller.quote(
        operation="1302", by=bank.maker,
        form={"account": bank.zhang.number, "payout": "transfer", "to": bank.li.number} | IDENTIFIED,
    )  # fmt: skip
    assert interest > 0
    assert quote.amount == 40_000_00 + interest
    approval = teller.approve(quote=quote.id, approver=bank.supervisor)
    teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=approval.id)
    assert balance(bank.li) == 40_000_00 + interest
    assert ledger.account(bank.zhang.account).status is AccountStatus.CLOSED


def test_an_empty_account_is_closed_without_an_entry(bank):
    receipt = approved(bank, "1302", {"account": bank.zhang.number, "payout": "cash"} | IDENTIFIED)
    assert ledger.posted_by_key(receipt.key) is None
    assert ledger.account(bank.zhang.account).status is AccountStatus.CLOSED


def test_a_balance_and_a_statement_have_their_receipts(bank):
    deposit(bank.zhang, 100_00, bank.maker)
    assert serve("1401", {"account": bank.zhang.number}, bank.maker).answer["balance"] == 100_00
    day = org.business_day(3).date
    receipt = serve("1402", {"account": bank.zhang.number, "since": day, "until": day}, bank.maker)
    teller.print_receipt(receipt=receipt.id, by=bank.maker)
    assert teller.receipt_pdf(receipt=receipt.id, count=0, by=bank.maker).startswith(b"%PDF")


def test_a_hold_and_its_release(bank):
    deposit(bank.zhang, 100_00, bank.maker)
    form = {
        "account": bank.zhang.number, "amount": 60_00, "authority": "court", "instrument": "(2026)沪01执1号",
        "officers": "赵法官、钱法官",
    }  # fmt: skip
    hold = approved(bank, "1501", form, by=senior(bank)).answer["hold"]
    with pytest.raises(InsufficientFunds):
        serve("1102", {"account": bank.zhang.number, "amount": 50_00}, bank.maker)
    release = {
        "account": bank.zhang.number,
        "hold": hold,
        "instrument": "(2026)沪01执1号之一",
        "reason": "结案",
    }
    approved(bank, "1502", release, by=senior(bank))
    serve("1102", {"account": bank.zhang.number, "amount": 50_00}, bank.maker)


def senior(bank):
    """Somebody with the duty of holds and corrections who is not the supervisor."""
    from dataclasses import replace

    from counterpoint.people import services as people
    from counterpoint.people.data import Duty

    for number in ("080103", "080101"):
        who = replace(bank.staff[number], branch=3)
        if people.may(person=who.id, duty=Duty.HOLDS, branch=3):
            return who
    raise AssertionError("nobody may place holds")


def test_a_temporary_loss_report_stops_payment_and_lapses_after_its_days(bank):
    deposit(bank.zhang, 100_00, bank.maker)
    receipt = approved(bank, "1601", {"account": bank.zhang.number, "action": "temporary"} | IDENTIFIED)
    day = org.business_day(3).date
    assert receipt.answer["until"] == (day + timedelta(days=5)).isoformat()
    assert balance(bank.zhang) == 90_00
    with pytest.raises(LossReported):
        serve("1102", {"account": bank.zhang.number, "amount": 1_00}, bank.maker)
    deposit(bank.zhang, 1_00, bank.maker)
    ledger.expire_holds(branch=3, date=day + timedelta(days=5), by=SYSTEM)
    assert ledger.account(bank.zhang.account).status is AccountStatus.DEBIT_FROZEN
    ledger.expire_holds(branch=3, date=day + timedelta(days=6), by=SYSTEM)
    assert ledger.account(bank.zhang.account).status is AccountStatus.ACTIVE


def test_a_temporary_report_becomes_formal_and_is_lifted(bank):
    deposit(bank.zhang, 100_00, bank.maker)
    form = {"account": bank.zhang.number} | IDENTIFIED
    with pytest.raises(NotReported):
        serve("1601", form | {"action": "lift"}, bank.maker)
    approved(bank, "1601", form | {"action": "temporary", "fee": "cash", "faces": {"1000": 1}})
    assert balance(bank.zhang) == 100_00
    approved(bank, "1601", form | {"action": "formal"})
    report = models.LossReport.objects.get(kind="formal")
    assert (report.replacement_from - report.business_date).days == 7
    with pytest.raises(NotReported):
        serve("1601", form | {"action": "formal"}, bank.maker)
    approved(bank, "1601", form | {"action": "lift"})
    assert ledger.account(bank.zhang.account).status is AccountStatus.ACTIVE
    assert models.LossEnd.objects.count() == 2


def test_a_mandate_has_its_limit(bank):
    deposit(bank.zhang, 1_000_00, bank.maker)
    customers.grant_mandate(
        account=bank.zhang.account, party=bank.li.party.id, mode=MandateMode.SINGLE,
        scope=[MandateScope.WITHDRAW],
        valid_from=org.business_day(3).date, limit=500_00, by=bank.maker,
    )  # fmt: skip
    agent = {
        "name": "李小龙",
        "document_kind": "resident_id",
        "document_number": bank.li.document,
        "relation": "友",
    }
    form = {"account": bank.zhang.number, "amount": 500_00, "agent": agent} | IDENTIFIED
    serve("1102", form, bank.maker)
    with pytest.raises(NoMandate):
        serve("1102", form | {"amount": 500_01 - 1 + 100}, bank.maker)


def multi(bank, lines, faces=None, **more):
    return {"lines": lines, "faces": faces or {}} | more


def test_several_operations_have_one_net_one_entry_one_receipt(bank):
    deposit(bank.zhang, 1_000_00, bank.maker)
    before = Event.objects.exclude(key=None).count()
    lines = [
        {"kind": "withdrawal", "account": bank.zhang.number, "amount": 300_00},
        {"kind": "deposit", "account": bank.li.number, "amount": 120_00},
        {"kind": "transfer", "account": bank.zhang.number, "to": bank.wang.number, "amount": 50_00},
        {"kind": "fee", "amount": 5_00},
    ]
    quote = teller.quote(
        operation="1701", form=multi(bank, lines, {"10000": 1, "5000": 1, "2000": 1, "500": 1}), by=bank.maker
    )
    assert quote.debit == quote.credit
    assert quote.payload["cash"] == -175_00
    receipt = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert receipt.cash == -175_00
    assert (balance(bank.zhang), balance(bank.li), balance(bank.wang)) == (650_00, 120_00, 50_00)
    assert Event.objects.exclude(key=None).count() == before + 1
    assert vault.faces_astray() == []


def test_what_comes_in_may_be_spent_in_the_same_service(bank):
    lines = [
        {"kind": "deposit", "account": bank.zhang.number, "amount": 100_00},
        {"kind": "transfer", "account": bank.zhang.number, "to": bank.li.number, "amount": 100_00},
    ]
    serve("1701", multi(bank, lines, {"10000": 1}), bank.maker)
    assert (balance(bank.zhang), balance(bank.li)) == (0, 100_00)


def test_one_impossible_line_stops_the_whole_service(bank):
    lines = [
        {"kind": "deposit", "account": bank.li.number, "amount": 100_00},
        {"kind": "withdrawal", "account": bank.zhang.number, "amount": 100_00},
    ]
    with pytest.raises(InsufficientFunds):
        serve("1701", multi(bank, lines), bank.maker)
    assert balance(bank.li) == 0


def test_splitting_into_lines_dodges_no_rule(bank):
    line = {"kind": "deposit", "account": bank.zhang.number, "amount": 25_000_00}
    quote = teller.quote(
        operation="1701", by=bank.maker, form=multi(bank, [line, line], {"10000": 500}, **IDENTIFIED)
    )
    assert quote.approval.people == 1
    assert any(hit.rule == "teller.large_value_report" for hit in quote.hits)


@pytest.mark.parametrize(
    "lines", [[], [{"kind": "theft", "amount": 1}], [{"kind": "deposit", "amount": 1}], "x", [1]]
)
def test_malformed_lines_are_refused(bank, lines):
    with pytest.raises(Malformed):
        teller.quote(operation="1701", form={"lines": lines}, by=bank.maker)


@pytest.mark.parametrize(
    ("operation", "wrong"),
    [("1402",
    {"since": "yesterday", "until": "x"}), ("1601", {"action": "burn"}), ("1302", {"payout": "gold"}),
     ("1502", {"hold": "x", "reason": "r", "instrument": "i"})],
)  # fmt: skip
def test_malformed_values_are_refused_by_the_services_themselves(bank, operation, wrong):
    with pytest.raises(Malformed):
        teller.quote(
            operation=operation, form={"account": bank.zhang.number} | wrong | IDENTIFIED, by=senior(bank)
        )


def test_unknown_fields_are_refused(bank):
    with pytest.raises(Malformed):
        teller.quote(operation="1401", form={"account": bank.zhang.number, "discount": 1}, by=bank.maker)
