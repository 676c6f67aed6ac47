"""Boxes that several people want at once, and postings that meet a pause: with real commits."""

import threading

import pytest
from django.db import connection

from counterpoint.kit.data import Refusal
from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.vault import services as vault
from counterpoint.vault.data import AlreadyHoldsBox, BoxStopped, BoxTaken, Stop
from counterpoint.vault.models import Custody
from counterpoint.vault.models_cash import LimitBreach
from counterpoint.vault.services import boxes as claims
from counterpoint.vault.tests.bank import BRANCH, build
from counterpoint.vault.tests.test_services import move
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank(transactional_db):
    yield build()
    stop_engine()


def release_all(bank):
    vault.release_box(box=bank.mine, by=bank.wang)
    vault.release_box(box=bank.other, by=bank.li)


def test_two_want_one_box_and_one_gets_it(bank):
    release_all(bank)
    free = vault.boxes_of(branch=BRANCH)[3].id
    found = at_once(*(lambda one=one: vault.claim_box(box=free, by=one) for one in (bank.chen, bank.li)))
    assert sum(isinstance(one, BoxTaken) for one in found) == 1
    assert Custody.objects.filter(box=free, until=None).count() == 1


def test_one_wants_two_boxes_and_gets_one(bank):
    release_all(bank)
    boxes = vault.boxes_of(branch=BRANCH)[3:5]
    found = at_once(*(lambda box=box: vault.claim_box(box=box.id, by=bank.chen) for box in boxes))
    assert sum(isinstance(one, AlreadyHoldsBox) for one in found) == 1
    assert Custody.objects.filter(person=bank.chen.id, until=None).count() == 1


def test_without_the_lock_two_pass_every_check_and_only_the_constraint_is_left(bank, monkeypatch):
    """The negative control: the row unlocked, and both past the question who holds it."""
    release_all(bank)
    free = vault.boxes_of(branch=BRANCH)[3].id
    both, day = threading.Barrier(2), claims.claiming.check_day

    def unlocked(id):
        return claims.Box.objects.get(pk=id)

    def met(row):
        both.wait(timeout=20)
        return day(row)

    monkeypatch.setattr(claims, "_locked", unlocked)
    monkeypatch.setattr(claims.claiming, "check_day", met)
    found = at_once(*(lambda one=one: vault.claim_box(box=free, by=one) for one in (bank.chen, bank.li)))
    assert [type(one) for one in found if isinstance(one, Refusal)] == [AlreadyHoldsBox]
    assert Custody.objects.filter(box=free, until=None).count() == 1


def posted_around_a_pause(bank, rounds=15):
    """Notes go into the box while it is paused and resumed; what it held at each pause and at its end."""
    stop, torn = threading.Event(), []

    def post():
        try:
            while not stop.is_set():
                try:
                    move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})
                except BoxStopped:
                    continue
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(rounds):
            vault.pause_box(box=bank.mine, reason="", by=bank.wang)
            before = vault.box(bank.mine).counted
            threading.Event().wait(0.02)
            torn.append(vault.box(bank.mine).counted - before)
            vault.resume_box(box=bank.mine, by=bank.wang)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
    return torn


def test_nothing_lands_in_a_box_once_it_is_paused(bank):
    assert set(posted_around_a_pause(bank)) == {0}
    assert vault.faces_astray() == []


def test_without_the_account_s_lock_a_posting_under_way_undoes_a_pause(bank, monkeypatch):
    """The negative control: the pause does not wait for the posting that has seen the box free."""
    from counterpoint.ledger.engine import batch
    from counterpoint.vault.effects import Faces

    seen, paused, read = threading.Event(), threading.Event(), Faces.read

    def slow(self, rows, carried):
        found = read(self, rows, carried)
        seen.set()
        paused.wait(timeout=20)
        return found

    def post():
        return move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 1})

    def pause():
        seen.wait(timeout=20)
        try:
            vault.pause_box(box=bank.mine, reason="", by=bank.wang)
            return vault.box(bank.mine)
        finally:
            paused.set()

    monkeypatch.setattr(Faces, "read", slow)
    unlocked = batch.LOAD_ACCOUNTS.replace(" FOR NO KEY UPDATE", "")
    monkeypatch.setattr(batch, "LOAD_ACCOUNTS", unlocked)
    posted, then = at_once(post, pause)
    assert not isinstance(posted, Exception)
    assert (then.stopped, vault.box(bank.mine).stopped) == (Stop.PAUSED, Stop.NONE)
    assert vault.box(bank.mine).counted == then.counted + 10_000


def test_two_watches_begin_one_clock(bank):
    vault.set_limits(box=bank.mine, soft=1, hard=0, faces={}, by=bank.zhang)
    assert sorted(at_once(vault.note_breaches, vault.note_breaches)) == [0, 1]
    assert LimitBreach.objects.filter(box=bank.mine, until=None).count() == 1
