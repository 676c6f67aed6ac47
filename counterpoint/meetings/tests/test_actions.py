"""Actions: carried over, closed, handed on, told when they are late."""

from datetime import date

import pytest

from counterpoint.meetings import queries
from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import (
    ActionClosed,
    ActionState,
    ItemKind,
    MeetingMalformed,
    MeetingState,
    NotTheOrganiser,
)
from counterpoint.meetings.models import Action, Escalation, Series
from counterpoint.meetings.tests.bank import at, called, china, first, plan, running
from counterpoint.people import services as people

pytestmark = pytest.mark.django_db
S = MeetingState


def move(meeting, start, by, **more):
    given = {"minutes": 15, "place": "", "note": ""} | more
    meetings.move(meeting=meeting, start=start, by=by, **given)


def test_an_action_stands_on_every_following_agenda_until_it_is_done(bank):
    row = called(bank.zhang)
    meeting, following = first(row).pk, first(row, 1).pk
    meetings.start(meeting=meeting, by=bank.zhang)
    action = meetings.assign(meeting=meeting, text="报修点钞机", owner=bank.li.id, due=None, by=bank.wang)
    meetings.finalise(meeting=meeting, revision=0, by=bank.zhang)
    meetings.fill(meeting=following, by=bank.zhang)
    assert [one.kind for one in queries.items(following)][-1] is ItemKind.ACTIONS
    assert [one.id for one in queries.carried(row.chain, following)] == [action]
    # Also after the series was changed and goes on as another.
    new = meetings.change_following(
        meeting=first(row, 2).pk, plan=plan(start=china("2026-11-26 08:00")), by=bank.zhang
    )
    later = Series.objects.get(pk=new)
    assert [one.id for one in queries.carried(later.chain, first(later).pk)] == [action]
    meetings.done(action=action, note="已修", by=bank.li)
    assert queries.carried(row.chain, following) == []
    with pytest.raises(ActionClosed):
        meetings.drop(action=action, reason="再关一次", by=bank.li)


def test_a_due_day_is_a_working_day_and_lies_ahead(bank):
    meeting = running(bank)

    def due(day):
        id = meetings.assign(meeting=meeting, text="事", owner=bank.li.id, due=day, by=bank.wang)
        return Action.objects.get(pk=id).due

    assert due(None) == date(2026, 11, 26)
    assert due(date(2026, 11, 28)) == date(2026, 11, 30)
    for wrong in (date(2026, 11, 22), date(2099, 1, 1)):
        with pytest.raises(MeetingMalformed):
            due(wrong)
    with pytest.raises(MeetingMalformed):
        meetings.assign(meeting=meeting, text="事", owner=10**9, due=None, by=bank.wang)


def test_an_action_is_closed_by_its_owner_or_who_called_and_dropped_only_with_a_reason(bank):
    meeting = running(bank)
    action = meetings.assign(meeting=meeting, text="事", owner=bank.li.id, due=None, by=bank.zhang)
    with pytest.raises(NotTheOrganiser):
        meetings.done(action=action, note="", by=bank.wang)
    with pytest.raises(MeetingMalformed):
        meetings.drop(action=action, reason=" ", by=bank.li)
    meetings.drop(action=action, reason="已无必要", by=bank.zhang)
    assert Action.objects.get(pk=action).state == ActionState.DROPPED


def test_a_late_action_is_told_once_to_who_called_the_meeting(bank, monkeypatch):
    meeting = running(bank)
    action = meetings.assign(meeting=meeting, text="事", owner=bank.li.id, due=None, by=bank.zhang)
    at(monkeypatch, china("2026-11-26 18:00"))
    assert meetings.escalate_due() == 0
    at(monkeypatch, china("2026-11-27 08:00"))
    assert meetings.escalate_due() == 1
    assert meetings.escalate_due() == 0
    assert Escalation.objects.get().told == [bank.zhang.id]
    [told] = meetings.my_actions(bank.zhang.id)
    assert (told.id, told.late, told.escalated) == (action, True, True)
    # With another day the clock begins anew, and who called it is rid of it.
    with pytest.raises(NotTheOrganiser):
        meetings.hand(action=action, owner=bank.chen.id, due=None, reason="改派", by=bank.li)
    meetings.hand(action=action, owner=bank.chen.id, due=None, reason="改派", by=bank.zhang)
    assert meetings.my_actions(bank.zhang.id) == meetings.my_actions(bank.li.id) == []
    assert [one.id for one in meetings.my_actions(bank.chen.id)] == [action]


def test_an_action_of_somebody_who_left_or_of_who_called_goes_to_somebody_who_can_act(bank, monkeypatch):
    meeting = running(bank)
    gone = meetings.assign(meeting=meeting, text="甲", owner=bank.li.id, due=None, by=bank.zhang)
    people.suspend_staff(person=bank.li.id, reason="离职", by=bank.it)
    assert meetings.escalate_due() == 1
    assert [one.id for one in meetings.my_actions(bank.zhang.id)] == [gone]
    own = meetings.assign(meeting=meeting, text="乙", owner=bank.zhang.id, due=None, by=bank.zhang)
    at(monkeypatch, china("2026-11-27 08:00"))
    meetings.escalate_due()
    told = Escalation.objects.get(action=own).told
    assert bank.zhang.id not in told
