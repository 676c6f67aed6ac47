"""What is unfinished at the counter stops the teller's hand-over, and is named."""

import pytest

from counterpoint.teller import services as teller
from counterpoint.vault import services as vault
from counterpoint.vault.data import HandOverBlocked

from .conftest import deposit, spread


def stopped(bank):
    with pytest.raises(HandOverBlocked) as refused:
        vault.propose_hand_over(receiver=bank.staff["080103"].id, by=bank.maker)
    return [one["en"] for one in refused.value.details["blockers"]]


def test_a_quote_that_can_still_be_confirmed_stops_a_hand_over(bank):
    form = {"account": bank.zhang.number, "amount": 10_000, "faces": spread(10_000)}
    quote = teller.quote(operation="1101", form=form, by=bank.maker)
    assert stopped(bank) == ["1101 Cash deposit waits to be confirmed"]
    teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert vault.propose_hand_over(receiver=bank.staff["080103"].id, by=bank.maker)


def test_notes_that_were_not_handed_out_yet_stop_it_too(bank):
    deposit(bank.zhang, 50_000, bank.maker)
    form = {"account": bank.zhang.number, "amount": 20_000, "faces": spread(20_000)}
    quote = teller.quote(operation="1102", form=form, by=bank.maker)
    receipt = teller.confirm(quote=quote.id, key=quote.key, by=bank.maker)
    assert stopped(bank) == [f"the notes of {receipt.number} were not handed out"]


def test_a_colleagues_unfinished_work_stops_nobody_else(bank):
    form = {"account": bank.zhang.number, "amount": 10_000, "faces": spread(10_000)}
    teller.quote(operation="1101", form=form, by=bank.other)
    assert vault.propose_hand_over(receiver=bank.staff["080103"].id, by=bank.maker)
