"""Around the approval desk: the waiting maker, the list, the statistics, relations, other rooms' pages."""

import io
import json
import re

import pytest
from django.urls import reverse
from PIL import Image

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import InterestKind, RequestState
from counterpoint.approvals.views import requests
from counterpoint.papers import services as papers

from .conftest import MAKER, OTHER, REMOTE_FIRST
from .screens import ADMINISTRATOR, AUDITOR, CENTRE, HTMX, post, state, url, words

pytestmark = pytest.mark.django_db


def test_the_waiting_maker_reads_how_it_stands(browser, ask, who):
    request, maker = ask(need=REMOTE_FIRST), browser(MAKER)
    page = maker.get(url("waiting", request.id))
    assert "Nobody is at the approval desk" in words(page)
    assert "it can be approved here at your desk" in words(page)
    seen = re.search(r'name="seen" value="([\w.]+)"', page.content.decode())[1]
    assert "HX-Trigger" not in maker.get(url("waiting", request.id) + f"?seen={seen}")
    approvals.enter_desk(by=who[CENTRE])
    approvals.claim(request=request.id, by=who[CENTRE])
    assert "Zhou Min is looking at it" in words(maker.get(url("waiting", request.id)))
    approvals.send_back(request=request.id, reason="paper_missing", words="the photo", by=who[CENTRE])
    after = maker.get(url("waiting", request.id) + f"?seen={seen}")
    for said in ("returned", "Zhou Min", "A paper or photo is missing", "the photo"):
        assert said in words(after)
    told = json.loads(after["HX-Trigger"])["approval-changed"]
    assert (told["request"], told["state"]) == (request.id, "returned")
    assert "hx-get" not in after.content.decode()


def test_the_maker_takes_it_back(browser, ask):
    request = ask()
    answer = browser(MAKER).post(url("withdrawal", request.id), {"seen": "open.0.0"}, headers=HTMX)
    assert "withdrawn" in words(answer)
    assert "approval-changed" in answer["HX-Trigger"]
    assert state(request) is RequestState.WITHDRAWN
    assert browser(MAKER).post(url("withdrawal", request.id), headers=HTMX).status_code == 200


def test_the_list_filters_and_shows_nobody_elses(browser, boss, ask):
    mine = ask()
    other = ask(maker=OTHER, payload_hash="b" * 64, subject="quote:2")
    post(boss, "approval", other)
    listed = words(boss.get(url("requests")))
    assert mine.number in listed
    assert other.number in listed
    assert mine.number not in words(boss.get(url("requests") + "?state=approved"))
    own = words(browser(MAKER).get(url("requests")))
    assert mine.number in own
    assert other.number not in own
    assert mine.number not in words(browser(CENTRE).get(url("requests")))
    assert boss.get(url("requests") + "?state=nonsense").status_code == 422
    assert boss.get(url("requests") + "?day=2026-02-30").status_code == 422


def test_the_list_is_paged(boss, ask, monkeypatch):
    monkeypatch.setattr(requests, "PAGE", 2)
    made = [ask(payload_hash=letter * 64, subject=f"quote:{letter}") for letter in "abc"]
    first = boss.get(url("requests")).content.decode()
    assert made[0].number not in first
    older = re.search(r'href="(\?before=\d+)"', first)[1]
    assert made[0].number in boss.get(url("requests") + older).content.decode()


def test_the_statistics_lead_to_their_rows(boss, ask):
    returned, approved = ask(), ask(payload_hash="b" * 64, subject="quote:2")
    post(boss, "returning", returned, dialog="1", reason="paper_missing", words="")
    post(boss, "approval", approved)
    page = boss.get(url("statistics")).content.decode()
    assert "A paper or photo is missing" in page
    assert "Zhang Wei" in page
    links = set(re.findall(r'href="(/approvals/requests/\?[^"]+)"', page))
    assert len(links) == 5
    for link in links:
        listed = boss.get(link.replace("&amp;", "&")).content.decode()
        wanted = [returned.number] if "reason=" in link else [returned.number, approved.number]
        assert [number for number in (returned.number, approved.number) if number in listed] == wanted


def test_the_statistics_are_for_watchers_of_that_branch(browser, boss):
    assert browser(MAKER).get(url("statistics")).status_code == 403
    assert boss.get(url("statistics") + "?branch=4").status_code == 422
    assert browser(AUDITOR).get(url("statistics") + "?branch=4").status_code == 200


def test_a_relation_is_declared_by_oneself_and_ended_by_an_administrator(browser, party, who):
    teller, admin = browser(MAKER), browser(ADMINISTRATOR)
    found = teller.post(url("interest_parties"), {"query": party.number}, headers=HTMX)
    assert f'value="{party.id}"' in found.content.decode()
    assert "张晓明" not in found.content.decode()
    teller.post(url("interests"), {"party": party.id, "kind": "relative"}, headers=HTMX)
    one = approvals.interests_of(person=who[MAKER].id)[0]
    assert (one.party, one.kind) == (party.id, InterestKind.RELATIVE)
    again = teller.post(url("interests"), {"party": party.id, "kind": "relative"}, headers=HTMX)
    assert again.status_code == 409
    others = {"party": party.id, "kind": "business", "number": OTHER}
    assert teller.post(url("interests"), others, headers=HTMX).status_code == 403
    assert teller.post(url("interest_end", one.id), headers=HTMX).status_code == 403
    assert admin.post(url("interest_end", one.id), headers=HTMX).status_code == 200
    assert approvals.interests_of(person=who[MAKER].id) == []


def test_the_customers_page_shows_what_waits(browser, boss, ask, party):
    request = ask(parties=(party.id,))
    page = boss.get(reverse("customers:page", args=[party.id])).content.decode()
    assert f'hx-get="{url("party", party.id)}"' in page
    part = browser(OTHER).get(url("party", party.id)).content.decode()
    assert request.number in part
    assert f'href="{url("request", request.id)}"' not in part
    assert f'href="{url("request", request.id)}"' in boss.get(url("party", party.id)).content.decode()
    post(boss, "approval", request)
    assert request.number not in boss.get(url("party", party.id)).content.decode()


def picture():
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "#fff").save(made, "PNG")
    return made.getvalue()


def test_who_may_read_a_request_sees_its_papers(browser, boss, ask, who):
    paper = papers.keep(content=picture(), name="slip.png", kind="form", branch=3, by=who[MAKER])
    scan = reverse("papers:preview", args=[paper.id, 1])
    assert boss.get(scan).status_code == 404
    request = ask(papers=[paper.id])
    assert scan in boss.get(url("panel", request.id)).content.decode()
    assert boss.get(scan).status_code == 200
    assert papers.looks_of(paper.id)[0].subject == f"request:{request.id}"
    assert browser(OTHER).get(scan).status_code == 404


def test_the_top_bar_counts_what_i_can_take_up(browser, boss, ask):
    ask()
    page = boss.get(reverse("ui:counters")).content.decode()
    assert re.search(r'href="/approvals/"[^>]*title="Requests for approval".*?c-counter-n">1<', page, re.S)
    assert "/approvals/" not in browser(MAKER).get(reverse("ui:counters")).content.decode()
