"""Counts of a box while notes move in it: with real commits."""

import threading

import pytest
from django.db import connection

from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.vault import services as vault
from counterpoint.vault.data import CountMoment
from counterpoint.vault.services import counts
from counterpoint.vault.tests.bank import build
from counterpoint.vault.tests.test_services import move

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 40


@pytest.fixture
def bank(transactional_db):
    yield build()
    stop_engine()


def counted_while_notes_move(bank):
    """Counts from one thread, postings of one note each from another; the counts in their order."""
    stop, troubles = threading.Event(), []

    def post():
        try:
            while not stop.is_set():
                move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})
        except Exception as trouble:  # the test looks at what it was
            troubles.append(trouble)
        finally:
            connection.close()

    def count(pieces):
        typed = {"10000": {"loose": pieces}}
        return vault.count_box(box=bank.mine, moment=CountMoment.MID, typed=typed, by=bank.wang)

    made = [count(1)]
    thread = threading.Thread(target=post)
    thread.start()
    try:
        made += [count(pieces) for pieces in range(2, ROUNDS)]
    finally:
        stop.set()
        thread.join(timeout=30)
    assert not troubles
    assert made[-1].version > made[0].version
    return made


def torn(made):
    """Counts whose expected faces are not those of the version they name."""
    first = made[0]
    return [
        one for one in made
        if one.expected_faces["10000"] - first.expected_faces["10000"] != one.version - first.version
        or one.expected - first.expected != (one.version - first.version) * 10000
    ]  # fmt: skip


def test_what_a_count_expects_is_wholly_before_a_posting_or_wholly_after(bank):
    assert torn(counted_while_notes_move(bank)) == []


def test_without_the_lock_a_count_would_name_a_moment_that_never_was(bank, monkeypatch):
    """The negative control: version and faces read apart, with a posting let through between them."""
    from counterpoint.ledger import services as ledger

    def read(ids):
        found = {one.id: one.version for one in ledger.accounts(ids).values()}
        move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})
        return found

    monkeypatch.setattr(counts.ledger, "lock_accounts", read)
    typed = {"10000": {"loose": 1}}
    made = vault.count_box(box=bank.mine, moment=CountMoment.MID, typed=typed, by=bank.wang)
    assert made.version == 1, "the moment before the posting"
    assert made.expected_faces["10000"] == 601, "the notes after it"
