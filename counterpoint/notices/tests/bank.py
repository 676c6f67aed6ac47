"""The demo branch with a writer, an approver, tellers and a supervisor; and notices of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience, Choice, Draft, Kind, Question, Version
from counterpoint.org import services as org
from counterpoint.people import services as people

BRANCH, OTHER = 3, 4
NAMES = {"wang": "080101", "li": "080102", "zhang": "080201", "liu": "080301"}
QUESTION = Question(
    "五万元以上取款须核对什么？", "What is checked above 50,000?",
    (Choice("身份证件", "The identity document", True), Choice("什么也不用", "Nothing", False)),
    "五万元以上须核对身份证件。", "Above 50,000 the identity document is checked.",
)  # fmt: skip


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    rows = get_user_model().objects.all()
    rows.update(must_change_password=False)
    staff = {row.username: replace(people.actor_of(row), branch=row.branch_id) for row in rows}
    bank = SimpleNamespace(staff=staff, **{name: staff[number] for name, number in NAMES.items()})
    bank.writer = _with(staff, "rules_draft")
    bank.approver = _with(staff, "rules_approve")
    return bank


def _with(staff: dict[str, Actor], duty: str) -> Actor:
    return next(
        one for one in staff.values() if duty in people.duties_held(person=one.id, branch=one.branch or 0)
    )


def drafted(
    bank: SimpleNamespace,
    *,
    title: str = "大额取款新规",
    text: str = "五万元以上取款须核对身份证件。",
    **more,
):
    """A draft for everybody, which governs the cash withdrawal."""
    given = {"operations": ("1102",), "audience": Audience(everybody=True)} | more
    draft = Draft(title_zh=title, text_zh=text, **given)
    return notices.draft_notice(kind=Kind.POLICY, draft=draft, by=bank.writer)


def published(bank: SimpleNamespace, **more) -> Version:
    """The same, approved by somebody else."""
    made = drafted(bank, **more)
    notices.submit(version=made.id, by=bank.writer)
    notices.publish(version=made.id, by=bank.approver)
    return notices.version(made.id, by=bank.writer)


def revised(bank: SimpleNamespace, version: Version, **changed) -> Version:
    """The next version, published."""
    draft = replace(version.draft, **({"effective": None} | changed))
    made = notices.revise_notice(notice=version.notice, draft=draft, by=bank.writer)
    notices.submit(version=made.id, by=bank.writer)
    notices.publish(version=made.id, by=bank.approver)
    return notices.version(made.id, by=bank.writer)


def at(monkeypatch, moment: datetime) -> None:
    """Let the product's clock stand there."""
    monkeypatch.setattr("counterpoint.kit.clock.now", lambda: moment)


def browser(who: Actor, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = who.branch
    session.save()
    return client
