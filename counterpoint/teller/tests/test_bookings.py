"""A large withdrawal that was booked 大额预约: it satisfies the rule, and the booking ends with the entry."""

from types import SimpleNamespace

import pytest

from counterpoint.org import services as org
from counterpoint.people.data import Duty
from counterpoint.teller import services as teller
from counterpoint.teller.data import BookingNeeded, QuoteChanged
from counterpoint.teller.services import consult
from counterpoint.vault import services as vault
from counterpoint.vault.data import BookingState

from .conftest import deposit, spread

RULE = "teller.cash_booking"


def asked_by_the_counter(monkeypatch, decide):
    """The counter alone asks ``decide``; the vault, which books, asks the book itself."""
    monkeypatch.setattr(consult, "org", SimpleNamespace(**vars(org) | {"decide_if_any": decide}))


@pytest.fixture
def rich(bank, monkeypatch):
    """Zhang San Feng has 40,000 yuan, and the counter asks for a booking above 10,000."""
    deposit(bank.zhang, 4_000_000, bank.maker, id_checked=True)
    decide = org.decide_if_any

    def lower(*, table, facts, at):
        more = {"amount_minor": facts["amount_minor"] + 4_000_000} if table == RULE else {}
        return decide(table=table, facts=facts | more, at=at)

    asked_by_the_counter(monkeypatch, lower)
    return bank


def book(bank, amount):
    return vault.book_cash(
        party=bank.zhang.party.id, account=bank.zhang.account, amount=amount, day=org.business_day(3).date,
        by=bank.maker,
    )  # fmt: skip


def quote(bank, amount):
    form = {
        "account": bank.zhang.number, "amount": amount, "faces": spread(amount), "id_checked": True,
        "id_copied": True,
    }  # fmt: skip
    return teller.quote(operation="1102", form=form, by=bank.maker)


def serve(bank, quoted):
    approval = [teller.approve(quote=quoted.id, approver=bank.supervisor).id] if quoted.approval else None
    return teller.confirm(quote=quoted.id, key=quoted.key, by=bank.maker, approval=approval)


def rules_of(quoted):
    return {hit.rule for hit in quoted.hits}


def test_without_a_booking_a_supervisor_waives_it(rich):
    quoted = quote(rich, 2_000_000)
    assert RULE in rules_of(quoted)
    assert (quoted.approval.rule, quoted.approval.duty) in {
        (RULE, Duty.AUTHORIZE), ("teller.approval", Duty.AUTHORIZE),
    }  # fmt: skip


def test_a_booking_satisfies_the_rule_and_is_paid_by_the_entry(rich):
    booked = book(rich, 2_000_000)
    quoted = quote(rich, 2_000_000)
    assert RULE not in rules_of(quoted)
    assert "booked" in quoted.notes
    receipt = serve(rich, quoted)
    ended = vault.booking(booked.id)
    assert ended.state is BookingState.PAID
    assert ended.entry
    again = teller.confirm(quote=quoted.id, key=quoted.key, by=rich.maker)
    assert (again.number, again.repeated) == (receipt.number, True)


def test_several_operations_at_once_end_the_booking_too(rich):
    booked = book(rich, 2_000_000)
    form = {
        "lines": [{"kind": "withdrawal", "account": rich.zhang.number, "amount": 2_000_000}],
        "faces": spread(2_000_000), "id_checked": True, "id_copied": True,
    }  # fmt: skip
    quoted = teller.quote(operation="1701", form=form, by=rich.maker)
    assert RULE not in rules_of(quoted)
    serve(rich, quoted)
    assert vault.booking(booked.id).state is BookingState.PAID
    form["lines"][0]["amount"] = 1_100_000
    form["faces"] = spread(1_100_000)
    assert RULE in rules_of(teller.quote(operation="1701", form=form, by=rich.maker))


def test_less_than_booked_leaves_the_booking_open_and_more_is_not_covered(rich):
    booked = book(rich, 2_000_000)
    serve(rich, quote(rich, 1_500_000))
    assert vault.booking(booked.id).active
    assert RULE in rules_of(quote(rich, 2_100_000))


def test_a_booking_cancelled_between_quote_and_posting_stops_the_posting(rich):
    booked = book(rich, 2_000_000)
    quoted = quote(rich, 2_000_000)
    vault.cancel_booking(booking=booked.id, reason="客户取消", by=rich.maker)
    with pytest.raises(QuoteChanged):
        serve(rich, quoted)


def test_where_the_branch_may_not_waive_it_nothing_is_paid(rich, monkeypatch):
    decide = consult.org.decide_if_any

    def strict(*, table, facts, at):
        made = decide(table=table, facts=facts, at=at)
        if table == RULE and made is not None and made.outcome.get("booking"):
            made.outcome["waivable"] = False
        return made

    asked_by_the_counter(monkeypatch, strict)
    with pytest.raises(BookingNeeded):
        quote(rich, 2_000_000)
