"""Calling meetings: series around holidays, moving, cutting, cancelling, taking over, who may."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model

from counterpoint.kit.data import SYSTEM
from counterpoint.meetings import queries
from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import (
    Audience,
    MeetingMalformed,
    MeetingState,
    NobodyInvited,
    NotInvited,
    NotTheOrganiser,
    Reply,
    RuleRefused,
    UnknownMeeting,
)
from counterpoint.meetings.models import Meeting, Series
from counterpoint.meetings.tests.bank import at, called, china, days, first, plan
from counterpoint.org import services as org
from counterpoint.org.data import DayKind
from counterpoint.people import services as people

pytestmark = pytest.mark.django_db
S = MeetingState


def move(meeting, start, by, **more):
    given = {"minutes": 15, "place": "", "note": ""} | more
    meetings.move(meeting=meeting, start=start, by=by, **given)


def test_a_series_is_planned_so_far_ahead_and_goes_on_by_itself(bank, monkeypatch):
    row = called(bank.zhang)
    assert days(row)[:2] == [date(2026, 11, 24), date(2026, 11, 25)]
    assert days(row)[-1] == date(2027, 1, 22)
    assert meetings.extend_all() == 0
    at(monkeypatch, china("2026-11-25 07:30"))
    assert meetings.extend_all() == 0
    at(monkeypatch, china("2026-11-27 07:30"))
    assert meetings.extend_all() == 1
    assert days(row)[-1] == date(2027, 1, 26)
    row.refresh_from_db()
    # Nothing that a calendar program does not know already.
    assert row.sequence == 0


def test_everybody_of_the_branch_is_invited_and_who_calls_has_accepted(bank):
    row = called(bank.zhang)
    invited = set(queries.invited_ids(row.pk))
    assert {bank.wang.id, bank.li.id, bank.liu.id, bank.zhang.id} <= invited
    assert bank.auditor.id not in invited
    mine = {one.person: one.reply for one in queries.attendees(queries.by_id(first(row).pk))}
    assert (mine[bank.zhang.id], mine[bank.wang.id]) == (Reply.ACCEPTED, Reply.NEEDS_ACTION)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"title": " "}, MeetingMalformed), ({"title": "x" * 121}, MeetingMalformed),
        ({"minutes": 0}, MeetingMalformed), ({"minutes": 721}, MeetingMalformed),
        ({"rule": "FREQ=SECONDLY"}, RuleRefused),
        ({"rule": "", "start": "2026-11-20 08:00"}, MeetingMalformed),
        ({"start": "2026-11-02 08:30", "until": date(2026, 11, 20)}, MeetingMalformed),
        ({"audience": Audience()}, NobodyInvited), ({"audience": Audience(people=(10**9,))}, NobodyInvited),
        ({"audience": Audience(roles=("king",))}, MeetingMalformed),
    ],
)  # fmt: skip
def test_what_cannot_be_a_meeting_is_refused_and_nothing_is_left(bank, more, wrong):
    if "start" in more:
        more = more | {"start": china(more["start"])}
    with pytest.raises(wrong):
        meetings.call(plan=plan(**more), by=bank.zhang)
    assert not Series.objects.exists()


def test_a_series_that_began_in_the_past_begins_with_its_next_day(bank):
    row = called(bank.zhang, start=china("2026-11-02 08:30"))
    assert days(row)[0] == date(2026, 11, 23)


def test_a_day_that_becomes_a_holiday_is_cancelled_and_a_make_up_day_comes_in(bank):
    row = called(bank.zhang)
    common = {"name_zh": "临时", "source": "示例", "by": SYSTEM}
    org.set_calendar_day(date=date(2026, 12, 1), kind=DayKind.HOLIDAY, **common)
    org.set_calendar_day(date=date(2026, 12, 5), kind=DayKind.MAKE_UP, **common)
    assert meetings.extend_all() == 1
    row.refresh_from_db()
    assert row.sequence == 1
    assert days(row, S.CANCELLED) == [date(2026, 12, 1)]
    assert date(2026, 12, 5) in days(row, S.PLANNED)


def test_the_29th_of_february_is_planned_when_it_is_near(bank, monkeypatch):
    at(monkeypatch, china("2028-01-10 07:30"))
    row = called(bank.zhang, start=china("2028-02-29 10:00"), rule="FREQ=YEARLY", working_days=False)
    assert days(row) == [date(2028, 2, 29)]
    at(monkeypatch, china("2032-02-01 07:30"))
    meetings.extend_all()
    assert days(row) == [date(2028, 2, 29), date(2032, 2, 29)]


def test_only_who_called_it_or_supervises_its_branch_changes_a_meeting(bank):
    row = called(bank.wang, audience=Audience(people=(bank.li.id,)))
    meeting = first(row).pk
    for somebody in (bank.li, bank.auditor):
        with pytest.raises(NotTheOrganiser):
            meetings.cancel(meeting=meeting, reason="不开了", by=somebody)
    move(meeting, china("2026-11-24 09:00"), bank.zhang)
    move(meeting, china("2026-11-24 10:00"), bank.wang)
    with pytest.raises(MeetingMalformed):
        move(meeting, china("2026-11-20 09:00"), bank.wang)


def test_a_meeting_does_not_exist_for_who_is_not_invited(bank):
    meeting = first(called(bank.wang, audience=Audience(people=(bank.li.id,)))).pk
    assert meetings.meeting(meeting, by=bank.li).title == "网点晨会"
    assert meetings.meeting(meeting, by=bank.zhang)
    for somebody in (bank.chen, bank.auditor, SYSTEM):
        with pytest.raises(UnknownMeeting):
            meetings.meeting(meeting, by=somebody)


def test_moving_one_leaves_the_others_and_asks_again(bank):
    row = called(bank.zhang)
    meetings.answer(meeting=first(row).pk, reply=Reply.ACCEPTED, whole=True, by=bank.wang)
    move(first(row).pk, china("2026-11-24 17:00"), bank.zhang)
    mine = {one.id: one.reply for one in meetings.week(date(2026, 11, 23), by=bank.wang)}
    assert list(mine.values()) == [Reply.NEEDS_ACTION, Reply.ACCEPTED, Reply.ACCEPTED, Reply.ACCEPTED]
    assert meetings.meeting(first(row).pk, by=bank.wang).moved


def test_changing_the_following_ones_keeps_what_people_put_on_the_agenda(bank):
    row = called(bank.zhang)
    meeting = first(row, 1).pk
    meetings.add_item(meeting=meeting, title="点钞机送修", text="", minutes=5, by=bank.wang)
    new = meetings.change_following(
        meeting=meeting, plan=plan(start=china("2026-11-25 08:10"), title="新晨会"), by=bank.zhang
    )
    shown = meetings.week(date(2026, 11, 23), by=bank.wang)
    assert [(one.title, one.start.hour, one.start.minute) for one in shown] == [
        ("网点晨会", 8, 30), *[("新晨会", 8, 10)] * 3,
    ]  # fmt: skip
    after = Meeting.objects.filter(series=new).order_by("start").first()
    assert [one.title for one in queries.items(after.pk)] == ["点钞机送修"]
    with pytest.raises(UnknownMeeting):
        meetings.meeting(meeting, by=bank.wang)


def test_a_series_of_somebody_who_left_is_taken_over_by_the_supervisor(bank):
    row = called(bank.wang)
    people.suspend_staff(person=bank.wang.id, reason="离职", by=bank.it)
    with pytest.raises(NotTheOrganiser):
        meetings.take_over(series=row.pk, by=bank.li)
    meetings.take_over(series=row.pk, by=bank.zhang)
    meetings.extend_all()
    assert bank.wang.id not in queries.invited_ids(row.pk)
    meetings.cancel(meeting=first(row).pk, reason="合并", by=bank.zhang)


def test_who_moved_to_another_branch_is_invited_no_longer(bank):
    row = called(bank.zhang)
    get_user_model().objects.filter(pk=bank.li.id).update(branch_id=4)
    meetings.extend_all()
    assert bank.li.id not in queries.invited_ids(row.pk)
    with pytest.raises(NotInvited):
        meetings.answer(meeting=first(row).pk, reply=Reply.ACCEPTED, whole=False, by=bank.li)
