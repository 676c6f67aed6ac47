"""Two people open the day, claim a desk, or approve overlapping rules in the same moment."""

import threading
from datetime import date

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, Refusal
from counterpoint.kit.models import Event
from counterpoint.ledger.engine.guard import DAY_LOCK_CLASS
from counterpoint.org import queries, rulebook, services
from counterpoint.org.data import DayAlreadyOpen, DeskTaken, OverlappingVersions
from counterpoint.org.models import DayChange, DeskClaim
from counterpoint.people.services import ensure_demo_staff, person_by_number
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _bank(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: MONDAY)
    services.ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)


def person(number):
    found = person_by_number(number)
    return Actor(kind=ActorKind.PERSON, id=found.id, name=found.name, branch=found.branch)


def refusals(results):
    assert all(not isinstance(one, Exception) or isinstance(one, Refusal) for one in results), results
    return [one for one in results if isinstance(one, Refusal)]


def test_two_people_open_the_day_at_once_and_it_is_opened_once():
    services.close_day(branch=3, by=SYSTEM)
    openers = [person("080201"), person("090101")] * 3
    results = at_once(*(lambda by=by: services.open_day(branch=3, date=TUESDAY, by=by) for by in openers))
    refused = refusals(results)
    assert len(refused) == 5
    assert all(isinstance(one, DayAlreadyOpen) for one in refused)
    assert DayChange.objects.filter(branch=3, date=TUESDAY, opened=True).count() == 1
    assert Event.objects.filter(verb="org.day.opened", subject="unit:3").count() == 2


def test_without_the_lock_the_first_opening_of_a_branch_would_be_told_twice():
    """The negative control: the same race on rows that nobody locked ends in an error of the database."""
    services.close_day(branch=3, by=SYSTEM)
    together = threading.Barrier(2, timeout=10)

    def careless():
        assert queries.day(3).open is False
        together.wait()
        DayChange.objects.create(branch_id=3, date=TUESDAY, opened=True, by="system:0")

    results = at_once(careless, careless)
    assert sum(isinstance(one, Exception) for one in results) == 1


def test_two_people_claim_one_desk_at_once_and_one_has_it():
    desk = services.desks(3)[0].id
    people = [person(number) for number in ("080101", "080102", "080103")]
    results = at_once(*(lambda by=by: services.claim_desk(desk=desk, by=by) for by in people))
    assert [type(one) for one in refusals(results)] == [DeskTaken, DeskTaken]
    assert DeskClaim.objects.filter(desk=desk, released_at=None).count() == 1


def test_two_overlapping_drafts_are_approved_at_once_and_one_stands():
    author, approver = person("090101"), person("080201")
    body = rulebook.table("teller.cash_recount", MONDAY).versions[0].body
    drafts = [
        services.draft_rule(
            table="teller.cash_recount", body=body, effective_from=TUESDAY, source=f"通知{n}", by=author
        ).id
        for n in (1, 2)
    ]
    results = at_once(*(lambda d=d: services.approve_rule(version=d, by=approver) for d in drafts))
    assert [type(one) for one in refusals(results)] == [OverlappingVersions]


def test_a_change_committed_elsewhere_is_never_missed():
    """Another connection approves; the very next decision here follows it."""
    author, approver = person("090101"), person("080201")
    body = rulebook.table("lobby.wait_standard", MONDAY).versions[0].body
    for minutes in range(1, 6):
        day = date(2026, 11, 23 + minutes)
        monday = services.value(key="lobby.wait_standard", at=day)
        made = services.draft_rule(
            table="lobby.wait_standard", body=body | {"value": [minutes]}, effective_from=day, source="x",
            by=author,
        )  # fmt: skip
        assert services.value(key="lobby.wait_standard", at=day) == monday
        at_once(lambda version=made.id: services.approve_rule(version=version, by=approver))
        assert services.value(key="lobby.wait_standard", at=day) == [minutes]


def test_a_close_waits_for_the_posting_that_holds_the_day():
    """Postings share the lock that stands for the branch's day; the close takes it alone, after them."""
    import psycopg
    from django.conf import settings

    where = settings.DATABASES["default"]
    order = []
    with psycopg.connect(
        host=where["HOST"],
        dbname=where["NAME"],
        user=where["USER"],
        password=where["PASSWORD"] or None,
        port=where["PORT"] or None,
    ) as poster:
        poster.execute("SELECT pg_advisory_xact_lock_shared(%s, 3)", [DAY_LOCK_CLASS])
        closing = threading.Thread(target=lambda: (close(), order.append("closed")))

        def close():
            try:
                services.close_day(branch=3, by=SYSTEM)
            finally:
                connection.close()

        closing.start()
        closing.join(timeout=0.5)
        order.append("posted")
        poster.commit()
        closing.join(timeout=10)
    assert order == ["posted", "closed"]
