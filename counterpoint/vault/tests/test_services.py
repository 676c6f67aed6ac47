"""Boxes: custody, faces, positions."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.keys import new_key
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import Effect, Leg, Posting
from counterpoint.org import services as org
from counterpoint.people.services import actor_of, ensure_demo_staff
from counterpoint.vault import services as vault
from counterpoint.vault.data import (
    AlreadyHoldsBox,
    BoxTaken,
    FacesDoNotSum,
    NoBox,
    NotEnoughOfFace,
    UnknownBox,
    UnknownFace,
    faces_sum,
)
from counterpoint.vault.models import Stock


def build():
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    return {row.username: replace(actor_of(row), branch=3) for row in get_user_model().objects.all()}


world = once(build)


@pytest.fixture
def who(world, db):
    return world()


@pytest.fixture
def boxes(who):
    return vault.boxes_of(branch=3)


def move(source, target, faces, key=None, amount=None, by=SYSTEM):
    worth = faces_sum(faces) if amount is None else amount
    return ledger.post(
        Posting(
            key=key or new_key(), verb="vault.stock.moved", branch=3, business_date=org.business_day(3).date,
            legs=(Leg(target.account, worth), Leg(source.account, -worth)), by=by,
            subject=f"box:{target.id}",
            effects=(
                Effect("vault.faces", {"box": target.id, "faces": faces}),
                Effect("vault.faces", {"box": source.id, "faces": {f: -n for f, n in faces.items()}}),
            ),
        )
    )  # fmt: skip


def test_demo_boxes_hold_what_the_books_say_and_are_made_once(who, boxes):
    assert len(boxes) == 6
    assert vault.faces_astray() == []
    vault.ensure_demo_boxes(by=SYSTEM)
    assert [b.faces for b in vault.boxes_of(branch=3)] == [b.faces for b in boxes]


def test_notes_go_with_the_money(boxes):
    safe, desk = boxes[0], boxes[1]
    move(safe, desk, {"10000": 5, "c50": 3})
    assert vault.box(desk.id).faces["10000"] == desk.faces["10000"] + 5
    assert vault.box(safe.id).faces["c50"] == safe.faces["c50"] - 3
    assert vault.faces_astray() == []


def test_a_face_never_goes_below_zero_and_is_named(boxes):
    safe, desk = boxes[0], boxes[1]
    with pytest.raises(NotEnoughOfFace) as refused:
        move(desk, safe, {"10000": 1, "500": desk.faces["500"] + 1})
    assert refused.value.details["face"] == "500"
    assert vault.box(desk.id).faces == desk.faces


@pytest.mark.parametrize("amount", [4_999, 5_001, 10_000])
def test_faces_are_worth_exactly_the_cash_leg(boxes, amount):
    with pytest.raises(FacesDoNotSum):
        move(boxes[0], boxes[1], {"5000": 1}, amount=amount)
    assert vault.faces_astray() == []


def test_unknown_faces_and_boxes_are_refused(boxes):
    with pytest.raises(UnknownFace):
        move(boxes[0], boxes[1], {"300": 1})
    with pytest.raises(UnknownBox):
        move(boxes[0], replace(boxes[1], id=999_999), {"500": 1})


def test_the_same_key_moves_notes_once(boxes):
    key = new_key()
    for _ in range(2):
        move(boxes[0], boxes[1], {"10000": 1}, key=key)
    assert vault.box(boxes[1].id).faces["10000"] == boxes[1].faces["10000"] + 1


def test_the_database_itself_keeps_faces_above_zero(boxes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(box=boxes[0].id).update(counts=[-1])


def test_one_person_a_box_and_one_box_a_person(who, boxes):
    wang, li = who["080101"], who["080102"]
    assert vault.claim_box(box=boxes[1].id, by=wang).custodian == wang.id
    assert vault.box_of(person=wang.id).id == boxes[1].id
    with pytest.raises(BoxTaken):
        vault.claim_box(box=boxes[1].id, by=li)
    with pytest.raises(AlreadyHoldsBox):
        vault.claim_box(box=boxes[2].id, by=wang)
    with pytest.raises(NoBox):
        vault.release_box(box=boxes[1].id, by=li)
    assert vault.release_box(box=boxes[1].id, by=wang).custodian is None
    with pytest.raises(NoBox):
        vault.box_of(person=wang.id)
    vault.claim_box(box=boxes[1].id, by=li)


def test_only_who_handles_cash_takes_a_box(who, boxes):
    with pytest.raises(NotAllowed):
        vault.claim_box(box=boxes[1].id, by=who["080301"])


def test_a_position_shows_faces_books_and_limit(boxes):
    seen = vault.position(box=boxes[1].id)
    assert seen.expected == seen.counted == ledger.account(boxes[1].account).balance
    assert seen.difference == 0
    move(boxes[0], boxes[1], {"10000": 3000})
    assert vault.position(box=boxes[1].id).over_limit > 0


def test_a_difference_between_notes_and_books_is_found(boxes):
    counts = Stock.objects.get(box=boxes[1].id).counts
    Stock.objects.filter(box=boxes[1].id).update(counts=[counts[0] + 1, *counts[1:]])
    assert [(box, counted - booked) for box, counted, booked in vault.faces_astray()] == [
        (boxes[1].id, 10_000)
    ]
    from django.db import connection

    from counterpoint.vault.verify import check

    (found,) = check(connection.connection)
    assert (found.table, found.row, found.branch) == ("vault_stock", boxes[1].id, 3)
