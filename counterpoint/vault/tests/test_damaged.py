"""Damaged notes 残损币兑换: full, half or nothing; notes, money and bags always agree."""

import pytest

from counterpoint.kit.data import NotAllowed
from counterpoint.kit.keys import new_key
from counterpoint.ledger import services as ledger
from counterpoint.vault import rules_cases as rules
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    Damage,
    DamagedMalformed,
    DamageOutcome,
    FacesDoNotSum,
    NoBox,
    NotEnoughOfFace,
    NothingToHandIn,
    SecondPersonNeeded,
    faces_sum,
)
from counterpoint.vault.models import Stock
from counterpoint.vault.rules import as_faces
from counterpoint.vault.services.damaged import receivable
from counterpoint.vault.tests.bank import BRANCH
from counterpoint.vault.tests.cases_bank import with_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    return with_customer()


def exchange(bank, *notes, **more):
    return vault.exchange_damaged(**({"notes": notes, "by": bank.wang, "second": bank.li} | more))


def owed(bank):
    return ledger.account(receivable(BRANCH, "CNY", bank.wang)).balance


@pytest.mark.parametrize(
    ("left", "cross", "outcome", "worth"),
    [
        (100, False, "full", 10_000),
        (75, False, "full", 10_000),
        (74, False, "half", 5_000),
        (50, False, "half", 5_000),
        (49, False, "none", 0),
        (0, False, "none", 0),
        (75, True, "half", 5_000),
        (90, True, "half", 5_000),
    ],
)
def test_the_area_decides(bank, left, cross, outcome, worth):
    (one,) = vault.assess_damaged(notes=[Damage("10000", 1, left, cross)], at=bank.today)
    assert (one.outcome, one.worth) == (DamageOutcome(outcome), worth)
    assert one.reason_zh


def test_half_of_each_note_is_rounded_down_by_itself(bank):
    (three,) = vault.assess_damaged(notes=[Damage("10", 3, 60)], at=bank.today)
    assert three.worth == 15
    assert rules.worth_of(5, 3, 500_000) == 6


def test_small_change_that_the_box_does_not_hold_is_said_before_anything_is_written(bank):
    with pytest.raises(FacesDoNotSum):
        exchange(bank, Damage("10", 3, 60))
    assert vault.damaged_exchanges(branch=BRANCH) == []


def test_whole_notes_come_into_the_box_and_fit_ones_go_out(bank):
    before = vault.box(bank.mine)
    made = exchange(bank, Damage("10000", 3, 80), faces={"5000": 6})
    after = vault.box(bank.mine)
    assert made.paid == 30_000
    assert after.faces["10000"] == before.faces["10000"] + 3
    assert after.faces["5000"] == before.faces["5000"] - 6
    assert ledger.account(after.account).balance == after.counted == before.counted
    assert owed(bank) == 0
    assert vault.faces_astray() == []


def damaged_in(box):
    row = Stock.objects.get(box=box)
    return {face: n for face, n in as_faces(row.damaged, "CNY").items() if n}


def test_whole_notes_lie_in_the_box_as_damaged_ones(bank):
    before = vault.box(bank.mine).faces["10000"]
    exchange(bank, Damage("10000", 3, 80), faces={"10000": 3})
    assert vault.box(bank.mine).faces["10000"] == before
    assert damaged_in(bank.mine) == {"10000": 3}
    exchange(bank, Damage("10000", 1, 80), Damage("5000", 2, 90), faces={"10000": 2})
    assert damaged_in(bank.mine) == {"10000": 4, "5000": 2}
    assert vault.faces_astray() == []


def test_half_notes_are_bought_onto_their_own_account_and_lie_in_a_bag(bank):
    before = vault.box(bank.mine)
    made = exchange(bank, Damage("10000", 2, 60), Damage("5000", 1, 30))
    assert made.paid == 10_000
    assert owed(bank) == 10_000
    assert faces_sum(vault.box(bank.mine).faces) == before.counted - 10_000
    notes, worth = vault.half_notes(branch=BRANCH)
    assert [(n.face, n.pieces) for n in notes] == [("10000", 2)]
    assert worth == 10_000
    assert [n.outcome for n in made.notes] == [DamageOutcome.HALF, DamageOutcome.NONE]


