"""What calendar programs are sent and answer: read by icalendar, expanded by dateutil, as RFC 5546 asks."""

from datetime import UTC, date, datetime

import pytest
from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar

from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import (
    Audience,
    NotInvited,
    Reply,
    ReplyMalformed,
    UnknownFeed,
    WrongState,
)
from counterpoint.meetings.models import Attendance, Invitation, Meeting
from counterpoint.meetings.services.inviting import series_invitations
from counterpoint.meetings.tests.bank import at, called, china, days, first, plan
from counterpoint.people import services as people

pytestmark = pytest.mark.django_db


def events(content):
    return Calendar.from_ical(content).walk("VEVENT")


def sent(found, who):
    return next(one for one in found if one.person == who.id)


def moments(prop):
    return [
        one.dt for part in (prop if isinstance(prop, list) else [prop] if prop else []) for one in part.dts
    ]


def expanded(event, until):
    """The days that a calendar program makes of the series."""
    rules = rruleset()
    rules.rrule(rrulestr(event["rrule"].to_ical().decode(), dtstart=event["dtstart"].dt))
    for one in moments(event.get("exdate")):
        rules.exdate(one)
    for one in moments(event.get("rdate")):
        rules.rdate(one)
    return [one.date() for one in rules.between(event["dtstart"].dt, until, inc=True)]


def test_an_invitation_has_all_that_a_calendar_program_asks_for(bank):
    row = called(bank.zhang)
    one = sent(series_invitations(row.pk), bank.wang)
    assert one.method == "REQUEST"
    read = Calendar.from_ical(one.ics)
    assert (read["method"], read["version"]) == ("REQUEST", "2.0")
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    [event] = events(one.ics)
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert str(event["uid"]).startswith(str(row.uid))
    assert (event["sequence"], str(event["status"])) == (0, "CONFIRMED")
    assert str(event["organizer"]) == "mailto:080201@bank.example"
    mine = next(who for who in event["attendee"] if str(who) == "mailto:080101@bank.example")
    assert (mine.params["PARTSTAT"], mine.params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
    assert all(line <= 75 for line in map(len, one.ics.split(b"\r\n")))
    # Who calls a meeting needs no invitation.
    assert bank.zhang.id not in {found.person for found in series_invitations(row.pk)}


def test_a_calendar_program_shows_the_days_that_the_branch_meets(bank, monkeypatch):
    """Around the national holiday of 2026: banks work again on the 8th, and on Saturday the 10th."""
    at(monkeypatch, china("2026-09-21 07:30"))
    row = called(bank.zhang, start=china("2026-09-22 08:30"))
    [event] = events(sent(series_invitations(row.pk), bank.wang).ics)
    shown = expanded(event, china("2026-11-20 23:00"))
    assert shown == [day for day in days(row) if day <= date(2026, 11, 20)]
    assert date(2026, 10, 10) in shown
    assert date(2026, 10, 2) not in shown


def test_a_meeting_that_was_moved_is_sent_alone_with_its_recurrence_id(bank):
    row = called(bank.zhang)
    meeting = first(row, 1)
    meetings.move(
        meeting=meeting.pk, start=china("2026-11-25 17:00"), minutes=30, place="大厅", note="", by=bank.zhang
    )
    one = sent(meetings.invitations(meeting.pk), bank.wang)
    [event] = events(one.ics)
    assert one.method == "REQUEST"
    assert event["recurrence-id"].dt == china("2026-11-25 08:30")
    assert (event["dtstart"].dt, event["sequence"]) == (china("2026-11-25 17:00"), 1)
    assert "rrule" not in event
    # Everybody is asked anew at another time, but for who moved it.
    assert {who.params["PARTSTAT"] for who in event["attendee"]} == {"NEEDS-ACTION", "ACCEPTED"}
    whole, moved = events(sent(series_invitations(row.pk), bank.wang).ics)
    assert (whole["sequence"], moved["sequence"]) == (0, 1)
    assert str(whole["uid"]) == str(moved["uid"]) == str(event["uid"])


def test_one_meeting_is_cancelled_and_the_others_stay(bank):
    row = called(bank.zhang)
    meeting = first(row)
    meetings.cancel(meeting=meeting.pk, reason="台风", by=bank.zhang)
    one = sent(meetings.invitations(meeting.pk), bank.wang)
    [event] = events(one.ics)
    assert (one.method, str(Calendar.from_ical(one.ics)["method"])) == ("CANCEL", "CANCEL")
    assert (str(event["status"]), event["recurrence-id"].dt) == ("CANCELLED", china("2026-11-24 08:30"))
    [whole] = events(sent(series_invitations(row.pk), bank.wang).ics)
    assert expanded(whole, china("2026-11-27 23:00")) == [date(2026, 11, day) for day in (25, 26, 27)]


def test_changing_the_following_ones_shortens_the_series_and_begins_another(bank):
    row = called(bank.zhang)
    new = meetings.change_following(
        meeting=first(row, 2).pk, plan=plan(start=china("2026-11-26 08:15"), minutes=20), by=bank.zhang
    )
    [old] = events(sent(series_invitations(row.pk), bank.wang).ics)
    [goes_on] = events(sent(series_invitations(new), bank.wang).ics)
    assert old["sequence"] == 1
    assert old["rrule"]["UNTIL"] == [datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)]
    assert expanded(old, china("2027-01-30 23:00")) == [date(2026, 11, 24), date(2026, 11, 25)]
    assert str(old["uid"]) != str(goes_on["uid"])
    assert goes_on["dtstart"].dt == china("2026-11-26 08:15")
    assert expanded(goes_on, china("2026-11-27 23:00")) == [date(2026, 11, 26), date(2026, 11, 27)]


