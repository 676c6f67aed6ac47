"""The branch board: what a supervisor has to know and cannot see from the counter."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.kit.testing import once
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Draft, Kind
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import services as vault

pytestmark = pytest.mark.django_db
BRANCH = 3


def build():
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)


world = once(build)


@pytest.fixture
def board(world, client, settings):
    """What Zhang Wei's board shows now."""
    settings.DEMO = True
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    client.force_login(
        get_user_model().objects.get(username="080201"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return lambda: client.get(reverse("desk:board"), headers={"Accept-Language": "en"}).content.decode()


def test_who_is_restricted_stands_on_the_board_until_it_is_lifted(board):
    wang = people.person_by_number("080101")
    assert "Restricted" not in board()
    bar = people.impose_restriction(
        person=wang.id, duty=Duty.CASH, reason="手册未签收", source="test", by=SYSTEM
    )
    page = board()
    assert "Restricted" in page
    assert "手册未签收" in page
    people.lift_restriction(restriction=bar, by=SYSTEM, reason="signed")
    assert "Restricted" not in board()


def test_whom_an_unread_notice_bars_stands_on_the_board_until_they_have_read_it(board):
    writer, boss, wang, li = (
        Actor(kind=ActorKind.PERSON, id=one.id, name=one.name, branch=one.branch)
        for one in map(people.person_by_number, ("090101", "080201", "080101", "080102"))
    )
    draft = Draft(
        title_zh="取款新规", text_zh="先核对证件。", operations=("1102",),
        audience=Audience(people=(wang.id, li.id)),
    )  # fmt: skip
    made = notices.draft_notice(kind=Kind.POLICY, draft=draft, by=writer).id
    notices.submit(version=made, by=writer)
    assert "取款新规" not in board()
    notices.publish(version=made, by=boss)
    page = board()
    assert "1102 · 取款新规" in page
    assert "Wang Fang、Li Na" in page
    assert reverse("notices:readers", args=[made]) in page
    notices.acknowledge(version=made, by=wang)
    page = board()
    assert ">Li Na<" in page
    notices.acknowledge(version=made, by=li)
    assert "取款新规" not in board()
