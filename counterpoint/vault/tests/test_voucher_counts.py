"""Counts of vouchers: blind, kept for good, exact to the number, and void after the next move."""

import pytest
from django.urls import reverse

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.vault import services as vault
from counterpoint.vault.closing_hands import counted_gate, skipped_gate
from counterpoint.vault.data import (
    CountMoment,
    SecondPersonMissing,
    UnknownVoucherKind,
    VoucherAct,
    VoucherMalformed,
)
from counterpoint.vault.models_vouchers import VoucherCount
from counterpoint.vault.rules_vouchers import differences, joined, parse_spans, without
from counterpoint.vault.tests.bank import BRANCH, stocked

database = pytest.mark.django_db
world = once(stocked)


@pytest.fixture
def bank(world, db):
    return world()


def today():
    return org.business_day(BRANCH).date


def counted(bank, spans, *, moment=CountMoment.END, box=None, by=None, second="li", kind="passbook"):
    return vault.record_voucher_count(
        box=box or bank.mine, moment=moment, counted={kind: spans}, by=by or bank.wang,
        second=getattr(bank, second) if second else None,
    )  # fmt: skip


def left(bank):
    return {box.id for box in vault.uncounted_vouchers(branch=BRANCH, day=today())}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("101-150, 160", [(101, 150), (160, 160)]), ("１０１－１１０，１１２", [(101, 110), (112, 112)]),
        ("160 101-150", [(101, 150), (160, 160)]), ("103～104、106", [(103, 104), (106, 106)]),
        ("101至110；111", [(101, 111)]), ("CZ101–CZ103", [(101, 103)]), ("", []), ("００７", [(7, 7)]),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, spans):
    assert parse_spans(text, "CZ") == spans


@pytest.mark.parametrize("text", ["a", "150-101", "1-5, 5", "1--5", "-5", "9" * 17, "1.5", "101-150!"])
def test_what_is_no_list_of_numbers_is_refused_whole(text):
    with pytest.raises(VoucherMalformed):
        parse_spans(text)


def test_missing_and_extra_are_never_netted():
    missing, extra = differences({"a": [(1, 10)]}, {"a": [(1, 4), (6, 11)], "b": [(7, 7)]})
    assert missing == [("a", 5, 5)]
    assert extra == [("a", 11, 11), ("b", 7, 7)]
    assert without([(1, 10)], [(3, 4), (9, 20)]) == [(1, 2), (5, 8)]
    assert joined([(6, 9), (1, 5)]) == [(1, 9)]


@database
def test_a_count_that_agrees(bank):
    one = counted(bank, [(101, 150)])
    assert one.agrees
    assert vault.last_voucher_count(box=bank.mine, day=today()) == one


@database
def test_a_count_that_differs_is_kept_and_a_new_one_is_made(bank):
    first = counted(bank, [(101, 148), (160, 160)])
    assert first.missing == (("passbook", 149, 150),)
    assert first.extra == (("passbook", 160, 160),)
    second = counted(bank, [(101, 150)])
    assert second.agrees
    assert VoucherCount.objects.count() == 2
    assert VoucherCount.objects.get(pk=first.id).missing == [["passbook", 149, 150]]


@database
def test_passed_over_numbers_lie_there_and_void_ones_do_not_count(bank):
    for act, first in ((VoucherAct.SKIP, 101), (VoucherAct.VOID, 102)):
        vault.change_vouchers(
            act=act, kind=bank.passbook, first=first, last=first, box=bank.mine, by=bank.wang,
            reason="jam", second=bank.zhang,
        )  # fmt: skip
    assert counted(bank, [(101, 101), (103, 150)]).agrees


@database
def test_two_people_count_at_the_days_end_and_one_during_the_day(bank):
    for second in (None, "wang"):
        with pytest.raises(SecondPersonMissing):
            counted(bank, [(101, 150)], second=second)
    assert not VoucherCount.objects.exists()
    assert counted(bank, [(101, 150)], moment=CountMoment.MID, second=None).agrees


@database
def test_a_kind_that_does_not_exist_is_refused(bank):
    with pytest.raises(UnknownVoucherKind):
        counted(bank, [(1, 2)], kind="nothing")


@database
def test_who_has_nothing_to_do_with_cash_does_not_count(bank):
    with pytest.raises(NotAllowed):
        counted(bank, [(101, 150)], by=bank.staff["080401"])


@database
def test_a_move_after_the_count_makes_it_void(bank):
    counted(bank, [(101, 150)])
    assert left(bank) == {bank.safe}
    vault.use_vouchers(kind=bank.passbook, first=101, box=bank.mine, by=bank.wang)
    assert left(bank) == {bank.safe, bank.mine}
    counted(bank, [(102, 150)])
    assert left(bank) == {bank.safe}


@database
def test_the_day_waits_for_the_counts_of_every_box_with_forms(bank):
    assert {one.link for one in counted_gate(BRANCH, today())} == {
        reverse("vault:voucher_count", args=[box]) + "?moment=end" for box in (bank.mine, bank.safe)
    }
    counted(bank, [(101, 150)])
    counted(bank, [(151, 199)], box=bank.safe, by=bank.zhang, second="wang")
    assert len(counted_gate(BRANCH, today())) == 1
    counted(bank, [(151, 200)], box=bank.safe, by=bank.zhang, second="wang")
    assert counted_gate(BRANCH, today()) == []


@database
def test_a_count_during_the_day_does_not_close_it(bank):
    counted(bank, [(101, 150)], moment=CountMoment.MID)
    assert bank.mine in left(bank)


@database
def test_the_day_waits_for_numbers_that_were_passed_over(bank):
    vault.change_vouchers(
        act=VoucherAct.SKIP, kind=bank.passbook, first=101, last=102, box=bank.mine, by=bank.wang,
        reason="jam", second=bank.zhang,
    )  # fmt: skip
    assert len(skipped_gate(BRANCH, today())) == 1
    vault.change_vouchers(
        act=VoucherAct.RESTORE, kind=bank.passbook, first=101, last=102, box=bank.mine, by=bank.wang,
        reason="found in order",
    )  # fmt: skip
    assert skipped_gate(BRANCH, today()) == []


@database
def test_an_empty_branch_waits_for_nothing(bank):
    vault.move_vouchers(
        kind=bank.passbook, first=101, last=150, source=bank.mine, target=bank.safe, by=SYSTEM
    )
    assert left(bank) == {bank.safe}
