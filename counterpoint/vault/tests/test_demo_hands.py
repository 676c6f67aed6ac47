"""The demo's forms, seals and keys: the same every time, and nobody holds what must be apart."""

import pytest
from django.db import connection

from counterpoint.kit.data import SYSTEM
from counterpoint.org import services as org
from counterpoint.people.services import ensure_demo_staff
from counterpoint.vault import rules_vouchers as rules
from counterpoint.vault import services as vault
from counterpoint.vault.data import BoxKind
from counterpoint.vault.models_vouchers import SealMove, VoucherMove
from counterpoint.vault.services.separation import parts_of
from counterpoint.vault.tests.bank import BRANCH
from counterpoint.vault.verify_vouchers import check

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    vault.ensure_demo_hands(by=SYSTEM)


def test_the_vault_and_two_boxes_hold_forms(demo):
    kinds = {box.id: box.kind for box in vault.boxes_of(branch=BRANCH)}
    held = {(one.kind.code, kinds[one.box]) for one in vault.voucher_runs(branch=BRANCH)}
    assert {code for code, _kind in held} == {"passbook", "certificate", "draft"}
    assert ("passbook", BoxKind.TELLER) in held
    assert ("draft", BoxKind.TELLER) not in held
    assert len({one.box for one in vault.voucher_runs(branch=BRANCH)}) == 3
    assert [finding.message for finding in check(connection.connection)] == []


def test_made_again_nothing_changes(demo):
    before = (VoucherMove.objects.count(), SealMove.objects.count(), vault.voucher_runs(branch=BRANCH))
    vault.ensure_demo_hands(by=SYSTEM)
    after = (VoucherMove.objects.count(), SealMove.objects.count(), vault.voucher_runs(branch=BRANCH))
    assert after == before


def test_nobody_holds_what_must_be_apart(demo):
    holders = {one.custodian for one in vault.seals_of(branch=BRANCH)}
    assert len(holders) == 4
    for person in holders:
        assert rules.together(parts_of(person)) == ()
