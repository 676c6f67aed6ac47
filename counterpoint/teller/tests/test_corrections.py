"""Corrections, copies, papers, the day."""

import pytest

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import InsufficientFunds
from counterpoint.org import services as org
from counterpoint.teller import services as teller
from counterpoint.teller.data import (
    AlreadyCorrected,
    CashNotBack,
    NotCorrectable,
)
from counterpoint.vault import services as vault
from counterpoint.vault.data import NoBox

from .conftest import balance, deposit, serve


def approved(bank, operation, form, by=None):
    """Quote, let the supervisor approve, confirm."""
    by = by or bank.maker
    quote = teller.quote(operation=operation, form=form, by=by)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor).id if quote.approval else None
    return teller.confirm(quote=quote.id, key=quote.key, by=by, approval=approval)


def test_a_deposit_is_cancelled_and_the_cash_goes_back(bank):
    first = deposit(bank.zhang, 200_00, bank.maker)
    form = {"receipt": first.number, "reason": "金额录错"}
    with pytest.raises(CashNotBack):
        approved(bank, "1801", form, by=reverser(bank))
    with pytest.raises(CashNotBack):
        approved(bank, "1801", form | {"handed_back": "no"}, by=reverser(bank))
    receipt = approved(bank, "1801", form | {"handed_back": "yes", "faces": {"10000": 2}}, by=reverser(bank))
    assert balance(bank.zhang) == 0
    assert receipt.corrects == first.id
    assert teller.receipt(first.id).corrected_by == receipt.id
    assert vault.faces_astray() == []
    with pytest.raises(AlreadyCorrected):
        approved(bank, "1801", form | {"handed_back": "yes", "faces": {"10000": 2}}, by=reverser(bank))
    with pytest.raises(NotCorrectable):
        approved(bank, "1801", {"receipt": receipt.number, "reason": "再抹"}, by=reverser(bank))


def reverser(bank):
    """The maker, with the duty of corrections for the test."""
    from counterpoint.people import services as people
    from counterpoint.people.data import Duty, Role

    if not people.may(person=bank.maker.id, duty=Duty.REVERSAL, branch=3):
        people.assign_role(person=bank.maker.id, role=Role.SENIOR_TELLER, branch=3, by=bank.staff["090301"])
    return bank.maker


def test_a_withdrawal_that_was_never_paid_is_cancelled_without_counting(bank):
    deposit(bank.zhang, 200_00, bank.maker)
    posted = serve("1102", {"account": bank.zhang.number, "amount": 150_00}, bank.maker)
    approved(bank, "1801", {"receipt": posted.number, "reason": "客户反悔"}, by=reverser(bank))
    assert balance(bank.zhang) == 200_00
    assert vault.faces_astray() == []


def test_a_paid_withdrawal_is_cancelled_only_with_the_cash_back(bank):
    deposit(bank.zhang, 200_00, bank.maker)
    posted = serve("1102", {"account": bank.zhang.number, "amount": 150_00}, bank.maker)
    teller.pay_out(receipt=posted.id, by=bank.maker)
    form = {"receipt": posted.number, "reason": "户名错误"}
    with pytest.raises(CashNotBack):
        approved(bank, "1801", form, by=reverser(bank))
    approved(bank, "1801", form | {"handed_back": "yes", "faces": {"5000": 3}}, by=reverser(bank))
    assert balance(bank.zhang) == 200_00


def test_money_that_is_spent_is_not_taken_back(bank):
    first = deposit(bank.zhang, 200_00, bank.maker)
    serve("1201", {"payer": bank.zhang.number, "payee": bank.li.number, "amount": 200_00}, bank.maker)
    with pytest.raises(InsufficientFunds):
        approved(
            bank, "1801",
            {"receipt": first.number, "reason": "错", "handed_back": "yes", "faces": {"10000": 2}},
            by=reverser(bank),
        )  # fmt: skip


def test_cash_in_a_colleagues_box_is_not_given_back_from_mine(bank):
    first = deposit(bank.zhang, 200_00, bank.other)
    with pytest.raises(NoBox):
        approved(
            bank, "1801",
            {"receipt": first.number, "reason": "错", "handed_back": "yes", "faces": {"10000": 2}},
            by=reverser(bank),
        )  # fmt: skip


def test_yesterdays_entry_is_reversed_not_cancelled(bank):
    deposit(bank.zhang, 200_00, bank.maker)
    moved = serve("1201", {"payer": bank.zhang.number, "payee": bank.li.number, "amount": 80_00}, bank.maker)
    org.close_day(branch=3, by=SYSTEM)
    org.open_day(branch=3, date=org.proposed_day(3), by=SYSTEM)
    form = {"receipt": moved.number, "reason": "收款人错误"}
    with pytest.raises(NotCorrectable):
        approved(bank, "1801", form, by=reverser(bank))
    receipt = approved(bank, "1802", form, by=reverser(bank))
    assert (balance(bank.zhang), balance(bank.li)) == (200_00, 0)
    assert Event.objects.get(key=receipt.key).verb == "ledger.entry.reversed"


def test_a_copy_is_marked_and_counted(bank):
    receipt = deposit(bank.zhang, 100_00, bank.maker)
    assert teller.print_receipt(receipt=receipt.id, by=bank.maker) == 0
    assert teller.print_receipt(receipt=receipt.id, by=bank.maker) == 1
    served = serve("1901", {"receipt": receipt.number}, bank.maker)
    assert served.answer == {"receipt": receipt.id, "print": 2}
    assert teller.receipt(receipt.id).prints == 3


def test_a_paper_carries_number_words_and_verification(bank):
    from counterpoint.teller.services.papers import voucher_data

    receipt = deposit(bank.zhang, 1_409_50, bank.maker)
    data = voucher_data(teller.receipt(receipt.id), 2)
    assert data["amount"]["words-zh"] == "人民币壹仟肆佰零玖元伍角"
    assert data["number"] == receipt.number
    assert data["code"] == receipt.verification
    assert data["reprint"] == 2
    assert ["余额", "Balance", "¥1,409.50"] in data["fields"]


def test_my_day_adds_up(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    deposit(bank.li, 100_00, bank.maker)
    serve("1102", {"account": bank.zhang.number, "amount": 50_00}, bank.maker)
    day = teller.my_day(by=bank.maker)
    assert day.kinds == (("1101", 2, 600_00), ("1102", 1, 50_00))
    assert (day.cash_in, day.cash_out) == (600_00, 50_00)
    assert day.drawer_expected == day.drawer_counted
    assert len(day.receipts) == 3


def test_both_branches_balance_after_all_this(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    serve("1201", {"payer": bank.zhang.number, "payee": bank.wang.number, "amount": 120_00}, bank.maker)
    day = org.business_day(3).date
    for branch in (3, 4):
        sides = ledger.trial_balance(branch=branch, date=day)
        assert sides.balanced