def test_a_series_that_is_cancelled_from_its_first_meeting_on_is_cancelled_whole(bank):
    row = called(bank.zhang)
    meetings.cancel_following(meeting=first(row).pk, reason="改用通知", by=bank.zhang)
    one = sent(series_invitations(row.pk), bank.wang)
    [event] = events(one.ics)
    assert (one.method, str(event["status"]), event["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert "recurrence-id" not in event


def test_whoever_leaves_the_audience_is_sent_a_cancellation_of_their_own(bank):
    row = called(bank.zhang)
    people.suspend_staff(person=bank.chen.id, reason="离职", by=bank.it)
    meetings.extend_all()
    one = sent(series_invitations(row.pk), bank.chen)
    [event] = events(one.ics)
    assert one.method == "CANCEL"
    assert str(event["attendee"]) == "mailto:080103@bank.example"
    assert sent(series_invitations(row.pk), bank.wang).method == "REQUEST"


def test_a_single_meeting_has_no_recurrence_id(bank):
    row = called(bank.zhang, rule="", audience=Audience(people=(bank.wang.id,)))
    meeting = first(row)
    meetings.move(
        meeting=meeting.pk, start=china("2026-11-24 10:00"), minutes=15, place="", note="", by=bank.zhang
    )
    [event] = events(sent(meetings.invitations(meeting.pk), bank.wang).ics)
    assert "recurrence-id" not in event
    assert event["dtstart"].dt == china("2026-11-24 10:00")
    meetings.cancel(meeting=meeting.pk, reason="不需要", by=bank.zhang)
    for found in (meetings.invitations(meeting.pk), series_invitations(row.pk)):
        one = sent(found, bank.wang)
        [event] = events(one.ics)
        assert (one.method, event["sequence"], str(event["status"])) == ("CANCEL", 2, "CANCELLED")


def test_words_with_commas_line_ends_and_headers_stay_words(bank):
    row = called(bank.zhang, title="晨会; ATTENDEE:mailto:x, 一\\n二", place="A,B;C")
    [event] = events(sent(series_invitations(row.pk), bank.wang).ics)
    assert str(event["summary"]) == "晨会; ATTENDEE:mailto:x, 一\\n二"
    assert str(event["location"]) == "A,B;C"
    assert len([who for who in event["attendee"] if "mailto:x" in str(who)]) == 0


# ---- answers -------------------------------------------------------------------------------------------


def reply(row, number="080101", partstat="ACCEPTED", recurrence="", sequence=0, method="REPLY"):
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{row.uid}@bank.example", "DTSTAMP:20261123T010000Z", f"SEQUENCE:{sequence}", recurrence,
        f"ATTENDEE;PARTSTAT={partstat}:MAILTO:{number}@BANK.example", "ORGANIZER:mailto:080201@bank.example",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join(line for line in lines if line).encode() + b"\r\n"


def test_an_answer_of_a_calendar_program_is_taken_over(bank):
    row = called(bank.zhang)
    assert meetings.take_reply(content=reply(row), by=bank.wang) == 1
    assert Invitation.objects.get(series=row, person=bank.wang.id).reply == Reply.ACCEPTED
    second = "RECURRENCE-ID;TZID=Asia/Shanghai:20261125T083000"
    meetings.take_reply(content=reply(row, "080102", "DECLINED", second), by=bank.zhang)
    assert Attendance.objects.get(meeting=first(row, 1), person=bank.li.id).reply == Reply.DECLINED
    assert Invitation.objects.get(series=row, person=bank.li.id).reply == Reply.NEEDS_ACTION


def test_an_answer_that_is_none_of_ours_is_refused(bank):
    row = called(bank.zhang)
    for content in (
        b"", b"x", b"\xff\xfe\x00", b"BEGIN:VCALENDAR", b"A" * 70_000, reply(row, method="REQUEST"),
        reply(row, partstat="DELEGATED"), reply(row, "999999"), reply(row, "090201"),
        reply(row).replace(str(row.uid).encode(), b"not-a-uid"),
        reply(row, recurrence="RECURRENCE-ID;VALUE=DATE:20261125"),
        reply(row, recurrence="RECURRENCE-ID;TZID=Asia/Shanghai:20991125T083000"),
    ):  # fmt: skip
        with pytest.raises(ReplyMalformed):
            meetings.take_reply(content=content, by=bank.zhang)
    with pytest.raises(NotInvited):
        meetings.take_reply(content=reply(row), by=bank.li)


def test_an_answer_to_what_was_changed_since_is_refused(bank):
    row = called(bank.zhang)
    meetings.move(
        meeting=first(row).pk, start=china("2026-11-24 16:00"), minutes=15, place="", note="", by=bank.zhang
    )
    which = "RECURRENCE-ID;TZID=Asia/Shanghai:20261124T083000"
    with pytest.raises(WrongState):
        meetings.take_reply(content=reply(row, recurrence=which), by=bank.wang)
    assert meetings.take_reply(content=reply(row, recurrence=which, sequence=1), by=bank.wang) == 1


# ---- the subscription ----------------------------------------------------------------------------------


def test_a_secret_address_shows_the_meetings_of_its_person_and_nobody_elses_answers(bank):
    called(bank.zhang)
    called(bank.zhang, title="别人的会", audience=Audience(people=(bank.li.id,)))
    secret = meetings.issue_feed(by=bank.wang)
    content, tag = meetings.feed(secret)
    assert [str(one["summary"]) for one in events(content)] == ["网点晨会"]
    assert b"080102" not in content
    assert meetings.feed(secret)[1] == tag
    moved = Meeting.objects.order_by("pk")[0].pk
    start = china("2026-11-24 09:00")
    meetings.move(meeting=moved, start=start, minutes=15, place="", note="", by=bank.zhang)
    assert meetings.feed(secret)[1] != tag


def test_a_void_forged_or_orphaned_address_shows_nothing(bank):
    old = meetings.issue_feed(by=bank.wang)
    secret = meetings.issue_feed(by=bank.wang)
    for bad in (old, "x", secret[:-1], "\ud800"):
        with pytest.raises(UnknownFeed):
            meetings.feed(bad)
    assert meetings.feed(secret)
    people.suspend_staff(person=bank.wang.id, reason="离职", by=bank.it)
    with pytest.raises(UnknownFeed):
        meetings.feed(secret)


def test_the_feed_asks_the_same_number_of_questions_for_many_series(bank, django_assert_num_queries):
    secret = meetings.issue_feed(by=bank.wang)
    called(bank.zhang)
    with django_assert_num_queries(4):
        meetings.feed(secret)
    for number in range(3):
        called(bank.zhang, title=f"会 {number}")
    with django_assert_num_queries(4):
        meetings.feed(secret)
