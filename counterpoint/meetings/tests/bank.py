"""The demo branch on a Monday morning, with its people and the meetings that they call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.test import Client

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import Audience, Kind, Plan
from counterpoint.meetings.models import Meeting, Series
from counterpoint.meetings.rules import WORKDAYS
from counterpoint.org import services as org
from counterpoint.people import services as people

BRANCH, OTHER = 3, 4
NAMES = {
    "wang": "080101", "li": "080102", "chen": "080103", "zhang": "080201", "liu": "080301",
    "operations": "090101", "auditor": "090201", "it": "090301",
}  # fmt: skip


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.CHINA)


MONDAY = china("2026-11-23 07:30")


def at(monkeypatch, moment: datetime) -> None:
    """Let the product's clock stand there."""
    monkeypatch.setattr("counterpoint.kit.clock.now", lambda: moment)


def build() -> SimpleNamespace:
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    rows = get_user_model().objects.all()
    rows.update(must_change_password=False)
    staff = {row.username: replace(people.actor_of(row), branch=row.branch_id) for row in rows}
    return SimpleNamespace(staff=staff, **{name: staff[number] for name, number in NAMES.items()})


def plan(**more) -> Plan:
    """A morning briefing of the branch, every working day at half past eight."""
    given = {
        "kind": Kind.MORNING, "title": "网点晨会", "start": china("2026-11-24 08:30"), "minutes": 15,
        "place": "二楼会议室", "audience": Audience(whole_branch=True), "rule": WORKDAYS,
        "working_days": True, "until": None,
    } | more  # fmt: skip
    return Plan(**given)


def called(by: Actor, **more) -> Series:
    return Series.objects.get(pk=meetings.call(plan=plan(**more), by=by))


def first(series: Series, number: int = 0) -> Meeting:
    return Meeting.objects.filter(series=series).order_by("recurrence")[number]


def running(bank: SimpleNamespace, **more) -> int:
    """A meeting of the branch that was started by its supervisor."""
    meeting = first(called(bank.zhang, **more)).pk
    meetings.start(meeting=meeting, by=bank.zhang)
    return meeting


def days(series: Series, *states: str) -> list[date]:
    found = Meeting.objects.filter(series=series).order_by("recurrence")
    if states:
        found = found.filter(state__in=states)
    return [one.start.astimezone(clock.CHINA).date() for one in found]


def browser(who: Actor, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(
        get_user_model().objects.get(pk=who.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"] = who.branch
    session.save()
    return client
