"""Two write one text of minutes, two finalise them: with real commits. First the race, with the lock off."""

import threading

import pytest

from counterpoint.meetings import services as meetings
from counterpoint.meetings.data import ActionClosed, MinutesChanged, WrongState
from counterpoint.meetings.models import ActionStep, Meeting, MeetingStateRow, Minutes
from counterpoint.meetings.services import acting, occurring, parts, recording
from counterpoint.meetings.tests.bank import MONDAY, at, build, called, first, running
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank(transactional_db, monkeypatch):
    at(monkeypatch, MONDAY)
    return build()


def write(meeting, text, by, revision=0):
    return lambda: meetings.write(meeting=meeting, text=text, revision=revision, by=by)


def finalise(meeting, by):
    return lambda: meetings.finalise(meeting=meeting, revision=0, by=by)


def test_two_write_and_the_second_is_told_what_the_first_wrote(bank):
    for _ in range(3):
        meeting = running(bank)
        results = at_once(write(meeting, "王芳记", bank.wang), write(meeting, "李娜记", bank.li))
        refused = [one for one in results if isinstance(one, MinutesChanged)]
        [kept] = [one for one in results if not isinstance(one, Exception)]
        assert len(refused) == 1
        row = Minutes.objects.get(meeting=meeting)
        assert (row.text, row.revision) == (kept.text, 1)


def test_without_the_locks_one_text_would_be_lost(bank, monkeypatch):
    """The negative control: both have looked at the revision before either has written."""
    meeting = running(bank)
    met = threading.Barrier(2, timeout=10)

    def unlocked(id):
        return Meeting.objects.select_related("series__organiser").get(pk=id)

    def unlocked_minutes(row):
        found = Minutes.objects.select_related("writer").filter(meeting=row).latest("version")
        met.wait()
        return found

    monkeypatch.setattr(parts, "locked", unlocked)
    monkeypatch.setattr(recording, "_current", unlocked_minutes)
    results = at_once(write(meeting, "王芳记", bank.wang), write(meeting, "李娜记", bank.li))
    assert not any(isinstance(one, Exception) for one in results)
    assert Minutes.objects.get(meeting=meeting).revision == 1


def test_two_finalise_and_there_is_one_final_version(bank):
    for _ in range(3):
        meeting = running(bank)
        results = at_once(*[finalise(meeting, bank.zhang)] * 3)
        assert results.count(1) == 1
        assert sum(isinstance(one, WrongState) for one in results) == 2
        assert MeetingStateRow.objects.filter(meeting=meeting, state="finalised").count() == 1


def test_finalising_and_writing_end_with_what_was_final(bank):
    for _ in range(3):
        meeting = running(bank)
        results = at_once(finalise(meeting, bank.zhang), write(meeting, "最后一句", bank.wang))
        row = Minutes.objects.get(meeting=meeting)
        if results[0] == 1:
            assert isinstance(results[1], WrongState)
            assert (row.text, row.finalised_at is not None) == ("", True)
        else:
            assert isinstance(results[0], MinutesChanged)
            assert (row.text, row.finalised_at) == ("最后一句", None)


def test_two_start_a_meeting_and_it_is_started_once(bank):
    meeting = first(called(bank.zhang)).pk
    results = at_once(
        lambda: meetings.start(meeting=meeting, by=bank.wang),
        lambda: meetings.start(meeting=meeting, by=bank.li),
    )
    assert results.count(None) == 1
    assert Minutes.objects.filter(meeting=meeting).count() == 1


def test_an_action_is_closed_once(bank):
    meeting = running(bank)
    action = meetings.assign(meeting=meeting, text="事", owner=bank.li.id, due=None, by=bank.zhang)
    results = at_once(
        lambda: acting.done(action=action, note="", by=bank.li),
        lambda: acting.drop(action=action, reason="不办", by=bank.zhang),
    )
    assert results.count(None) == 1
    assert sum(isinstance(one, ActionClosed) for one in results) == 1
    assert ActionStep.objects.filter(action=action).exclude(state="open").count() == 1


def test_a_series_that_two_carry_on_is_planned_once(bank):
    row = called(bank.zhang)
    before = Meeting.objects.filter(series=row).count()
    last = Meeting.objects.filter(series=row).latest("recurrence")
    last.delete()
    at_once(*[occurring.extend_all] * 3)
    assert Meeting.objects.filter(series=row).count() == before
