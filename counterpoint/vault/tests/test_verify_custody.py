"""``verify`` proves custody: the journal told again ends where the rows stand."""

import pytest
from django.db import connection

from counterpoint.kit.testing import once
from counterpoint.vault import services as vault
from counterpoint.vault.models import Custody, Stock
from counterpoint.vault.tests.bank import BRANCH, stocked
from counterpoint.vault.tests.test_services import move
from counterpoint.vault.verify_custody import check

pytestmark = pytest.mark.django_db


world = once(stocked)


@pytest.fixture
def bank(world):
    return world()


def findings():
    return [(one.code, one.row, one.columns) for one in check(connection.connection)]


def handed_over(bank):
    made = vault.propose_hand_over(receiver=bank.chen.id, by=bank.wang)
    counted = {part["key"]: part["count"] for part in vault.package_of(person=bank.wang.id, branch=BRANCH)}
    vault.count_hand_over(hand_over=made.id, counted=counted, by=bank.chen)
    vault.accept_hand_over(hand_over=made.id, receiver=bank.chen, supervisor=bank.zhang, by=bank.wang)


def test_claims_returns_hand_overs_and_moves_add_up(bank):
    move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 5})
    handed_over(bank)
    vault.release_box(box=bank.other, by=bank.li)
    assert findings() == []


def test_notes_that_no_entry_moved_are_found(bank):
    row = Stock.objects.get(box=bank.mine)
    row.counts[0] += 1
    row.counts[1] -= 2
    row.save()
    assert vault.faces_astray(branch=BRANCH) == []  # worth the same: only the journal knows
    assert findings() == [("vault.stock", bank.mine, ("counts",))]


def test_a_custodian_whom_the_journal_does_not_know_is_found(bank):
    handed_over(bank)
    Custody.objects.filter(box=bank.mine, until=None).update(person_id=bank.wang.id)
    assert ("vault.custody", bank.mine, ("person_id",)) in findings()


def test_two_hands_on_one_box_at_a_time_are_found(bank):
    handed_over(bank)
    second = Custody.objects.get(box=bank.mine, until=None)
    Custody.objects.filter(box=bank.mine).exclude(pk=second.pk).update(until="2100-01-01T00:00Z")
    assert ("vault.custody", second.pk, ("since", "until")) in findings()
