"""Counting boxes 碰库: blind, of one moment, by the right people, and never changed."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.vault import closing_counts
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    CountMalformed,
    CountMoment,
    CountPeople,
    FaceWithdrawn,
    NotCustodian,
    UnknownBox,
    UnknownFace,
    face_value,
    faces_sum,
)
from counterpoint.vault.models import Stock
from counterpoint.vault.models_cash import CashCount
from counterpoint.vault.tests.bank import BRANCH, build
from counterpoint.vault.tests.test_services import move

pytestmark = pytest.mark.django_db


world = once(build)


@pytest.fixture
def bank(world):
    """Wang Fang and Li Na hold a box each; nobody holds the vault."""
    return world()


def held(box):
    """An honest count of what lies in a box, all loose."""
    return {face: {"loose": count} for face, count in vault.box(box).faces.items() if count}


def count(bank, box=None, typed=None, by=None, **more):
    box = box or bank.mine
    return vault.count_box(
        box=box, moment=more.pop("moment", CountMoment.MID), typed=held(box) if typed is None else typed,
        by=by or bank.wang, **more,
    )  # fmt: skip


def moved_by(person, bank, faces):
    """A person, not the set-up of the demo, moves notes from the vault into Wang Fang's box."""
    move(vault.box(bank.safe), vault.box(bank.mine), faces, by=person)


def test_what_was_typed_in_bundles_straps_and_loose_is_kept_beside_what_was_there(bank):
    typed = held(bank.mine)
    typed["10000"] = {"straps": 5, "loose": 100}
    typed["c100"] = {"rolls": 3, "loose": 50}
    made = count(bank, typed=typed)
    assert made.agrees
    assert made.difference == 0
    assert made.faces["10000"] == 600
    assert made.faces["c100"] == 200
    assert made.typed["10000"] == {"straps": 5, "loose": 100}
    assert vault.last_count(box=bank.mine, date=made.date) == made
    assert vault.counted_today(branch=BRANCH, date=made.date) == [made]


def test_a_count_that_differs_says_by_how_much_and_in_which_faces(bank):
    typed = held(bank.mine)
    typed["10000"] = {"loose": 599}
    typed.pop("10")
    made = count(bank, typed=typed)
    assert made.difference == -10000 - 200 * 10
    assert made.off == {"10000": -1, "10": -200}


def test_a_second_count_of_the_same_moment_is_a_row_of_its_own_and_the_same_one_is_not(bank):
    typed = held(bank.mine) | {"10000": {"loose": 599}}
    first = count(bank, typed=typed)
    assert count(bank, typed=typed).id == first.id
    second = count(bank)
    assert second.id != first.id
    assert second.version == first.version
    assert [one.id for one in vault.counted_today(branch=BRANCH, date=first.date)] == [second.id, first.id]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"10000": {"loose": -1}}, CountMalformed),
        ({"10000": {"loose": 10**8}}, CountMalformed),
        ({"10000": {"bundles": 10**7}}, CountMalformed),
        ({"10000": {"loose": "12"}}, CountMalformed),
        ({"200": {"loose": 1}}, UnknownFace),
        ({"c25": {"loose": 1}}, UnknownFace),
    ],
)
def test_an_impossible_count_is_refused_and_nothing_is_kept(bank, typed, error):
    with pytest.raises(error):
        count(bank, typed=typed)
    assert not CashCount.objects.exists()


def test_a_face_that_was_withdrawn_is_refused_unless_the_box_still_holds_some(bank, monkeypatch):
    says = {"notes": [10000, 5000, 2000, 1000, 500, 100], "coins": [100, 50, 10, 5, 2, 1]}
    true_value = org.value
    monkeypatch.setattr(
        org, "value", lambda *, key, at: says if key == "cash.faces" else true_value(key=key, at=at)
    )
    day = org.business_day(BRANCH).date
    assert "50" not in vault.faces_in_use(currency="CNY", at=day)
    assert "50" in vault.countable_faces(box=vault.box(bank.mine), at=day)
    assert count(bank).agrees
    row = Stock.objects.get(pk=bank.mine)
    row.counts[6] = 0
    row.save()
    with pytest.raises(FaceWithdrawn):
        count(bank, typed={"50": {"loose": 1}})


