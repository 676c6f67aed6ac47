"""Two presses, two tellers, one quote, one account: with real commits."""

import threading

import pytest

from counterpoint.kit.keys import new_key
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import InsufficientFunds
from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.teller import models
from counterpoint.teller import services as teller
from counterpoint.teller.services import confirming
from counterpoint.teller.tests.conftest import balance, build, deposit, spread
from counterpoint.vault import services as vault
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank(transactional_db):
    yield build()
    stop_engine()


def receipts_of(results):
    return [one for one in results if isinstance(one, teller.Receipt)]


def test_a_double_press_posts_once_and_both_see_the_same_receipt(bank):
    form = {"account": bank.zhang.number, "amount": 100_00, "faces": spread(100_00)}
    quote = teller.quote(operation="1101", form=form, by=bank.maker)
    press = lambda: teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)  # noqa: E731
    results = at_once(*[press] * 6)
    lost = [one for one in results if isinstance(one, Exception)]
    assert len(receipts_of(results)) == 6, lost
    assert len({one.number for one in results}) == 1
    assert balance(bank.zhang) == 100_00
    assert vault.faces_astray() == []


def test_two_keys_for_one_quote_post_once(bank):
    form = {"account": bank.zhang.number, "amount": 100_00, "faces": spread(100_00)}
    quote = teller.quote(operation="1101", form=form, by=bank.maker)
    keys = [new_key() for _ in range(4)]
    works = [lambda key=key: teller.confirm(quote=quote.id, key=key, by=bank.maker) for key in keys]
    results = at_once(*works)
    assert len(receipts_of(results)) == 1, results
    assert balance(bank.zhang) == 100_00


def _drain(bank, tellers):
    """Every teller takes the whole balance; quoted before anybody posts."""
    quotes = [
        (who, teller.quote(operation="1102", form={"account": bank.zhang.number, "amount": 100_00}, by=who))
        for who in tellers
    ]
    return at_once(
        *[lambda w=who, q=quote: teller.confirm(quote=q.id, key=q.key, by=w) for who, quote in quotes]
    )


def test_two_tellers_do_not_drain_one_account_twice(bank):
    deposit(bank.zhang, 100_00, bank.maker)
    results = _drain(bank, [bank.maker, bank.other])
    assert len(receipts_of(results)) == 1, results
    assert any(isinstance(one, InsufficientFunds) for one in results)
    assert balance(bank.zhang) == 0
    assert vault.faces_astray() == []


def test_the_check_before_the_lock_alone_would_let_both_through(bank, monkeypatch):
    """The negative control: what both tellers saw before posting allowed both payments."""
    deposit(bank.zhang, 100_00, bank.maker)
    ready = threading.Barrier(2, timeout=10)
    passed = []

    def wait(row, ctx, made, used, key):
        passed.append(made.shown[0].available >= made.amount)
        ready.wait()

    monkeypatch.setattr(confirming, "_carry_out", wait)
    _drain(bank, [bank.maker, bank.other])
    assert passed == [True, True]


def test_receipt_numbers_are_gapless_under_load(bank):
    quotes = []
    for at in range(12):
        who = (bank.maker, bank.other)[at % 2]
        form = {"account": bank.customers[at % 3].number, "amount": 1_00, "faces": {"100": 1}}
        quotes.append((who, teller.quote(operation="1101", form=form, by=who)))
    too_much = {"account": bank.zhang.number, "amount": 1_00}
    deposit(bank.zhang, 1_00, bank.maker)
    quotes += [(w, teller.quote(operation="1102", form=too_much, by=w)) for w in (bank.maker, bank.other) * 3]
    results = at_once(*[lambda w=w, q=q: teller.confirm(quote=q.id, key=q.key, by=w) for w, q in quotes])
    counts = sorted(models.Receipt.objects.values_list("count", flat=True))
    assert counts == list(range(1, len(counts) + 1))
    assert len(receipts_of(results)) == len(counts) - 1
    assert vault.faces_astray() == []


def test_one_approval_is_used_by_one_posting(bank):
    form = {
        "account": bank.zhang.number, "amount": 60_000_00, "faces": {"10000": 600}, "id_checked": True,
        "id_copied": True,
    }  # fmt: skip
    quote = teller.quote(operation="1101", form=form, by=bank.maker)
    approval = teller.approve(quote=quote.id, approver=bank.supervisor).id
    results = at_once(
        *[lambda: teller.confirm(quote=quote.id, key=quote.key, by=bank.maker, approval=approval)] * 4
    )
    assert len({one.number for one in receipts_of(results)}) == 1, results
    assert balance(bank.zhang) == 60_000_00
    assert ledger.trial_balance(branch=3, date=quote.business_date).balanced
