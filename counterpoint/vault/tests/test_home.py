"""The vault's front page and what waits there."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.live import read_ticket
from counterpoint.org import services as org
from counterpoint.people.services import actor_of, ensure_demo_staff
from counterpoint.vault import services as vault
from counterpoint.vault.views.home import PLACES

pytestmark = pytest.mark.django_db
BRANCH = 3


@pytest.fixture
def people(settings):
    settings.DEMO = True
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    org.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    return {row.username: row for row in get_user_model().objects.all()}


def actor(people, number):
    return replace(actor_of(people[number]), branch=BRANCH)


def opened(client, people, number):
    client.force_login(people[number], backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("vault:home"))


def test_every_way_from_the_front_page_leads_somewhere(client, people):
    client.force_login(people["080101"], backend="django.contrib.auth.backends.ModelBackend")
    for name, _title, _icon in PLACES:
        assert client.get(reverse(f"vault:{name}")).status_code == 200, name


def test_an_open_transfer_is_named_to_who_asked_for_it_first(client, people):
    safe, mine, *_others = vault.boxes_of(branch=BRANCH)
    wang = actor(people, "080101")
    vault.claim_box(box=mine.id, by=wang)
    made = vault.request_transfer(source=safe.id, target=mine.id, faces={"10000": 5}, by=wang)
    found = vault.attention(branch=BRANCH, person=wang.id)
    assert found[0].mine
    assert made.number in found[0].text
    page = opened(client, people, "080101").content.decode()
    assert made.number in page
    assert mine.number in page


def test_who_has_nothing_to_do_with_cash_does_not_see_it(client, people):
    outsiders = [name for name in people if opened(client, people, name).status_code == 403]
    assert outsiders
    assert "080101" not in outsiders


def test_who_counts_a_hand_over_is_called_to_it_and_told_nothing_of_the_box(client, people):
    mine = vault.boxes_of(branch=BRANCH)[1]
    wang, chen = actor(people, "080101"), actor(people, "080103")
    vault.claim_box(box=mine.id, by=wang)
    made = vault.propose_hand_over(receiver=chen.id, by=wang)
    sum_of_it = f"{vault.box(mine.id).counted / 100:,.2f}"
    giver = opened(client, people, "080101").content.decode()
    assert sum_of_it in giver
    page = opened(client, people, "080103").content.decode()
    assert made.number in page
    row = page.partition(f'data-row="box-{mine.id}"')[2].partition("</tr>")[0]
    assert sum_of_it not in row
    assert "<svg" not in row.replace('<svg class="c-icon', "")


def test_who_takes_a_transfer_in_is_not_told_its_sum_here(client, people):
    safe, mine, *_others = vault.boxes_of(branch=BRANCH)
    wang, chen, zhang = (actor(people, number) for number in ("080101", "080103", "080201"))
    vault.claim_box(box=mine.id, by=wang)
    vault.claim_box(box=safe.id, by=chen, second=zhang)
    made = vault.request_transfer(source=safe.id, target=mine.id, faces={"10000": 7}, by=zhang)
    vault.issue_transfer(transfer=made.id, by=chen, second=zhang)
    told = {}
    for who in (wang, zhang):
        found = vault.attention(branch=BRANCH, person=who.id)
        (told[who.id],) = [one for one in found if made.number in str(one.text)]
    assert told[wang.id].mine
    assert "700" not in str(told[wang.id].text)
    assert "700" in str(told[zhang.id].text)


def test_a_box_in_hand_that_nobody_counted_today_is_due(people):
    mine = vault.boxes_of(branch=BRANCH)[1]
    wang = actor(people, "080101")
    vault.claim_box(box=mine.id, by=wang)
    due = [one for one in vault.attention(branch=BRANCH, person=wang.id) if "/counts/" in one.link]
    assert [one.mine for one in due] == [True]
    assert [one for one in vault.attention(branch=BRANCH) if "/counts/" in one.link] == []


def test_what_happens_while_the_page_is_made_is_signalled_to_it(client, people, monkeypatch):
    read, boxes_of = [], vault.boxes_of

    def slowly(**wanted):
        read.append(clock.now().timestamp())
        return boxes_of(**wanted)

    monkeypatch.setattr(vault, "boxes_of", slowly)
    page = opened(client, people, "080101").content.decode()
    ticket = read_ticket(re.search(r'data-live-ticket="([^"]+)"', page).group(1))
    assert ticket.made <= min(read)