def test_only_the_custodian_counts_a_box_in_custody(bank):
    with pytest.raises(NotCustodian):
        count(bank, by=bank.li)
    with pytest.raises(UnknownBox):
        vault.count_box(box=10**9, moment=CountMoment.MID, typed={}, by=bank.wang)


def test_the_vault_and_a_box_that_nobody_holds_are_counted_by_two(bank):
    with pytest.raises(CountPeople):
        count(bank, box=bank.safe, by=bank.zhang)
    with pytest.raises(CountPeople):
        count(bank, box=bank.safe, by=bank.zhang, second=bank.zhang)
    made = count(bank, box=bank.safe, by=bank.zhang, second=bank.chen)
    assert made.agrees
    assert made.second == bank.chen.id
    with pytest.raises(CountPeople):
        count(bank, box=vault.boxes_of(branch=BRANCH)[3].id, by=bank.chen)


def test_who_has_to_do_with_no_cash_counts_none(bank):
    lobby = bank.staff["080301"]
    with pytest.raises(NotAllowed):
        count(bank, box=bank.safe, by=lobby, second=bank.chen)
    with pytest.raises(NotAllowed):
        count(bank, box=bank.safe, by=bank.chen, second=lobby)


def test_a_surprise_check_is_not_slipped_in_as_a_count(bank):
    with pytest.raises(CountPeople):
        count(bank, moment=CountMoment.SURPRISE)


def test_a_count_is_never_changed_nor_deleted(bank):
    made = count(bank)
    for change in ("UPDATE vault_cashcount SET counted = 0", "DELETE FROM vault_cashcount"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{change} WHERE id = %s", [made.id])


def test_what_lands_while_one_types_is_in_what_is_expected_and_is_shown(bank):
    opened = count(bank).version
    typed = held(bank.mine)
    move(vault.box(bank.safe), vault.box(bank.mine), {"10000": 3})
    typed["10000"] = {"loose": 603}
    made = count(bank, typed=typed)
    assert made.agrees
    assert [line.amount for line in vault.landed_since(count=made, opened=opened)] == [30000]
    assert vault.landed_since(count=made, opened=made.version) == ()
    assert vault.landed_since(count=made, opened=-1) == ()


def test_every_amount_is_the_sum_of_its_faces(bank):
    made = count(bank, typed={"10000": {"bundles": 1, "straps": 2, "loose": 5}})
    assert made.counted == 1205 * face_value("10000") == faces_sum(made.faces)


def findings(gate, bank):
    return gate(BRANCH, org.business_day(BRANCH).date)


def test_the_close_waits_for_the_count_of_every_box_that_was_worked_with(bank):
    assert findings(closing_counts.counted_gate, bank) == []
    moved_by(bank.wang, bank, {"10000": 1})
    boxes = [found.link for found in findings(closing_counts.counted_gate, bank)]
    assert len(boxes) == 2
    assert f"/counts/{bank.mine}/new" in boxes[1]
    count(bank)  # in the middle of the day: does not count for the end
    count(bank, moment=CountMoment.END)
    count(bank, box=bank.safe, by=bank.zhang, second=bank.chen, moment=CountMoment.END)
    assert findings(closing_counts.counted_gate, bank) == []
    moved_by(bank.wang, bank, {"10000": 1})
    assert len(findings(closing_counts.counted_gate, bank)) == 2


def test_a_count_that_differs_and_is_no_case_stops_the_close_until_it_is_counted_right(bank):
    count(bank, typed={}, moment=CountMoment.END)
    assert len(findings(closing_counts.booked_gate, bank)) == 1
    count(bank, moment=CountMoment.END)
    assert findings(closing_counts.booked_gate, bank) == []


def test_the_system_itself_counts_nothing(bank):
    with pytest.raises(NotCustodian):
        count(bank, by=SYSTEM)
    with pytest.raises(NotAllowed):
        count(bank, by=replace(bank.wang, id=10**6), box=bank.safe, second=bank.chen)
