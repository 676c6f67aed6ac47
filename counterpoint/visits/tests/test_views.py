"""The screens of visits: the day's list, one visit, and the steps of serving it."""

import io
import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from counterpoint.visits import services
from counterpoint.visits.data import Channel, VisitState
from counterpoint.visits.frame import channels, helps
from counterpoint.visits.tests.bank import BRANCH, handed, served
from counterpoint.visits.tests.web import HTMX, browser, refused, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(bank):
    return browser(bank.wang)


@pytest.fixture
def a_scan():
    drawn = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 220, 210)).save(drawn, "PNG")
    return SimpleUploadedFile("scan.png", drawn.getvalue(), content_type="image/png")


def waiting(bank, **more):
    return services.open_visit(branch=BRANCH, party=bank.customer, reason="cash", by=bank.liu, **more)


def listed(client, **query):
    page = client.get(reverse("visits:visits"), query)
    assert page.status_code == 200
    return re.findall(r'data-row="visit-(\d+)"', text(page))


def test_the_days_visits_by_state_number_and_customer(bank, wang):
    first, second = waiting(bank), services.open_visit(branch=BRANCH, party=bank.other, by=bank.liu)
    services.serve(visit=second.id, by=bank.li)
    done = served(bank, party=bank.customer)
    services.finish(visit=done, by=bank.wang)
    assert done == first.id
    third = waiting(bank)
    assert listed(wang) == [str(third.id), str(second.id), str(first.id)]
    assert listed(wang, state="waiting") == [str(third.id)]
    assert listed(wang, state="serving") == [str(second.id)]
    assert listed(wang, state="ended") == [str(first.id)]
    assert listed(wang, state="parked") == listed(wang, state="handed") == []
    assert listed(wang, q=third.number) == [str(third.id)]
    assert listed(wang, q="李小") == [str(second.id)]
    assert listed(wang, q="nobody at all") == []
    shown = text(wang.get(reverse("visits:visits")))
    assert "李**" in shown
    assert "李小龙" not in shown


def test_the_list_goes_on_page_by_page(bank, wang, monkeypatch):
    monkeypatch.setattr("counterpoint.visits.views.visits.PAGE", 2)
    ids = [str(services.open_visit(branch=BRANCH, by=bank.liu).id) for _ in range(3)]
    page = wang.get(reverse("visits:visits"))
    older = re.search(r'href="(\?[^"]*before=\d+)"', text(page)).group(1).replace("&amp;", "&")
    assert listed(wang) == ids[:0:-1]
    assert re.findall(r'data-row="visit-(\d+)"', text(wang.get(reverse("visits:visits") + older))) == ids[:1]


def test_the_list_costs_the_same_however_long(bank, wang, django_assert_max_num_queries):
    waiting(bank)
    wang.get(reverse("visits:visits"))
    with django_assert_max_num_queries(40) as counted:
        wang.get(reverse("visits:visits"), headers=HTMX)
    for _ in range(5):
        waiting(bank)
    with django_assert_max_num_queries(len(counted)):
        wang.get(reverse("visits:visits"), headers=HTMX)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_visit_shows_everything_that_belongs_to_it(bank, language):
    visit = served(bank)
    services.save_draft(
        visit=visit, operation="1202", by=bank.wang,
        fields={"payee_name": "李小龙", "amount": "88.00", "agent_document_number": "120103198806018241"},
    )  # fmt: skip
    services.add_note(visit=visit, words="先办大额", by=bank.wang)
    made = services.hand_off(visit=visit, target="desk", desk=bank.li.desk, note="请接着办", by=bank.wang)
    mine, theirs = browser(bank.wang, language), browser(bank.li, language)
    shown = text(theirs.get(reverse("visits:visit", args=[visit])))
    assert "张**" in shown
    assert "张三丰" not in shown
    assert "李小龙" not in shown, "a name in a draft is masked for who does not serve the visit"
    assert "李**" in shown
    assert "120103198806018241" not in shown
    for words in ("88.00", "先办大额", "请接着办"):
        assert words in shown
    assert reverse("visits:take_back", args=[made.id]) in text(
        mine.get(reverse("visits:visit", args=[visit]))
    )
    services.withdraw(hand_off=made.id, by=bank.wang)
    services.serve(visit=visit, by=bank.wang)
    assert "李小龙" in text(mine.get(reverse("visits:visit", args=[visit])))


