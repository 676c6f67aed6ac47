"""The demo's people, and a matter that they approve."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Matter, Mode, Reason, Requirement, Row, Step
from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentInput, DocumentKind, PartyKind
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.testing import once
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Role

HASH = "a" * 64
MAKER, OTHER, SUPERVISOR, LOBBY = "080101", "080102", "080201", "080301"

AT_BRANCH = Requirement(((Step(Mode.BRANCH, "authorize"),), (Step(Mode.SITE, "authorize"),)))
TWO = Requirement(((Step(Mode.BRANCH, "authorize", 2),),))
REMOTE_FIRST = Requirement(
    ((Step(Mode.REMOTE, "authorize_remote"),), (Step(Mode.SITE, "authorize"),)),
    fallback_seconds=180, escalate_seconds=60,
)  # fmt: skip


def build():
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)


world = once(build)


@pytest.fixture
def who(world, db):
    return everybody()


def everybody():
    """Everybody by number, working at branch 3 but for the authorization centre."""
    found = {}
    for row in get_user_model().objects.all():
        actor = people.actor_of(row)
        found[row.username] = actor if actor.branch in (1, 4) else replace(actor, branch=3)
    return found


@pytest.fixture
def second(who):
    """A second supervisor of the branch."""
    return supervisor(who)


def supervisor(who):
    """Make the lobby's manager a supervisor as well."""
    people.assign_role(person=who[LOBBY].id, role=Role.SUPERVISOR, branch=3, by=SYSTEM)
    return who[LOBBY]


@pytest.fixture
def centre(who):
    """The authorization centre's people."""
    found = people.people_with(duty="authorize_remote", branch=0)
    return [who[one.number] for one in found]


def matter(who, *, maker=MAKER, need=AT_BRANCH, payload_hash=HASH, **more):
    defaults = {
        "kind": "test.thing", "subject": "quote:1", "title_zh": "现金取款", "title_en": "Cash withdrawal",
        "branch": 3, "payload": {"maker": who[maker].id, "amount": 1}, "payload_hash": payload_hash,
        "rows": (Row("金额", "Amount", 5_000_000, "money", "amount", currency="CNY"),),
        "reasons": (Reason("teller.approval", 1, "达到柜员权限5万元", "The limit is reached"),),
        "rule": ("teller.approval", 1), "requirement": need, "amount": 5_000_000, "currency": "CNY",
        "rekey": {"amount": "50000.00", "account": "6222"},
    }  # fmt: skip
    return Matter(**(defaults | more))


@pytest.fixture
def ask(who):
    """Ask for something as its maker."""

    def asked(*, maker=MAKER, papers=(), follows=None, **more):
        made = matter(who, maker=maker, **more)
        return approvals.ask(matter=made, papers=papers, follows=follows, by=who[maker])

    return asked


@pytest.fixture
def browser(who):
    """A browser in which this person is signed in."""

    def made(number):
        client = Client(headers={"Accept-Language": "en"})
        user = get_user_model().objects.get(username=number)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["branch"] = who[number].branch
        session.save()
        return client

    return made


@pytest.fixture
def boss(browser):
    return browser(SUPERVISOR)


@pytest.fixture
def party(who):
    return customers.register_party(
        kind=PartyKind.NATURAL, name_zh="张晓明", branch=3, by=SYSTEM,
        document=DocumentInput(DocumentKind.RESIDENT_ID, "360426199101010071"),
    )  # fmt: skip
