"""Blank vouchers: one holder a number, lowest first, and the books outside the balance sheet alike."""

import pytest
from django.db import IntegrityError, connection, transaction

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.keys import new_key
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    NotCustodian,
    NoVouchers,
    ReasonMissing,
    SecondPersonMissing,
    VoucherAccount,
    VoucherAct,
    VoucherKnown,
    VoucherMalformed,
    VoucherNotThere,
    VoucherSkipped,
    VoucherState,
)
from counterpoint.vault.models import VoucherMove, VoucherRange
from counterpoint.vault.tests.bank import BRANCH, stocked
from counterpoint.vault.verify_vouchers import check

pytestmark = pytest.mark.django_db

world = once(stocked)


@pytest.fixture
def bank(world):
    return world()


def runs(bank, kind=None):
    return [
        (r.box, r.run.first, r.run.last, str(r.run.state))
        for r in vault.voucher_runs(branch=BRANCH)
        if kind is None or r.kind.id == kind.id
    ]


def booked(gl):
    trial = ledger.trial_balance(date=org.business_day(BRANCH).date, branch=BRANCH)
    return sum(line.closing for line in trial.lines if line.gl == gl)


def sound():
    assert [finding.message for finding in check(connection.connection)] == []


def change(bank, act, first, last, *, second=True, reason="misprinted", **more):
    return vault.change_vouchers(
        act=act, kind=bank.passbook, first=first, last=last, box=bank.mine, by=bank.wang, reason=reason,
        second=bank.zhang if second else None, **more,
    )  # fmt: skip


def test_forms_received_and_moved_stand_at_one_yuan_each_outside_the_balance_sheet(bank):
    assert runs(bank) == [(bank.mine, 101, 150, "held"), (bank.safe, 151, 200, "held")]
    assert booked("9001") == 100 * 100
    assert booked("9999") == -100 * 100
    sound()


def test_valuables_stand_at_their_face(bank):
    vault.receive_vouchers(kind=bank.bond, first=1, last=10, box=bank.safe, by=SYSTEM)
    assert booked("9002") == 10 * 10_000
    sound()


def test_the_trial_balance_shows_them_apart(bank):
    trial = ledger.trial_balance(date=org.business_day(BRANCH).date, branch=BRANCH)
    assert {line.gl for line in trial.off_sheet} == {"9001", "9999"}
    assert not {line.gl for line in trial.on_sheet} & {"9001", "9002", "9999"}
    assert trial.balanced
    assert trial.off_totals["CNY"][2] == 0


def test_the_lowest_number_is_used_first(bank):
    assert vault.next_voucher(box=bank.mine, kind=bank.passbook) == 101
    with pytest.raises(VoucherSkipped) as refused:
        vault.use_vouchers(kind=bank.passbook, first=102, box=bank.mine, by=bank.wang)
    assert refused.value.details["next"] == 101
    done = vault.use_vouchers(kind=bank.passbook, first=101, box=bank.mine, by=bank.wang, subject="account:7")
    assert done.first == "CZ00000101"
    assert vault.next_voucher(box=bank.mine, kind=bank.passbook) == 102
    assert booked("9001") == 99 * 100
    assert VoucherMove.objects.get(act="use").subject == "account:7"
    sound()


def test_used_numbers_grow_together_into_one_range(bank):
    for number in (101, 102, 103):
        vault.use_vouchers(kind=bank.passbook, first=number, box=bank.mine, by=bank.wang)
    assert (bank.mine, 101, 103, "used") in runs(bank)
    sound()


def test_the_same_key_does_it_once(bank):
    key = new_key()
    for repeated in (False, True):
        done = vault.use_vouchers(kind=bank.passbook, first=101, box=bank.mine, by=bank.wang, key=key)
        assert done.repeated is repeated
    assert vault.next_voucher(box=bank.mine, kind=bank.passbook) == 102
    key = new_key()
    for repeated in (False, True):
        assert change(bank, VoucherAct.SKIP, 102, 102, key=key).repeated is repeated


def test_passing_numbers_over_needs_a_reason_and_a_second_person(bank):
    with pytest.raises(ReasonMissing):
        change(bank, VoucherAct.SKIP, 101, 102, reason=" ")
    with pytest.raises(SecondPersonMissing):
        change(bank, VoucherAct.SKIP, 101, 102, second=False)
    change(bank, VoucherAct.SKIP, 101, 102, reason="printer jam")
    assert vault.next_voucher(box=bank.mine, kind=bank.passbook) == 103
    assert vault.skipped_vouchers(branch=BRANCH)
    assert booked("9001") == 100 * 100
    change(bank, VoucherAct.VOID, 101, 102)
    assert vault.skipped_vouchers(branch=BRANCH) == []
    assert booked("9001") == 98 * 100
    sound()


def test_a_maker_is_not_the_second_person_too(bank):
    with pytest.raises(SecondPersonMissing):
        vault.change_vouchers(
            act=VoucherAct.VOID, kind=bank.passbook, first=101, last=101, box=bank.mine, by=bank.wang,
            reason="torn", second=bank.wang,
        )  # fmt: skip