def test_who_opens_a_visit_is_seen_there_and_comes_to_hear_of_it(bank):
    visit = served(bank)
    li = browser(bank.li)
    li.get(reverse("visits:visit", args=[visit]))
    assert [one.person for one in services.onlookers(visit)] == [bank.li.id]
    told = li.get(reverse("ui:ticket")).json()["channels"]
    assert f"visit:{visit}" in told
    assert f"help:{BRANCH}" in told
    li.post(reverse("visits:presence", args=[visit]), {"gone": True}, content_type="application/json")
    assert services.onlookers(visit) == []
    assert f"visit:{visit}" not in li.get(reverse("ui:ticket")).json()["channels"]


def test_another_branch_and_strangers_see_nothing(bank):
    visit = served(bank)
    far = browser(bank.far)
    for name in ("visit", "timeline", "hand_off", "papers", "pre_fill", "park"):
        assert far.get(reverse(f"visits:{name}", args=[visit])).status_code == 404, name
    assert listed(far) == []
    assert Client().get(reverse("visits:visit", args=[visit])).status_code in (302, 401)
    auditor = browser(bank.auditor)
    assert auditor.post(reverse("visits:serve", args=[visit])).status_code == 403


def test_serving_parking_and_coming_back(bank, wang):
    visit = waiting(bank)
    at = visit.at
    assert wang.post(reverse("visits:serve", args=[visit.id])).url == "/"
    dialog = text(wang.get(reverse("visits:park", args=[visit.id]), headers=HTMX))
    assert 'value="missing_paper"' in dialog
    empty = wang.post(reverse("visits:park", args=[visit.id]), {"reason": "missing_paper"}, headers=HTMX)
    assert (empty.status_code, refused(empty)) == (422, "malformed")
    done = wang.post(
        reverse("visits:park", args=[visit.id]),
        {"reason": "missing_paper", "papers": ["household"], "words": "明天再来"}, headers=HTMX,
    )  # fmt: skip
    assert done.status_code == 200
    assert {"visit-changed", "dialog-close", "toast"} <= set(json.loads(done.headers["HX-Trigger"]))
    parked = services.visit(visit.id)
    assert (parked.state, parked.parked_papers, parked.at) == (VisitState.PARKED, ("household",), at)
    shown = text(wang.get(reverse("visits:visit", args=[visit.id])))
    assert "Household register" in shown
    assert "明天再来" in shown
    wang.post(reverse("visits:serve", args=[visit.id]), headers=HTMX)
    again = services.visit(visit.id)
    assert (again.state, again.at) == (VisitState.SERVING, at)
    assert "Household register" in services.came_back_with(again)
    wang.post(reverse("visits:finish", args=[visit.id]))
    assert services.visit(visit.id).state is VisitState.ENDED


def test_who_answers_for_the_branch_frees_the_visit_of_somebody_gone(bank, wang):
    visit = served(bank)
    zhang = browser(bank.zhang)
    page, release = reverse("visits:visit", args=[visit]), reverse("visits:free", args=[visit])
    assert release in text(zhang.get(page))
    assert release not in text(browser(bank.li).get(page))
    assert browser(bank.li).post(release, headers=HTMX).status_code == 403
    zhang.post(release, headers=HTMX)
    assert services.visit(visit).state is VisitState.WAITING


def test_a_refusal_stays_in_its_place(bank, wang):
    served(bank)
    other = services.open_visit(branch=BRANCH, party=bank.other, by=bank.liu)
    answer = wang.post(reverse("visits:serve", args=[other.id]), headers=HTMX)
    assert (answer.status_code, refused(answer)) == (409, "already_serving")


def test_who_the_customer_is_can_be_said_later(bank, wang):
    visit = services.open_visit(branch=BRANCH, reason="loan", channel=Channel.LOBBY, by=bank.liu)
    shown = text(wang.get(reverse("visits:visit", args=[visit.id])))
    assert reverse("visits:identify", args=[visit.id]) in shown
    hits = text(wang.post(reverse("visits:find"), {"q": "张三丰"}, headers=HTMX))
    assert f'data-party="{bank.customer}"' in hits
    wang.post(reverse("visits:identify", args=[visit.id]), {"party": bank.customer}, headers=HTMX)
    assert services.visit(visit.id).party == bank.customer
    wrong = wang.post(reverse("visits:identify", args=[visit.id]), {"party": "x"}, headers=HTMX)
    assert refused(wrong) == "malformed"


