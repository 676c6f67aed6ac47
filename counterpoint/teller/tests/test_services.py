"""Operations end to end on real PostgreSQL."""

from contextlib import suppress
from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Malformed, NotAllowed
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import (
    AccountClosed,
    AccountFrozen,
    BadNumber,
    DateClosed,
    HoldKind,
    InsufficientFunds,
    UnknownAccount,
)
from counterpoint.org import services as org
from counterpoint.teller import models
from counterpoint.teller import services as teller
from counterpoint.teller.data import (
    AgentIsOwner,
    AlreadyPaid,
    AmountRefused,
    KeyReused,
    NothingToPay,
    NotTheMaker,
    QuoteEnded,
    QuoteExpired,
    SameAccount,
)
from counterpoint.vault import services as vault
from counterpoint.vault.data import FacesDoNotSum, NoBox, NotEnoughOfFace, UnknownFace

from .conftest import balance, deposit, serve, spread

IDENTIFIED = {"id_checked": True, "id_copied": True}


def quote_deposit(bank, amount=100_00, **more):
    faces = more.pop("faces", None)
    form = {
        "account": bank.zhang.number,
        "amount": amount,
        "faces": spread(amount) if faces is None else faces,
    }
    return teller.quote(operation="1101", form=form | more, by=bank.maker)


def test_a_deposit_moves_money_notes_and_a_receipt_number_together(bank):
    box = vault.box_of(person=bank.maker.id)
    receipt = deposit(bank.zhang, 140_950, bank.maker)
    assert balance(bank.zhang) == 140_950
    after = vault.position(box=box.id)
    assert after.difference == 0
    assert after.counted == box.counted + 140_950
    assert receipt.number.endswith("-00001")
    entry = ledger.entry(ledger.posted_by_key(receipt.key).entry)
    assert entry.verb == "teller.cash.deposited"
    assert entry.data["receipt"] == receipt.number
    assert "张" not in str(entry.data)


def test_receipt_numbers_have_no_gap_even_when_something_is_refused(bank):
    numbers = [deposit(bank.zhang, 100, bank.maker).number]
    with pytest.raises(InsufficientFunds):
        serve("1102", {"account": bank.zhang.number, "amount": 10**9}, bank.maker)
    numbers += [deposit(bank.li, 200, bank.other).number, deposit(bank.zhang, 300, bank.maker).number]
    numbers.append(serve("1401", {"account": bank.zhang.number}, bank.maker).number)
    assert [int(number[-5:]) for number in numbers] == [1, 2, 3, 4]