def test_half_notes_go_to_the_central_bank_all_together(bank):
    exchange(bank, Damage("10000", 2, 60))
    vault.hand_in_half_notes(by=bank.wang, second=bank.li)
    assert owed(bank) == 0
    assert vault.half_notes(branch=BRANCH) == ([], 0)
    with pytest.raises(NothingToHandIn):
        vault.hand_in_half_notes(by=bank.wang, second=bank.li)
    exchange(bank, Damage("2000", 1, 60))
    assert [n.face for n in vault.half_notes(branch=BRANCH)[0]] == ["2000"]


def test_what_is_worth_nothing_is_written_down_and_paid_with_nothing(bank):
    made = exchange(bank, Damage("10000", 1, 40))
    assert (made.paid, made.entry, made.faces) == (0, None, {})


def test_the_same_key_exchanges_once(bank):
    key = new_key()
    first = exchange(bank, Damage("10000", 1, 80), key=key)
    assert exchange(bank, Damage("10000", 1, 80), key=key).id == first.id
    assert len(vault.damaged_exchanges(branch=BRANCH)) == 1


def test_numbers_follow_each_other_and_the_list_is_newest_first(bank):
    made = [exchange(bank, Damage("10000", 1, 80)) for _ in range(3)]
    assert [one.number[-3:] for one in made] == ["001", "002", "003"]
    listed = vault.damaged_exchanges(branch=BRANCH, limit=2)
    assert [one.id for one in listed] == [made[2].id, made[1].id]
    assert [one.id for one in vault.damaged_exchanges(branch=BRANCH, before=made[1].id)] == [made[0].id]


def test_two_people_who_both_handle_cash(bank):
    with pytest.raises(SecondPersonNeeded):
        exchange(bank, Damage("10000", 1, 80), second=bank.wang)
    with pytest.raises(NotAllowed):
        exchange(bank, Damage("10000", 1, 80), second=bank.zhang)
    with pytest.raises(NoBox):
        exchange(bank, Damage("10000", 1, 80), by=bank.chen)


@pytest.mark.parametrize(
    "damage",
    [
        Damage("c100", 1, 80),
        Damage("20000", 1, 80),
        Damage("", 1, 80),
        Damage("10000", 0, 80),
        Damage("10000", -1, 80),
        Damage("10000", 10**9, 80),
        Damage("10000", 1, 101),
        Damage("10000", 1, -1),
        Damage("10000", 1, 40, True),
        Damage("10000", 1, 80, False, "not a serial!"),
    ],
)
def test_a_note_that_cannot_be_is_refused(bank, damage):
    with pytest.raises(DamagedMalformed):
        exchange(bank, damage)
    assert vault.damaged_exchanges(branch=BRANCH) == []


def test_nothing_and_too_much_are_refused(bank):
    with pytest.raises(DamagedMalformed):
        exchange(bank)
    with pytest.raises(DamagedMalformed):
        exchange(bank, *[Damage("10000", 1, 80)] * 101)
    with pytest.raises(DamagedMalformed):
        exchange(bank, Damage("10000", 1, 80), customer="x" * 121)


def test_the_payout_is_exact_and_there(bank):
    for faces in ({"5000": 1}, {"5000": 3, "10000": -1}):
        with pytest.raises(FacesDoNotSum):
            exchange(bank, Damage("10000", 1, 80), faces=faces)
    counts = Stock.objects.get(box=bank.mine).counts
    Stock.objects.filter(box=bank.mine).update(unfit=[counts[0]])
    with pytest.raises(NotEnoughOfFace):
        exchange(bank, Damage("10000", 1, 80), faces={"10000": 1})


def test_documents_are_masked_in_lists(bank):
    made = exchange(bank, Damage("10000", 1, 80), customer="张三丰", identity="11010519491231002X")
    assert "19491231" not in made.identity
    assert made.identity.endswith("002X")