def test_a_note_is_kept_and_leaves_an_empty_line(bank, wang):
    visit = served(bank)
    answer = wang.post(reverse("visits:note", args=[visit]), {"words": "需要大额面值"}, headers=HTMX)
    assert f"note-form-{visit}" in text(answer)
    assert "需要大额面值" not in text(answer)
    assert [note.words for note in services.notes_of(visit)] == ["需要大额面值"]
    too_long = wang.post(reverse("visits:note", args=[visit]), {"words": "长" * 501}, headers=HTMX)
    assert refused(too_long) == "malformed"


def test_papers_are_uploaded_into_the_visit_and_shown(bank, wang, a_scan):
    visit = served(bank)
    assert "data-papers-upload" in text(wang.get(reverse("visits:papers", args=[visit]), headers=HTMX))
    kept = wang.post(
        reverse("papers:mine"), {"file": a_scan, "kind": "id_copy"}, headers={"Accept": "application/json"}
    ).json()
    wang.post(reverse("visits:papers", args=[visit]), {"papers": [kept["id"], "x"]}, headers=HTMX)
    assert [link.paper for link in services.papers_of(visit)] == [kept["id"]]
    shown = text(wang.get(reverse("visits:visit", args=[visit])))
    assert reverse("papers:paper", args=[kept["id"]]) in shown
    # Who serves here sees it for the visit's sake; another branch does not.
    assert browser(bank.li).get(reverse("papers:paper", args=[kept["id"]])).status_code == 200
    assert browser(bank.far).get(reverse("papers:paper", args=[kept["id"]])).status_code == 404


def test_somebody_elses_paper_is_not_linked_by_its_number(bank, wang, a_scan):
    far = browser(bank.far)
    kept = far.post(
        reverse("papers:mine"), {"file": a_scan, "kind": "id_copy"}, headers={"Accept": "application/json"}
    ).json()
    visit = served(bank)
    answer = wang.post(reverse("visits:papers", args=[visit]), {"papers": [kept["id"]]}, headers=HTMX)
    assert answer.status_code == 404
    assert services.papers_of(visit) == []


def test_the_timeline_is_in_words(bank, wang):
    visit = served(bank)
    services.add_note(visit=visit, words="x", by=bank.wang)
    shown = text(wang.get(reverse("visits:timeline", args=[visit]), headers=HTMX))
    assert shown.index("Note added") < shown.index("Service began") < shown.index("Visit opened")


def test_the_top_bar_counts_what_waits_for_me(bank, wang):
    li = browser(bank.li)
    bar = text(li.get(reverse("ui:counters"), headers=HTMX))
    assert "is-on" not in bar
    handed(bank)
    assert "is-on" in text(li.get(reverse("ui:counters"), headers=HTMX))
    assert "is-on" not in text(wang.get(reverse("ui:counters"), headers=HTMX))


def test_the_rail_shows_each_their_own(bank, wang):
    rail = text(wang.get(reverse("visits:visits")))
    assert reverse("visits:lobby") not in rail
    assert f'href="{reverse("visits:lobby")}"' in text(browser(bank.liu).get(reverse("visits:visits")))
    assert wang.get(reverse("visits:lobby")).status_code == 403
    assert f'href="{reverse("visits:visits")}"' in text(browser(bank.zhang).get(reverse("visits:visits")))


def test_ctrl_k_finds_a_visit_by_its_number(bank, wang):
    visit = waiting(bank)
    found = wang.get(reverse("ui:palette"), {"q": visit.number}).json()["items"]
    assert reverse("visits:visit", args=[visit.id]) in {item["url"] for item in found}
    far = browser(bank.far).get(reverse("ui:palette"), {"q": visit.number}).json()["items"]
    assert reverse("visits:visit", args=[visit.id]) not in {item["url"] for item in far}


def test_a_stranger_hears_nothing(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    assert channels(request) == ()
    assert helps(request) is None
