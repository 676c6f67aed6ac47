"""The branch's cash as at any moment, by money and by face."""

import random
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.people.services import actor_of, ensure_demo_staff
from counterpoint.vault import closing
from counterpoint.vault import services as vault
from counterpoint.vault.services import marks
from counterpoint.vault.services.positions import STEP
from counterpoint.vault.tests.test_services import move

pytestmark = pytest.mark.django_db


@pytest.fixture
def boxes():
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    return vault.boxes_of(branch=3)


def seen(at):
    position = vault.branch_position(branch=3, at=at)
    return {one.box.id: (one.balance, {f: n for f, n in one.faces.items() if n}) for one in position.boxes}


def now_boxes():
    return {
        one.id: (one.counted, {f: n for f, n in one.faces.items() if n}) for one in vault.boxes_of(branch=3)
    }


def test_every_moment_is_what_the_boxes_held_then(boxes):
    chance = random.Random(7)
    history = [(clock.now(), now_boxes())]
    for _round in range(25):
        source, target = chance.sample(boxes, 2)
        move(source, target, {chance.choice(["10000", "5000", "c100"]): chance.randint(1, 3)})
        time.sleep(0.002)
        history.append((clock.now(), now_boxes()))
    for at, held in history:
        assert seen(at) == held
    assert all(held == (0, {}) for held in seen(history[0][0] - timedelta(days=1)).values())


def test_marks_say_the_same_and_spare_the_way_there(boxes, monkeypatch):
    monkeypatch.setattr(marks, "APART", 4)
    history = []
    for turn in range(14):
        move(boxes[0], boxes[1], {"10000": 1 + turn % 3})
        time.sleep(0.002)
        history.append((clock.now(), now_boxes()))
    assert vault.mark_stocks(branch=3) >= 6
    assert vault.mark_stocks(branch=3) == 0
    spans = []
    moved = ledger.effects_moved
    monkeypatch.setattr(ledger, "effects_moved", lambda **k: spans.extend(k["spans"]) or moved(**k))
    for at, held in history:
        assert seen(at) == held
    assert max(span.until - span.after for span in spans) < 4


def test_from_a_day_s_end_on_only_what_came_later_is_added_up(boxes, monkeypatch):
    kept = {k: s for k, s in org.closing._steps.items() if k in ("org.shut", STEP)}
    monkeypatch.setattr(org.closing, "_steps", kept)
    monkeypatch.setattr(org.closing, "_gates", {})
    move(boxes[0], boxes[1], {"10000": 5})
    org.close_branch(branch=3, by=SYSTEM)
    left = org.last_result(3, STEP, at=clock.now())
    assert left["boxes"][str(boxes[1].id)][1]["10000"] == boxes[1].faces["10000"] + 5
    assert left["papers"] == ["box_journal.pdf", "box_journal.xlsx", "position.pdf", "position.xlsx"]
    org.open_day(branch=3, date=org.proposed_day(3), by=SYSTEM, on_holiday=True)
    move(boxes[0], boxes[1], {"10000": 2})
    assert seen(clock.now()) == now_boxes()
    # A wrong remainder shows: it is what the sum starts from.
    left["boxes"][str(boxes[1].id)][1]["10000"] += 1
    monkeypatch.setattr(org, "last_result", lambda *a, **k: left)
    assert seen(clock.now()) != now_boxes()


def test_the_journal_of_a_box_goes_from_opening_to_closing(boxes):
    move(boxes[0], boxes[1], {"10000": 5})
    move(boxes[1], boxes[0], {"10000": 2})
    day = org.business_day(3).date
    paper = closing.box_journal(3, day, vault.branch_position(branch=3, at=clock.now()))
    line = next(row for row in paper.sheets[0].rows if row[0] == boxes[1].number)
    assert line[2] + line[3] - line[4] == line[5] == boxes[1].counted + 30_000
    assert org.paper_pdf(paper, day).startswith(b"%PDF")


def test_the_position_of_a_moment_is_a_page_and_a_paper(boxes, client, settings):
    settings.DEMO = True
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    before = clock.now()
    move(boxes[0], boxes[1], {"10000": 5})
    user = get_user_model().objects.get(username="080201")
    assert replace(actor_of(user), branch=3)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("vault:position"))
    assert page.status_code == 200
    assert boxes[1].number in page.content.decode()
    then = client.get(reverse("vault:position"), {"at": f"{before:%Y-%m-%dT%H:%M:%S}"})
    assert then.status_code == 200
    assert client.get(reverse("vault:position"), {"at": "yesterday"}).status_code == 422
    for kind, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        answer = client.get(reverse("vault:position_paper", args=[kind]))
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
