"""Who has a visit open 同屏: seen by each other, announced only when something changes, soon forgotten."""

from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.visits import services
from counterpoint.visits.data import VisitMalformed
from counterpoint.visits.models import Onlooker
from counterpoint.visits.tests.bank import served

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(bank):
    return served(bank)


@pytest.fixture
def announced(monkeypatch):
    heard = []
    monkeypatch.setattr("counterpoint.visits.services.presence._announce", heard.append)
    return heard


def test_two_who_look_see_each_other_and_where(bank, visit, announced):
    services.look(visit=visit, by=bank.wang, field="1301.amount")
    seen = services.look(visit=visit, by=bank.li)
    assert [(one.person, one.field, one.desk) for one in seen] == [
        (bank.wang.id, "1301.amount", bank.wang.desk), (bank.li.id, "", bank.li.desk),
    ]  # fmt: skip
    assert announced == [visit, visit]


def test_only_a_change_is_announced(bank, visit, announced):
    for field in ("a", "a", "a", "b", "b", ""):
        services.look(visit=visit, by=bank.wang, field=field)
    assert len(announced) == 3
    assert Onlooker.objects.count() == 1


def test_who_was_not_seen_lately_is_not_shown_and_comes_back_with_a_word(bank, visit, announced, monkeypatch):
    services.look(visit=visit, by=bank.wang)
    moment = clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert services.onlookers(visit) == []
    assert [one.person for one in services.look(visit=visit, by=bank.wang)] == [bank.wang.id]
    assert len(announced) == 2


def test_who_closes_it_is_gone_and_said_once(bank, visit, announced):
    services.look(visit=visit, by=bank.li)
    services.gone(visit=visit, by=bank.li)
    services.gone(visit=visit, by=bank.li)
    assert services.onlookers(visit) == []
    assert len(announced) == 2


def test_a_move_is_signalled_to_who_has_the_visit_open_and_is_no_event(bank, visit, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "counterpoint.kit.journal.signal", lambda *said: sent.append(said) or '{"e":0,"v":"","c":[]}'
    )
    services.look(visit=visit, by=bank.wang, field="a")
    assert sent == [(0, "visits.presence", [f"visit:{visit}"])]


def test_looking_is_no_event_and_writes_none(bank, visit):
    before = Event.objects.count()
    services.look(visit=visit, by=bank.wang, field="a")
    services.gone(visit=visit, by=bank.wang)
    assert Event.objects.count() == before


@pytest.mark.parametrize("field", ["x" * 41, "a\x00b", None])
def test_a_field_has_a_name(bank, visit, field):
    with pytest.raises(VisitMalformed):
        services.look(visit=visit, by=bank.wang, field=field)
    with pytest.raises(VisitMalformed):
        services.look(visit=visit, by=SYSTEM)
