"""The home page: what stands on it for whom, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterpoint.feedback import services as feedback
from counterpoint.feedback.data import Context, Kind
from counterpoint.feedback.services import routing
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.notices import services as notices
from counterpoint.notices.tests import bank as notices_bank
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import services as visits

pytestmark = pytest.mark.django_db


def build():
    org.load_shipped_rules(by=SYSTEM)
    bank = notices_bank.build()
    visits.ensure_demo_teams(by=SYSTEM)
    return bank


world = once(build)


@pytest.fixture
def bank(world, db):
    return world()


@pytest.fixture
def home(settings):
    """What somebody's home page shows now, by its columns."""
    settings.DEMO = True
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }

    def shown(who, part=False):
        client = notices_bank.browser(who)
        headers = {"HX-Request": "true"} if part else {}
        page = client.get(reverse("desk:mine"), headers=headers)
        assert page.status_code == 200
        columns = [*page.context["columns"], page.context["news"]]
        return {str(one.key): [str(line.title) for line in one.lines] for one in columns}

    return shown


def test_a_notice_goes_from_must_read_to_the_news_when_it_is_read(bank, home):
    made = notices_bank.published(bank)
    assert home(bank.wang)["read"] == ["大额取款新规"]
    assert "大额取款新规" not in home(bank.wang)["news"]
    notices.acknowledge(version=made.id, by=bank.wang)
    assert home(bank.wang)["read"] == []
    assert home(bank.wang)["news"] == ["大额取款新规"]
    assert home(bank.li)["read"] == ["大额取款新规"]


def test_a_case_in_my_hands_stands_under_must_do_and_in_nobody_else_s(bank, home):
    made = visits.open_case(kind="other_matter", branch=notices_bank.BRANCH, title="补印鉴", by=bank.wang)
    assert "补印鉴" not in home(bank.wang)["do"]
    visits.take_case(case=made.id, by=bank.wang)
    assert "补印鉴" in home(bank.wang)["do"]
    assert "补印鉴" not in home(bank.li)["do"]


def test_what_the_top_bar_counts_stands_under_must_do(bank, home):
    item = feedback.report(kind=Kind.PROBLEM, title="打印机卡纸", text="", context=Context(), by=bank.wang)
    assert home(bank.wang)["do"] == []
    owner = next(one for one in bank.staff.values() if one.id != bank.wang.id and routing.belongs(one, item))
    feedback.triage(item=item.id, by=owner)
    feedback.answer(item=item.id, text="已报修", by=owner)
    assert home(bank.wang)["do"] == ["Reports and answers"]


def test_a_restriction_stands_on_my_day(bank, home):
    people.impose_restriction(
        person=bank.wang.id, duty=Duty.CASH, reason="手册未签收", source="test", by=SYSTEM
    )
    assert any("Handle cash" in one for one in home(bank.wang)["day"])
    assert not any("Handle cash" in one for one in home(bank.li)["day"])


def test_the_page_and_its_live_part_show_the_same(bank, home):
    notices_bank.published(bank)
    assert home(bank.wang) == home(bank.wang, part=True)


def test_it_costs_as_many_questions_with_many_notices_as_with_few(bank, home):
    costs = []
    for n in (1, 11):
        for at in range(n):
            notices_bank.published(bank, title=f"通知 {n} {at}")
        with CaptureQueriesContext(connection) as asked:
            found = home(bank.wang, part=True)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert (len(found["read"]), found["read"][-1]) == (9, "All of them")
