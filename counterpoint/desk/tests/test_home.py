"""The home page: what stands on it for whom, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterpoint.feedback import services as feedback
from counterpoint.feedback.data import Context, Kind
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Draft
from counterpoint.notices.data import Kind as NoticeKind
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import services as visits

pytestmark = pytest.mark.django_db


BRANCH = 3
NAMES = {"wang": "080101", "li": "080102", "zhang": "080201"}


def build():
    org.load_shipped_rules(by=SYSTEM)
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    visits.ensure_demo_teams(by=SYSTEM)
    rows = get_user_model().objects.all()
    rows.update(must_change_password=False)
    staff = {row.username: replace(people.actor_of(row), branch=row.branch_id) for row in rows}
    bank = SimpleNamespace(staff=staff, **{name: staff[number] for name, number in NAMES.items()})
    bank.writer, bank.approver = (_with(staff, duty) for duty in ("rules_draft", "rules_approve"))
    return bank


def _with(staff, duty):
    held = (
        one for one in staff.values() if duty in people.duties_held(person=one.id, branch=one.branch or 0)
    )
    return next(held)


def published(bank, title="大额取款新规"):
    draft = Draft(title_zh=title, text_zh="须核对身份证件。", audience=Audience(everybody=True))
    made = notices.draft_notice(kind=NoticeKind.POLICY, draft=draft, by=bank.writer)
    notices.submit(version=made.id, by=bank.writer)
    notices.publish(version=made.id, by=bank.approver)
    return made


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
        client = Client()
        person = get_user_model().objects.get(pk=who.id)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        headers = {"Accept-Language": "en"} | ({"HX-Request": "true"} if part else {})
        page = client.get(reverse("desk:mine"), headers=headers)
        assert page.status_code == 200
        columns = [*page.context["columns"], page.context["news"]]
        return {str(one.key): [str(line.title) for line in one.lines] for one in columns}

    return shown


def test_a_notice_goes_from_must_read_to_the_news_when_it_is_read(bank, home):
    made = published(bank)
    assert home(bank.wang)["read"] == ["大额取款新规"]
    assert "大额取款新规" not in home(bank.wang)["news"]
    notices.acknowledge(version=made.id, by=bank.wang)
    assert home(bank.wang)["read"] == []
    assert home(bank.wang)["news"] == ["大额取款新规"]
    assert home(bank.li)["read"] == ["大额取款新规"]


def test_a_case_in_my_hands_stands_under_must_do_and_in_nobody_else_s(bank, home):
    made = visits.open_case(kind="other_matter", branch=BRANCH, title="补印鉴", by=bank.wang)
    assert "补印鉴" not in home(bank.wang)["do"]
    visits.take_case(case=made.id, by=bank.wang)
    assert "补印鉴" in home(bank.wang)["do"]
    assert "补印鉴" not in home(bank.li)["do"]


def test_what_the_top_bar_counts_stands_under_must_do(bank, home):
    item = feedback.report(kind=Kind.PROBLEM, title="打印机卡纸", text="", context=Context(), by=bank.wang)
    assert home(bank.wang)["do"] == []
    feedback.triage(item=item.id, by=bank.writer)
    feedback.answer(item=item.id, text="已报修", by=bank.writer)
    assert home(bank.wang)["do"] == ["Reports and answers"]


def test_a_restriction_stands_on_my_day(bank, home):
    people.impose_restriction(
        person=bank.wang.id, duty=Duty.CASH, reason="手册未签收", source="test", by=SYSTEM
    )
    assert any("Handle cash" in one for one in home(bank.wang)["day"])
    assert not any("Handle cash" in one for one in home(bank.li)["day"])


def test_the_page_and_its_live_part_show_the_same(bank, home):
    published(bank)
    assert home(bank.wang) == home(bank.wang, part=True)


def test_it_costs_as_many_questions_with_many_notices_as_with_few(bank, home):
    costs = []
    for n in (1, 11):
        for at in range(n):
            published(bank, title=f"通知 {n} {at}")
        home(bank.wang, part=True)  # what is remembered between two looks
        with CaptureQueriesContext(connection) as asked:
            found = home(bank.wang, part=True)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert (len(found["read"]), found["read"][-1]) == (9, "All of them")
