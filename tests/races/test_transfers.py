"""Two hands on one transfer: with real commits."""

import threading

import pytest

from counterpoint.kit.data import Refusal
from counterpoint.ledger import services as ledger
from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.vault import services as vault
from counterpoint.vault.data import TransferEnded, TransferState
from counterpoint.vault.models import Transfer, TransferStep
from counterpoint.vault.services import transfers
from counterpoint.vault.services.transfer_money import TRANSIT
from counterpoint.vault.tests.bank import BRANCH, build
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOTES = {"10000": 20, "5000": 4}
WORTH = 220_000


@pytest.fixture
def bank(transactional_db):
    made = build()
    vault.claim_box(box=made.safe, by=made.chen, second=made.zhang)
    yield made
    stop_engine()


def asked(bank):
    return vault.request_transfer(source=bank.safe, target=bank.mine, faces=NOTES, by=bank.wang).id


def counted(bank):
    """On its way, and counted: nothing is left but to take it in."""
    id = asked(bank)
    vault.issue_transfer(transfer=id, by=bank.chen)
    assert vault.count_transfer(transfer=id, faces=NOTES, by=bank.wang)
    return id


def in_transit():
    account = ledger.internal_account(branch=BRANCH, gl="1001", currency="CNY", label=TRANSIT)
    return ledger.account(account).balance


def sheet(bank):
    return {box: vault.box(box).faces for box in (bank.safe, bank.mine)}


def ended_once(results):
    done = [one for one in results if not isinstance(one, Exception)]
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(done) == 1, results
    assert all(isinstance(one, TransferEnded) for one in refused), results
    return done[0]


def test_a_double_press_issues_once(bank):
    id, before = asked(bank), sheet(bank)
    ended_once(at_once(*[lambda: vault.issue_transfer(transfer=id, by=bank.chen)] * 4))
    assert in_transit() == WORTH
    assert before[bank.safe]["10000"] - vault.box(bank.safe).faces["10000"] == 20
    assert vault.faces_astray() == []


def test_two_who_ask_for_the_same_at_once_ask_once(bank):
    assert len(set(at_once(*[lambda: asked(bank)] * 4))) == 1


def test_two_receive_at_once_and_one_does(bank):
    id, before = counted(bank), sheet(bank)
    done = ended_once(at_once(*[lambda: vault.receive_transfer(transfer=id, by=bank.wang)] * 4))
    assert done.state is TransferState.RECEIVED
    assert vault.box(bank.mine).faces["10000"] - before[bank.mine]["10000"] == 20
    assert in_transit() == 0
    assert TransferStep.objects.filter(transfer=id).count() == 3
    assert vault.faces_astray() == []


def endings(bank, id):
    return (
        lambda: vault.receive_transfer(transfer=id, by=bank.wang),
        lambda: vault.reject_transfer(transfer=id, reason="torn", by=bank.wang),
        lambda: vault.cancel_transfer(transfer=id, by=bank.chen),
    )


def test_received_rejected_and_cancelled_at_once_ends_one_way(bank):
    for _round in range(4):
        id, before = counted(bank), sheet(bank)
        done = ended_once(at_once(*endings(bank, id)))
        to = bank.mine if done.state is TransferState.RECEIVED else bank.safe
        assert vault.box(to).faces["10000"] - before[to]["10000"] == 20
        assert in_transit() == 0
    assert vault.faces_astray() == []


def test_without_the_lock_the_same_notes_would_arrive_twice(bank, monkeypatch):
    """The negative control: both read the state before either has written."""
    id, before = counted(bank), sheet(bank)
    both = threading.Barrier(2, timeout=10)

    def unlocked(transfer, act, by):
        row, view = Transfer.objects.get(pk=transfer), vault.transfer(transfer)
        both.wait()
        return row, view

    monkeypatch.setattr(transfers, "_locked", unlocked)
    results = at_once(*endings(bank, id)[:2])
    assert not [one for one in results if isinstance(one, Refusal)], results
    after = sheet(bank)
    arrived = sum(after[box]["10000"] - before[box]["10000"] for box in after)
    assert arrived == 40
    assert in_transit() == -WORTH