def test_a_withdrawal_is_posted_first_and_then_paid(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    receipt = serve(
        "1102",
        {"account": bank.zhang.number, "amount": 123_00, "faces": {"10000": 1, "2000": 1, "100": 3}},
        bank.maker,
    )
    assert balance(bank.zhang) == 377_00
    assert receipt.to_pay
    assert receipt.faces == {"10000": -1, "2000": -1, "100": -3}
    assert [waiting.id for waiting in teller.my_day(by=bank.maker).to_pay] == [receipt.id]
    assert not teller.pay_out(receipt=receipt.id, by=bank.maker).to_pay
    with pytest.raises(AlreadyPaid):
        teller.pay_out(receipt=receipt.id, by=bank.maker)
    assert Event.objects.filter(verb="teller.cash.paid").count() == 1


def test_a_deposit_has_nothing_to_pay_out(bank):
    receipt = deposit(bank.zhang, 500_00, bank.maker)
    with pytest.raises(NothingToPay):
        teller.pay_out(receipt=receipt.id, by=bank.maker)


def test_without_faces_the_box_proposes_the_fewest_pieces(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    quote = teller.quote(
        operation="1102", form={"account": bank.zhang.number, "amount": 273_50}, by=bank.maker
    )
    assert quote.faces == {"10000": -2, "5000": -1, "2000": -1, "100": -3, "50": -1}
    receipt = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert receipt.cash == -273_50


def test_change_is_a_face_below_zero(bank):
    receipt = deposit(bank.zhang, 85_00, bank.maker, faces={"10000": 1, "1000": -1, "500": -1})
    assert receipt.cash == 85_00
    assert vault.faces_astray() == []


@pytest.mark.parametrize("faces", [{}, {"10000": 1}, {"10000": 2, "500": 1}])
def test_faces_that_do_not_sum_are_refused(bank, faces):
    with pytest.raises(FacesDoNotSum):
        quote_deposit(bank, 200_00, faces=faces)


def test_a_face_that_the_box_has_too_few_of_is_named(bank):
    deposit(bank.zhang, 49_000_00, bank.maker)
    with pytest.raises(NotEnoughOfFace) as refused:
        teller.quote(
            operation="1102", by=bank.maker,
            form={"account": bank.zhang.number, "amount": 1_500_00, "faces": {"500": 301, "c100": -5}},
        )  # fmt: skip
    assert refused.value.details["face"] == "500"
    assert refused.value.details["have"] == 300


def test_notes_that_left_the_box_after_the_quote_are_missed_at_the_confirmation(bank):
    deposit(bank.zhang, 40_000_00, bank.maker)
    form = {"account": bank.zhang.number, "amount": 1_000_00, "faces": {"500": 200}}
    quotes = [teller.quote(operation="1102", form=form, by=bank.maker) for _ in range(2)]
    teller.confirm(quote=quotes[0].id, key=quotes[0].key, by=bank.maker)
    with pytest.raises(NotEnoughOfFace):
        teller.confirm(quote=quotes[1].id, key=quotes[1].key, by=bank.maker)
    assert balance(bank.zhang) == 39_000_00


@pytest.mark.parametrize("face", ["300", "c10000", "x"])
def test_a_face_that_is_none_is_refused(bank, face):
    with pytest.raises(UnknownFace):
        quote_deposit(bank, 100_00, faces={face: 1})


@pytest.mark.parametrize("amount", [0, -1, 2**63, "100", 1.5, True, None])
def test_an_amount_is_whole_above_zero_and_fits_the_books(bank, amount):
    with pytest.raises((AmountRefused, Malformed)):
        quote_deposit(bank, amount=amount, faces={"10000": 1})


def unused_number(like):
    """A number with a right check digit that no account has."""
    body = like[:-7] + "999000"
    for digit in "0123456789":
        with suppress(BadNumber):
            return ledger.clean_number(body + digit)
    raise AssertionError("no digit fits")


def test_unknown_closed_and_mistyped_accounts_are_told_apart(bank):
    number = bank.zhang.number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(BadNumber):
        quote_deposit(bank, account=wrong)
    with pytest.raises(UnknownAccount):
        quote_deposit(bank, account=unused_number(number))
    ledger.close_account(account=bank.zhang.account, by=bank.maker)
    with pytest.raises(AccountClosed):
        quote_deposit(bank)


def freeze(bank, kind):
    ledger.place_hold(
        account=bank.zhang.account, kind=kind, authority="bank", instrument="T-1", by=bank.maker
    )


def test_a_frozen_account_pays_nothing(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    freeze(bank, HoldKind.WHOLE)
    with pytest.raises(AccountFrozen):
        teller.quote(operation="1102", form={"account": bank.zhang.number, "amount": 100}, by=bank.maker)
    deposit(bank.zhang, 100, bank.maker)
    freeze(bank, HoldKind.FULL)
    with pytest.raises(AccountFrozen):
        quote_deposit(bank)


def test_an_account_frozen_after_the_quote_refuses_the_confirmation(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    quote = teller.quote(operation="1102", form={"account": bank.zhang.number, "amount": 100}, by=bank.maker)
    freeze(bank, HoldKind.WHOLE)
    with pytest.raises(AccountFrozen):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)


def test_a_wrong_currency_is_refused(bank):
    with pytest.raises(Malformed) as refused:
        quote_deposit(bank, currency="USD")
    assert refused.value.code == "wrong_currency"


def test_a_closed_day_takes_nothing(bank):
    quote = quote_deposit(bank)
    org.close_day(branch=3, by=SYSTEM)
    with pytest.raises(DateClosed):
        quote_deposit(bank)
    with pytest.raises(DateClosed):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)


def test_a_quote_of_yesterday_is_not_confirmed_today(bank):
    quote = quote_deposit(bank)
    org.close_day(branch=3, by=SYSTEM)
    org.open_day(branch=3, date=org.proposed_day(3), by=SYSTEM)
    with pytest.raises(QuoteExpired):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)


def test_an_expired_quote_is_refused(bank, monkeypatch):
    quote = quote_deposit(bank)
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(QuoteExpired):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert teller.expire_quotes(branch=3, by=SYSTEM) == 1
    assert models.QuoteEnd.objects.get(quote=quote.id).state == "expired"


def test_a_cancelled_quote_is_refused(bank):
    quote = quote_deposit(bank)
    teller.cancel_quote(quote=quote.id, by=bank.maker)
    with pytest.raises(QuoteEnded):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)


def test_confirming_twice_gives_the_same_receipt(bank):
    quote = quote_deposit(bank)
    first = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    again = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert again.number == first.number
    assert again.repeated
    assert not first.repeated
    assert balance(bank.zhang) == 100_00


def test_another_key_does_not_confirm_a_quote_twice(bank):
    quote = quote_deposit(bank)
    teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    with pytest.raises(QuoteEnded):
        teller.confirm(quote=quote.id, key=new_key(), by=bank.maker)