def test_void_lost_found_returned_destroyed(bank):
    vault.use_vouchers(kind=bank.passbook, first=101, box=bank.mine, by=bank.wang)
    change(bank, VoucherAct.VOID, 101, 101)
    change(bank, VoucherAct.VOID, 102, 104)
    change(bank, VoucherAct.DESTROY, 101, 103)
    change(bank, VoucherAct.LOSE, 105, 106)
    change(bank, VoucherAct.FIND, 106, 106)
    change(bank, VoucherAct.RETURN, 104, 104)
    change(bank, VoucherAct.RETURN, 106, 110)
    assert [(first, last, state) for box, first, last, state in runs(bank) if box == bank.mine] == [
        (101, 103, "destroyed"), (104, 104, "returned"), (105, 105, "lost"), (106, 110, "returned"),
        (111, 150, "held"),
    ]  # fmt: skip
    assert booked("9001") == (100 - 4 - 1 - 5) * 100
    with pytest.raises(VoucherNotThere):
        change(bank, VoucherAct.FIND, 101, 101)
    sound()


@pytest.mark.parametrize(
    ("act", "first", "last"),
    [
        (VoucherAct.VOID, 150, 151), (VoucherAct.VOID, 1, 1), (VoucherAct.DESTROY, 101, 101),
        (VoucherAct.RESTORE, 101, 101), (VoucherAct.FIND, 101, 101),
    ],
)  # fmt: skip
def test_numbers_that_are_not_there_are_refused(bank, act, first, last):
    before = runs(bank)
    with pytest.raises(VoucherNotThere):
        change(bank, act, first, last)
    assert runs(bank) == before


@pytest.mark.parametrize(("first", "last"), [(5, 4), (-1, 3), (1, 10**9), (1, 2_000_000)])
def test_impossible_ranges_are_refused(bank, first, last):
    with pytest.raises(VoucherMalformed):
        vault.receive_vouchers(kind=bank.passbook, first=first, last=last, box=bank.safe, by=SYSTEM)


@pytest.mark.parametrize(("first", "last"), [(101, 101), (90, 110), (200, 300), (120, 130)])
def test_a_number_is_received_once(bank, first, last):
    vault.use_vouchers(kind=bank.passbook, first=101, box=bank.mine, by=bank.wang)
    with pytest.raises(VoucherKnown):
        vault.receive_vouchers(kind=bank.passbook, first=first, last=last, box=bank.other, by=SYSTEM)
    sound()


def test_only_who_answers_for_the_box_takes_from_it(bank):
    with pytest.raises(NotCustodian):
        vault.use_vouchers(kind=bank.passbook, first=101, box=bank.mine, by=bank.li)
    with pytest.raises(NotCustodian):
        vault.move_vouchers(
            kind=bank.passbook, first=101, last=110, source=bank.mine, target=bank.other, by=bank.wang,
            second=bank.zhang,
        )  # fmt: skip
    vault.move_vouchers(
        kind=bank.passbook, first=101, last=110, source=bank.mine, target=bank.other, by=bank.wang,
        second=bank.li,
    )  # fmt: skip
    assert vault.next_voucher(box=bank.other, kind=bank.passbook) == 101
    sound()


def test_an_empty_box_says_what_helps(bank):
    with pytest.raises(NoVouchers):
        vault.next_voucher(box=bank.other, kind=bank.passbook)


def test_the_entry_and_the_forms_cannot_differ(bank):
    stock = vault.voucher_account(box=bank.mine, kind=bank.passbook)
    contra = ledger.internal_account(branch=BRANCH, gl="9999", currency="CNY")
    for amount in (200, 50):
        with pytest.raises(VoucherAccount):
            ledger.post(
                Posting(
                    key=new_key(), verb="vault.voucher.used", branch=BRANCH,
                    business_date=org.business_day(BRANCH).date, by=SYSTEM, subject="x",
                    legs=(Leg(stock, -amount), Leg(contra, amount)),
                    effects=(
                        Effect(
                            "vault.vouchers",
                            {"act": "use", "kind": bank.passbook.id, "first": 101, "last": 101,
                             "source": bank.mine, "target": bank.mine},
                        ),
                    ),
                )
            )  # fmt: skip
    sound()


def test_the_database_itself_knows_one_holder(bank):
    with pytest.raises(IntegrityError), transaction.atomic():
        VoucherRange.objects.create(
            kind_id=bank.passbook.id, serials=(150, 151), box_id=bank.other, state="held"
        )


def test_a_register_or_a_range_that_was_altered_is_found(bank):
    VoucherRange.objects.filter(box=bank.mine).update(serials=(101, 150))
    assert {finding.code for finding in check(connection.connection)} == {
        "vault.vouchers", "vault.voucher_register",
    }  # fmt: skip


def test_every_state_has_words():
    from counterpoint.vault import labels_vouchers as labels
    from counterpoint.vault import rules_vouchers as rules

    assert set(labels.STATES) == set(VoucherState) == {VoucherState(s.code) for s in rules.VOUCHER.states}
    assert set(labels.ACTS) == set(VoucherAct) == set(rules.CONDUCT)
    for act, conduct in rules.CONDUCT.items():
        for source in conduct.sources:
            assert act is VoucherAct.MOVE or rules.VOUCHER.may(source, conduct.target), act
