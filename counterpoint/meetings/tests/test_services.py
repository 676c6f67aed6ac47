"""The agenda, the minutes, who was there, and what the morning page asks."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from counterpoint.kit import clock
from counterpoint.kit.models import Event
from counterpoint.meetings import queries
from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import (
    ItemKind,
    Kind,
    MeetingMalformed,
    MeetingState,
    MinutesChanged,
    NotInvited,
    NotTheOrganiser,
    Presence,
    WrongState,
)
from counterpoint.meetings.models import Item, Meeting, Minutes
from counterpoint.meetings.services.recording import record_of
from counterpoint.meetings.tests.bank import at, called, china, first, running
from counterpoint.notices import services as notices
from counterpoint.notices.data import Audience as Readers
from counterpoint.notices.data import Draft
from counterpoint.notices.data import Kind as NoticeKind

pytestmark = pytest.mark.django_db
S = MeetingState


def move(meeting, start, by, **more):
    given = {"minutes": 15, "place": "", "note": ""} | more
    meetings.move(meeting=meeting, start=start, by=by, **given)


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