def test_a_key_is_not_used_for_two_quotes(bank):
    first, second = quote_deposit(bank), quote_deposit(bank, 50_00)
    teller.confirm(quote=first.id, key=first.key, by=bank.maker)
    with pytest.raises(KeyReused):
        teller.confirm(quote=second.id, key=first.key, by=bank.maker)


def test_nobody_confirms_anothers_quote(bank):
    quote = quote_deposit(bank)
    with pytest.raises(NotTheMaker):
        teller.confirm(quote=quote.id, key=quote.key, by=bank.other)


def test_a_new_quote_of_one_form_replaces_the_one_before(bank):
    first = quote_deposit(bank)
    form = {"account": bank.zhang.number, "amount": 50_00, "faces": spread(50_00)}
    second = teller.quote(operation="1101", form=form, by=bank.maker, key=first.key)
    with pytest.raises(QuoteEnded):
        teller.confirm(quote=first.id, key=first.key, by=bank.maker)
    teller.confirm(quote=second.id, key=second.key, by=bank.maker)
    assert balance(bank.zhang) == 50_00


def test_cash_needs_a_box_in_ones_own_custody(bank):
    vault.release_box(box=vault.box_of(person=bank.maker.id).id, by=bank.maker)
    with pytest.raises(NoBox):
        quote_deposit(bank)


def test_a_lobby_manager_does_not_take_cash(bank):
    with pytest.raises(NotAllowed):
        teller.quote(
            operation="1101", by=bank.staff["080301"],
            form={"account": bank.zhang.number, "amount": 100, "faces": {"100": 1}},
        )  # fmt: skip


def test_a_transfer_inside_the_branch_moves_the_money(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    serve("1201", {"payer": bank.zhang.number, "payee": bank.li.number, "amount": 120_00}, bank.maker)
    assert (balance(bank.zhang), balance(bank.li)) == (380_00, 120_00)


def test_between_branches_each_balances_by_itself(bank):
    deposit(bank.zhang, 500_00, bank.maker)
    receipt = serve(
        "1201", {"payer": bank.zhang.number, "payee": bank.wang.number, "amount": 120_00}, bank.maker
    )
    by_branch = {}
    for line in receipt.lines:
        by_branch[line.branch] = by_branch.get(line.branch, 0) + line.amount
    assert by_branch == {3: 0, 4: 0}
    assert {line.label for line in receipt.lines} == {"transfer_out", "transfer_in", "between_branches"}
    deposit(bank.wang, 10_00, bank.maker)
    assert balance(bank.wang) == 130_00


def test_to_another_bank_through_clearing_with_its_charge(bank):
    deposit(bank.zhang, 5_000_00, bank.maker)
    form = {
        "payer": bank.zhang.number, "amount": 3_000_00, "bank_code": "102290000000", "bank_name": "示范银行",
        "payee_number": "6222020000000000", "payee_name": "赵六",
    }  # fmt: skip
    quote = teller.quote(operation="1202", form=form, by=bank.maker)
    assert quote.charges[0].amount == 5_00
    assert quote.balances[0].after == 5_000_00 - 3_005_00
    receipt = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert balance(bank.zhang) == 1_995_00
    clearing = ledger.internal_account(branch=3, gl="3001", currency="CNY")
    assert ledger.account(clearing).balance * ledger.account(clearing).sign == -3_000_00
    event = Event.objects.get(key=receipt.key)
    assert "赵六" not in str(event.data)


def test_a_transfer_to_itself_is_refused(bank):
    with pytest.raises(SameAccount):
        teller.quote(
            operation="1201", by=bank.maker,
            form={"payer": bank.zhang.number, "payee": bank.zhang.number, "amount": 1},
        )  # fmt: skip


def agent(number, name="赵六"):
    return {"name": name, "document_kind": "resident_id", "document_number": number, "relation": "朋友"}


def test_the_agent_is_not_the_owner(bank):
    with pytest.raises(AgentIsOwner):
        quote_deposit(bank, agent=agent(bank.zhang.document, "张三丰"), **IDENTIFIED)


def test_the_agent_is_recorded_by_reference(bank):
    receipt = serve(
        "1101",
        {
            "account": bank.zhang.number,
            "amount": 100,
            "faces": {"100": 1},
            "agent": agent(bank.li.document, "李小龙"),
        }
        | IDENTIFIED,
        bank.maker,
    )
    data = Event.objects.get(key=receipt.key).data
    assert data["agent"] == bank.li.party.id
    assert bank.li.document not in str(data)
    assert bank.li.document not in str(models.Quote.objects.get(pk=receipt.quote).payload)


def test_an_agent_with_a_malformed_document_is_refused(bank):
    with pytest.raises(Malformed):
        quote_deposit(bank, agent=agent("360426199101010072"), **IDENTIFIED)
