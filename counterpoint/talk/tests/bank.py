"""The demo branch, in which people talk: tellers, their supervisor, an auditor, somebody from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.talk import services as talk
from counterpoint.talk.models import Message
from counterpoint.visits import services as visits

BRANCH, OTHER = 3, 4
NAMES = {"wang": "080101", "li": "080102", "chen": "080103", "zhang": "080201", "liu": "080301"}


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    rows = get_user_model().objects.all()
    rows.update(must_change_password=False)
    staff = {row.username: replace(people.actor_of(row), branch=row.branch_id) for row in rows}
    bank = SimpleNamespace(staff=staff, **{name: staff[number] for name, number in NAMES.items()})
    bank.auditor = next(
        one for one in staff.values() if "audit" in people.duties_held(person=one.id, branch=0)
    )
    bank.elsewhere = replace(bank.chen, branch=OTHER)
    return bank


def say(by: Actor, channel: int, text: str = "请核对", **more) -> int:
    return talk.send(channel=channel, text=text, key=more.pop("key", None) or uuid4(), by=by, **more)


def direct(bank: SimpleNamespace) -> int:
    return talk.direct(person=bank.li.id, by=bank.wang)


def group(bank: SimpleNamespace, *others: Actor) -> int:
    members = [one.id for one in (others or (bank.li, bank.zhang))]
    return talk.open_group(title="晨会准备", people=members, by=bank.wang)


def branch(bank: SimpleNamespace) -> int:
    for one in (bank.wang, bank.li):
        talk.settle(person=one.id, branch=BRANCH)
    return next(one.id for one in talk.lines(by=bank.wang).lines if one.kind == "branch")


def visit(bank: SimpleNamespace) -> int:
    return visits.open_visit(branch=BRANCH, by=bank.wang, label="A012").id


def thread(bank: SimpleNamespace, about: int) -> int:
    return talk.thread(subject=talk.subject("visit", about, bank.wang), by=bank.wang)


def texts(bank: SimpleNamespace, who: Actor, channel: int) -> list[str]:
    return [one.text for one in talk.messages(channel, by=who)[1].messages]


def aged(id: int, moment: datetime) -> None:
    """Let a message have been sent then; the guard of the table looks away for a moment."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE talk_message SET at = %s WHERE id = %s", [moment, id])
        cursor.execute("SET LOCAL session_replication_role = origin")


def kept(channel: int) -> int:
    return Message.objects.filter(channel=channel).count()


def browser(who: Actor, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = who.branch
    session.save()
    return client
