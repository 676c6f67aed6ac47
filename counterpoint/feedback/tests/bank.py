"""The demo branch with a reporter, the departments, and what is reported there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.feedback import services as feedback
from counterpoint.feedback.data import Context, Effect, Item, Kind
from counterpoint.feedback.data_complaints import Channel
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.org import services as org
from counterpoint.people import services as people

BRANCH, OTHER = 3, 4
NAMES = {
    "wang": "080101", "li": "080102", "chen": "080103", "zhang": "080201", "liu": "080301",
    "operations": "090101", "auditor": "090201", "it": "090301",
}  # fmt: skip
REASON = Effect(reason="监管要求如此")


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    rows = get_user_model().objects.all()
    rows.update(must_change_password=False)
    staff = {row.username: replace(people.actor_of(row), branch=row.branch_id) for row in rows}
    return SimpleNamespace(staff=staff, **{name: staff[number] for name, number in NAMES.items()})


def reported(by: Actor, *, title: str = "开户表缺少职业栏", kind: Kind = Kind.PROBLEM, **more) -> Item:
    """A problem at the operation 1301, which the department of operations owns."""
    given = {"operation": "1301", "address": "/desk/"} | more
    text = given.pop("text", "客户填不了职业")
    return feedback.report(kind=kind, title=title, text=text, context=Context(**given), by=by)


def idea(by: Actor, title: str = "回单自动带出摘要", **more) -> Item:
    return reported(by, title=title, kind=Kind.IDEA, **({"text": "少录一次"} | more))


def taken(bank: SimpleNamespace, **more) -> Item:
    made = reported(bank.wang, **more)
    feedback.triage(item=made.id, by=bank.operations)
    return feedback.item(made.id, by=bank.operations)


def answered(bank: SimpleNamespace, **more) -> Item:
    made = taken(bank, **more)
    feedback.answer(item=made.id, text="已加上职业栏", by=bank.operations)
    return feedback.item(made.id, by=bank.operations)


def complained(
    bank: SimpleNamespace, *, about: tuple[Actor, ...] = (), by: Actor | None = None, **more
) -> int:
    """A customer complains at the counter of the branch."""
    given = {
        "channel": Channel.COUNTER, "text": "等候太久，态度生硬", "party": None, "operation": "1102",
        "received": clock.today(),
    } | more  # fmt: skip
    return feedback.register_complaint(concerned=[one.id for one in about], by=by or bank.chen, **given)


def at(monkeypatch, moment: datetime) -> None:
    """Let the product's clock stand there."""
    monkeypatch.setattr("counterpoint.kit.clock.now", lambda: moment)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.CHINA)


def browser(who: Actor, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = who.branch
    session.save()
    return client
