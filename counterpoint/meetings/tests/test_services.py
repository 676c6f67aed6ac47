"""Meetings from the call to the last action: series, agenda, minutes, actions, attendance."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.meetings import queries
from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import (
    ActionClosed,
    ActionState,
    Audience,
    ItemKind,
    Kind,
    MeetingMalformed,
    MeetingState,
    MinutesChanged,
    NobodyInvited,
    NotInvited,
    NotTheOrganiser,
    Presence,
    Reply,
    RuleRefused,
    UnknownMeeting,
    WrongState,
)
from counterpoint.meetings.models import Action, Escalation, Item, Meeting, Minutes, Series
from counterpoint.meetings.services.recording import record_of
from counterpoint.meetings.tests.bank import at, called, china, days, first, plan, running
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience as Readers
from counterpoint.notices.data import Draft
from counterpoint.notices.data import Kind as NoticeKind
from counterpoint.org import services as org
from counterpoint.org.data import DayKind
from counterpoint.people import services as people

pytestmark = pytest.mark.django_db
S = MeetingState


def move(meeting, start, by, **more):
    given = {"minutes": 15, "place": "", "note": ""} | more
    meetings.move(meeting=meeting, start=start, by=by, **given)


# ---- calling -------------------------------------------------------------------------------------------


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


# ---- the agenda ----------------------------------------------------------------------------------------


def published(bank, title, effective):
    """A notice for the tellers of the branch."""
    draft = Draft(
        title_zh=title,
        text_zh="正文",
        effective=effective,
        audience=Readers(branches=(3,), roles=("teller",)),
    )
    row = notices.draft_notice(kind=NoticeKind.POLICY, draft=draft, by=bank.operations)
    version = getattr(row, "id", row)
    notices.submit(version=version, by=bank.operations)
    notices.publish(version=version, by=bank.zhang)
    return version


def test_notices_that_take_effect_or_are_unread_are_on_the_agenda(bank):
    meeting = first(called(bank.zhang)).pk
    tomorrow = published(bank, "现金新规", china("2026-11-25 09:00"))
    published(bank, "下周的事", china("2026-12-09 09:00"))
    read = published(bank, "旧规", china("2026-11-23 07:31"))
    meetings.fill(meeting=meeting, by=bank.zhang)
    shown = [one for one in queries.items(meeting) if one.kind is ItemKind.NOTICE]
    assert [one.title for one in shown] == ["现金新规", "旧规"]
    assert shown[0].data["version"] == tomorrow
    reached = shown[1].data["of"]
    assert shown[1].data["unread"] == reached > 1
    notices.acknowledge(version=read, by=bank.wang)
    meetings.fill(meeting=meeting, by=bank.zhang)
    [_, again] = [one for one in queries.items(meeting) if one.kind is ItemKind.NOTICE]
    assert again.data["unread"] == reached - 1


def test_the_briefing_fills_itself_from_what_the_house_knows(bank, monkeypatch):
    row = called(bank.zhang)
    meeting = first(row).pk
    assert meetings.fill_due() == 0
    at(monkeypatch, china("2026-11-24 07:40"))
    assert meetings.fill_due() == 1
    assert meetings.fill_due() == 0
    kinds = [one.kind for one in queries.items(meeting)]
    assert kinds[:2] == [ItemKind.FIGURES, ItemKind.STAFFING]
    figures = queries.items(meeting)[0].data
    assert (figures["day"], figures["tickets"], figures["differences"]) == ("2026-11-23", 0, 0)
    assert meetings.meeting(meeting, by=bank.wang).filled


def test_what_was_taken_off_the_agenda_stays_off(bank):
    meeting = first(called(bank.zhang)).pk
    meetings.fill(meeting=meeting, by=bank.wang)
    figures = queries.items(meeting)[0]
    meetings.drop_item(meeting=meeting, item=figures.id, by=bank.wang)
    meetings.fill(meeting=meeting, by=bank.zhang)
    assert ItemKind.FIGURES not in [one.kind for one in queries.items(meeting)]
    assert len(queries.items(meeting)) == Item.objects.filter(meeting=meeting, dropped=None).count()


def test_an_item_of_ten_thousand_characters_is_refused_and_scripts_are_words(bank):
    meeting = first(called(bank.zhang)).pk
    with pytest.raises(MeetingMalformed):
        meetings.add_item(meeting=meeting, title="长", text="字" * 10_000, minutes=5, by=bank.wang)
    meetings.add_item(
        meeting=meeting, title="<script>alert(1)</script>", text="\x00\x07好", minutes=5, by=bank.wang
    )
    [one] = queries.items(meeting)
    assert (one.title, one.text) == ("<script>alert(1)</script>", "好")
    with pytest.raises(NotInvited):
        meetings.add_item(meeting=meeting, title="外人", text="", minutes=5, by=bank.auditor)


def test_one_item_follows_the_other_and_each_knows_how_long_it_took(bank, monkeypatch):
    meeting = first(called(bank.zhang)).pk
    for title in ("一", "二"):
        meetings.add_item(meeting=meeting, title=title, text="", minutes=5, by=bank.wang)
    meetings.start(meeting=meeting, by=bank.zhang)
    one, two = queries.items(meeting)
    assert meetings.meeting(meeting, by=bank.wang).current == one.id
    at(monkeypatch, clock.now() + timedelta(seconds=90))
    meetings.turn_to(meeting=meeting, step=1, by=bank.zhang)
    meetings.turn_to(meeting=meeting, step=1, by=bank.zhang)
    assert meetings.meeting(meeting, by=bank.wang).current == two.id
    assert [item.spent for item in queries.items(meeting)] == [90, 0]


# ---- minutes -------------------------------------------------------------------------------------------


def test_nobody_writes_over_what_somebody_else_wrote(bank):
    meeting = running(bank)
    assert meetings.write(meeting=meeting, text="王芳记", revision=0, by=bank.wang).revision == 1
    with pytest.raises(MinutesChanged):
        meetings.write(meeting=meeting, text="李强记", revision=0, by=bank.li)
    meetings.write(meeting=meeting, text="王芳记\n李强记", revision=1, by=bank.li)
    assert meetings.minutes_of(meeting)[0].text == "王芳记\n李强记"
    with pytest.raises(MeetingMalformed):
        meetings.write(meeting=meeting, text="x" * 20_001, revision=2, by=bank.li)
    with pytest.raises(NotInvited):
        meetings.write(meeting=meeting, text="外人", revision=2, by=bank.auditor)


def test_events_of_minutes_carry_no_words(bank):
    meeting = running(bank)
    meetings.write(meeting=meeting, text="客户张三的账户", revision=0, by=bank.wang)
    data = Event.objects.filter(verb="meetings.minutes.written").latest("id").data
    assert "张三" not in str(data)
    assert data["length"] == 7


def test_who_writes_is_seen_by_the_others_for_a_while(bank, monkeypatch):
    meeting = running(bank)
    meetings.look(meeting=meeting, by=bank.wang)
    assert meetings.editors(meeting, but=bank.li.id) == [bank.wang.name]
    assert meetings.editors(meeting, but=bank.wang.id) == []
    at(monkeypatch, clock.now() + timedelta(minutes=4))
    assert meetings.editors(meeting) == []
    meetings.look(meeting=meeting, by=bank.wang)
    meetings.gone(meeting=meeting, by=bank.wang)
    assert meetings.editors(meeting) == []


def test_finalised_minutes_do_not_change_and_are_taken_up_again_as_a_new_version(bank):
    meeting = running(bank)
    meetings.write(meeting=meeting, text="第一版", revision=0, by=bank.wang)
    with pytest.raises(NotTheOrganiser):
        meetings.finalise(meeting=meeting, revision=1, by=bank.wang)
    with pytest.raises(MinutesChanged):
        meetings.finalise(meeting=meeting, revision=0, by=bank.zhang)
    assert meetings.finalise(meeting=meeting, revision=1, by=bank.zhang) == 1
    for act in (
        lambda: meetings.write(meeting=meeting, text="改", revision=1, by=bank.wang),
        lambda: meetings.decide(meeting=meeting, text="改", by=bank.wang),
        lambda: meetings.assign(meeting=meeting, text="改", owner=bank.li.id, due=None, by=bank.wang),
        lambda: meetings.mark(
            meeting=meeting, person=bank.li.id, presence=Presence.PRESENT, reason="", by=bank.zhang
        ),
        lambda: meetings.finalise(meeting=meeting, revision=1, by=bank.zhang),
        lambda: meetings.cancel(meeting=meeting, reason="不算", by=bank.zhang),
    ):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(MeetingMalformed):
        meetings.reopen(meeting=meeting, reason=" ", by=bank.zhang)
    assert meetings.reopen(meeting=meeting, reason="漏记一项", by=bank.zhang) == 2
    meetings.write(meeting=meeting, text="第二版", revision=0, by=bank.wang)
    assert meetings.finalise(meeting=meeting, revision=1, by=bank.zhang) == 2
    assert [(one.version, one.text) for one in meetings.minutes_of(meeting)] == [(2, "第二版"), (1, "第一版")]


def test_the_database_keeps_finalised_minutes_as_they_were(bank):
    meeting = running(bank)
    meetings.finalise(meeting=meeting, revision=0, by=bank.zhang)
    for statement in (
        lambda: Minutes.objects.filter(meeting=meeting).update(text="偷改"),
        lambda: Minutes.objects.filter(meeting=meeting).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()


def test_the_record_is_kept_as_it_was_whatever_becomes_of_its_actions(bank):
    meeting = running(bank)
    action = meetings.assign(meeting=meeting, text="报修点钞机", owner=bank.li.id, due=None, by=bank.zhang)
    meetings.decide(meeting=meeting, text="二号窗午间不停", by=bank.zhang)
    meetings.finalise(meeting=meeting, revision=0, by=bank.zhang)
    meetings.done(action=action, note="", by=bank.li)
    [version] = meetings.minutes_of(meeting)
    assert version.record["decisions"] == ["二号窗午间不停"]
    assert version.record["actions"] == [["报修点钞机", bank.li.name, "2026-11-26", "未完成"]]
    now = record_of(Meeting.objects.select_related("series__organiser").get(pk=meeting))
    assert now["actions"] != version.record["actions"]


# ---- actions -------------------------------------------------------------------------------------------


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


# ---- attendance, my day --------------------------------------------------------------------------------


def test_whoever_marks_themselves_after_the_bell_is_late_and_absence_needs_a_reason(bank, monkeypatch):
    row = called(bank.zhang)
    meeting = first(row).pk
    at(monkeypatch, china("2026-11-24 08:31"))
    meetings.start(meeting=meeting, by=bank.zhang)
    meetings.mark(meeting=meeting, person=bank.wang.id, presence=Presence.PRESENT, reason="", by=bank.wang)
    at(monkeypatch, china("2026-11-24 08:36"))
    meetings.mark(meeting=meeting, person=bank.li.id, presence=Presence.PRESENT, reason="", by=bank.li)
    with pytest.raises(MeetingMalformed):
        meetings.mark(
            meeting=meeting, person=bank.chen.id, presence=Presence.ABSENT, reason="", by=bank.zhang
        )
    meetings.mark(
        meeting=meeting, person=bank.chen.id, presence=Presence.ABSENT, reason="休假", by=bank.zhang
    )
    with pytest.raises(NotInvited):
        meetings.mark(
            meeting=meeting, person=bank.auditor.id, presence=Presence.PRESENT, reason="", by=bank.zhang
        )
    seen = {one.person: one.presence for one in queries.attendees(queries.by_id(meeting))}
    assert (seen[bank.zhang.id], seen[bank.wang.id]) == (Presence.PRESENT, Presence.PRESENT)
    assert (seen[bank.li.id], seen[bank.chen.id]) == (Presence.LATE, Presence.ABSENT)


def test_the_morning_page_asks_one_question_for_each_part(bank, django_assert_num_queries):
    meeting = running(bank)
    for owner in (bank.wang, bank.wang, bank.li):
        meetings.assign(meeting=meeting, text="事", owner=owner.id, due=None, by=bank.zhang)
    called(bank.zhang, title="夕会", kind=Kind.EVENING, start=china("2026-11-24 17:30"))
    with django_assert_num_queries(1):
        day = meetings.my_day(bank.wang.id, date(2026, 11, 24))
    assert [one.title for one in day] == ["网点晨会", "夕会"]
    with django_assert_num_queries(1):
        assert len(meetings.my_actions(bank.wang.id)) == 2
