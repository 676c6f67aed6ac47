"""How cases appear around the pages: the rail, the count on top, Ctrl+K, packages, a visit's timeline."""

import pytest
from django.urls import reverse

from counterpoint.kit.testing import once
from counterpoint.kit.verbs import CATALOGUE
from counterpoint.visits import services as visits
from counterpoint.visits.data import Channel
from counterpoint.visits.frame_cases import WORDS, _open_cases
from counterpoint.visits.tests.cases_bank import BRANCH, HEAD, browser, build, inquiry, loan

pytestmark = pytest.mark.django_db


world = once(build)


@pytest.fixture
def bank(world):
    return world()


def found(client, query):
    return client.get(reverse("ui:palette"), {"q": query}).json()["items"]


def test_the_palette_finds_a_case_by_its_number_for_who_may_see_it(bank):
    made, secret = loan(bank), inquiry(bank)
    wang = browser("080101")
    assert f"{made.number} {made.title}" in [one["title"] for one in found(wang, made.number.lower())]
    assert not any(secret.number in one["title"] for one in found(wang, secret.number))
    assert any(secret.number in one["title"] for one in found(browser("080301"), secret.number))
    for odd in ("C", "C99999999999999999999", "Cx", "１", "c-1"):
        assert not any(one["url"].startswith("/visits/cases/9") for one in found(wang, odd))
    assert reverse("visits:case_new") not in [one["url"] for one in found(browser("090301", HEAD), "")]


def test_the_count_on_top_is_of_cases_on_which_i_can_work(bank):
    visits.take_case(case=loan(bank).id, by=bank.zhao)
    waits = visits.take_case(case=loan(bank).id, by=bank.zhao)
    visits.move_case(case=waits.id, state="waiting_customer", by=bank.zhao)
    top = browser("080401").get(reverse("ui:counters")).content.decode()
    counter = top.split(reverse("visits:cases"))[1]
    assert '<span class="c-counter-n">1</span>' in counter
    assert "Cases in my hands" in top


def test_a_hand_over_package_names_the_open_cases_of_the_giver(bank):
    assert _open_cases(bank.zhao.id, BRANCH) is None
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    part = _open_cases(bank.zhao.id, BRANCH)
    assert part.lines == ((f"协同事项 {made.number}", f"Case {made.number}", "1", 0),)
    assert visits.cases_open(BRANCH, bank.wu.id) == []


def test_what_happens_to_a_visits_case_stands_on_the_visits_timeline(bank):
    visit = visits.open_visit(branch=BRANCH, by=bank.wang, channel=Channel.COUNTER)
    made = loan(bank, visit=visit.id)
    visits.take_case(case=made.id, by=bank.zhao)
    shown = [one.en for one in visits.timeline(visit.id)]
    assert shown[:2] == ["Case taken up", "Case opened"]
    assert [one.id for one in visits.cases_of(f"visit:{visit.id}")] == [made.id]
    address = f"{reverse('visits:case_new')}?visit={visit.id}"
    assert f'name="visit" value="{visit.id}"' in browser("080101").get(address).content.decode()
    assert f'name="visit" value="{visit.id}"' not in browser("070101", 4).get(address).content.decode()


def test_every_verb_of_cases_has_its_words():
    prefixes = ("visits.case.", "visits.case_item.", "visits.case_paper.", "visits.comment.")
    assert {name for name in CATALOGUE if name.startswith(prefixes)} == {verb for verb, _zh, _en in WORDS}
