"""My box at the desk 我的尾箱: taken with the desk, rested, and handed in from it."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from counterpoint.kit.data import SYSTEM
from counterpoint.org import services as org
from counterpoint.people.services import actor_of, ensure_demo_staff
from counterpoint.vault import services as vault
from counterpoint.vault.data import CrossIssue, NotSeparated, Stop

pytestmark = pytest.mark.django_db
BRANCH = 3
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def teller(client, settings):
    """Wang Fang, signed in at her branch and at no desk yet."""
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    client.force_login(get_user_model().objects.get(username="080101"))
    session = client.session
    session["branch"] = BRANCH
    session.save()
    return client


def sit_down(teller):
    """At the branch's first desk; the box that stands there."""
    desk = org.desks(BRANCH)[0].id
    teller.post(reverse("desk:take", args=[desk]))
    return vault.box_of(desk=desk)


def panel(teller):
    return teller.get(reverse("desk:box"), headers=FRAGMENT).content.decode()


def actor(number):
    return replace(actor_of(get_user_model().objects.get(username=number)), branch=BRANCH)


def test_the_box_is_rested_and_taken_up_again_at_the_desk(teller):
    mine = sit_down(teller)
    assert mine.custodian is not None
    assert reverse("desk:box_pause") in panel(teller)
    paused = teller.post(reverse("desk:box_pause"), {"reason": "lunch"}, headers=FRAGMENT)
    assert "lunch" in paused.content.decode()
    assert vault.box(mine.id).stopped is Stop.PAUSED
    assert reverse("desk:box_resume") in panel(teller)
    again = teller.post(reverse("desk:box_pause"), headers=FRAGMENT)
    assert 'data-refusal="box_stopped"' in again.content.decode()
    assert teller.post(reverse("desk:box_resume")).url == reverse("desk:desk")
    assert vault.box(mine.id).stopped is Stop.NONE


def test_over_the_limit_it_says_so_and_offers_the_transfer(teller):
    mine = sit_down(teller)
    assert "proposed=1" not in panel(teller)
    vault.set_limits(box=mine.id, soft=5_000_000, hard=0, faces={}, by=SYSTEM)
    vault.note_breaches(branch=BRANCH)
    shown = panel(teller)
    assert f"?box={mine.id}&amp;proposed=1" in shown
    assert "c-note is-attention" in shown


@pytest.mark.parametrize("reason", [CrossIssue("yesterday too"), NotSeparated("the seal too")])
def test_without_the_box_one_sits_at_the_desk_and_is_told_what_helps(teller, monkeypatch, reason):
    def forbidden(**_given):
        raise reason

    monkeypatch.setattr("counterpoint.desk.place.vault.claim_box", forbidden)
    free = sit_down(teller)
    assert free.custodian is None
    assert org.desk_of(actor("080101").id) is not None
    shown = panel(teller)
    assert 'data-refusal="no_box"' in shown
    assert reverse("vault:box", args=[free.id]) in shown
    answer = teller.post(reverse("desk:box_pause"), headers=FRAGMENT)
    assert 'data-refusal="no_box"' in answer.content.decode()


def test_who_leaves_the_desk_gives_its_box_back(teller):
    mine, desk = sit_down(teller), org.desks(BRANCH)[0].id
    assert "data-leave" in panel(teller)
    teller.post(reverse("desk:choice"))
    assert vault.box(mine.id).custodian is None
    assert org.desk(desk).holder is None
    assert teller.get(reverse("desk:desk"))["Location"] == reverse("desk:choice")
