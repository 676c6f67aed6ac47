"""Operations end to end on real PostgreSQL."""

import pytest

from counterpoint.ledger import services as ledger
from counterpoint.teller import services as teller
from counterpoint.vault import services as vault

from .conftest import balance, deposit, serve


def test_a_deposit_moves_money_notes_and_a_receipt_number_together(bank):
    box = vault.box_of(person=bank.maker.id)
    receipt = deposit(bank.zhang, 140_950, bank.maker)
    assert balance(bank.zhang) == 140_950
    after = vault.position(box=box.id)
    assert after.difference == 0
    assert after.counted == box.counted + 140_950
    assert receipt.number.endswith("-00001")
