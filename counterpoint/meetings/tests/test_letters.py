"""Letters of meetings: each change once, to whom it concerns, with a file that calendars understand."""

from __future__ import annotations

import pytest
from django.db import connection
from icalendar import Calendar

from counterpoint.meetings import services as meetings
from counterpoint.meetings.models import Invitation
from counterpoint.meetings.tests.bank import called, china, first

pytestmark = pytest.mark.django_db


def letters(template):
    """Whom this was written to, and the files."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, calendar FROM mail_letter WHERE template = %s ORDER BY id",
            [f"meetings.{template}"],
        )
        return cursor.fetchall()


def methods(found):
    return {str(Calendar.from_ical(text)["METHOD"]) for _person, text in found}


def test_everybody_invited_is_written_to_once_but_for_who_calls(bank):
    series = called(bank.zhang)
    assert meetings.write_due() == 1
    assert meetings.write_due() == 0
    found = letters("invited")
    invited = set(Invitation.objects.filter(series=series).values_list("person_id", flat=True))
    assert {person for person, _text in found} == invited - {bank.zhang.id}
    assert len(found) == len(invited) - 1
    assert methods(found) == {"REQUEST"}


def test_one_meeting_that_moves_or_is_cancelled_is_written_of_alone(bank):
    meeting = first(called(bank.zhang))
    meetings.write_due()
    before = len(letters("invited"))
    meetings.move(
        meeting=meeting.pk, start=china("2026-11-24 09:00"), minutes=15, place="", note="", by=bank.zhang
    )
    assert meetings.write_due() == 1
    moved = letters("invited")[before:]
    assert moved
    assert all(b"RECURRENCE-ID" in text.encode() for _person, text in moved)
    meetings.cancel(meeting=meeting.pk, reason="停电", by=bank.zhang)
    assert meetings.write_due() == 1
    assert methods(letters("cancelled")) == {"CANCEL"}
    assert meetings.write_due() == 0


def test_a_series_that_ends_is_written_of_to_all(bank):
    meeting = first(called(bank.zhang))
    meetings.write_due()
    asked = len(letters("invited"))
    meetings.cancel_following(meeting=meeting.pk, reason="合并", by=bank.zhang)
    assert meetings.write_due() >= 1
    assert len(letters("cancelled")) == asked


def test_who_is_invited_no_longer_is_told_so_and_nobody_else(bank):
    series = called(bank.zhang)
    meetings.write_due()
    Invitation.objects.filter(series=series, person=bank.li.id).update(ended=china("2026-11-23 08:00"))
    assert meetings.write_due() == 1
    assert [person for person, _text in letters("cancelled")] == [bank.li.id]
    assert meetings.write_due() == 0
