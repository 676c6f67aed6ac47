"""Rules of repetition: read, bounded, cut; holidays and make-up days; which state may follow."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.states import document
from counterpoint.meetings import rules
from counterpoint.meetings.data import MeetingState, RuleRefused

NOON = datetime(2026, 11, 23, 12)  # noqa: DTZ001
FAR = date(2036, 1, 1)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY;INTERVAL=8", "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYMINUTE=1", "", "DAILY", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=999999999", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=2;UNTIL=20261231",
        "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY\nDTSTART:19700101", "FREQ=DAILY;UNTIL=2026",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=99", "FREQ=DAILY;" + "INTERVAL=1;" * 40, "FREQ=每天",
    ],
)  # fmt: skip
def test_a_rule_that_explodes_never_falls_or_is_not_understood_is_refused(rule):
    with pytest.raises(RuleRefused):
        rules.normal(rule, NOON, None)


def test_a_rule_without_an_end_gives_so_many_days_and_no_more():
    found = rules.starts("FREQ=DAILY", NOON, None, NOON.date(), FAR)
    assert len(found) == rules.MOST
    assert len(rules.starts("FREQ=DAILY", NOON, None, NOON.date(), FAR, most=3)) == 3


def test_the_first_meeting_is_one_of_the_rules_days():
    rule, start, until = rules.normal("RRULE:FREQ=WEEKLY;BYDAY=FR", NOON, None)
    assert (rule, start.date(), until) == ("FREQ=WEEKLY;BYDAY=FR", date(2026, 11, 27), None)


def test_a_count_and_an_end_become_the_last_day():
    rule, _start, until = rules.normal("FREQ=WEEKLY;COUNT=3", NOON, None)
    assert (rule, until) == ("FREQ=WEEKLY", date(2026, 12, 7))
    assert rules.normal("FREQ=DAILY;UNTIL=20261125", NOON, date(2026, 12, 1))[2] == date(2026, 11, 25)
    # In China it is already the next day.
    assert rules.normal("FREQ=DAILY;UNTIL=20261125T200000Z", NOON, None)[2] == date(2026, 11, 26)


def test_the_29th_of_february_comes_every_four_years():
    leap = datetime(2028, 2, 29, 9)  # noqa: DTZ001
    _rule, start, _until = rules.normal("FREQ=YEARLY", leap, None)
    found = rules.starts("FREQ=YEARLY", start, None, start.date(), date(2036, 12, 31))
    assert [one.year for one in found] == [2028, 2032, 2036]
    last = rules.starts("FREQ=MONTHLY;BYMONTHDAY=31", NOON, None, NOON.date(), date(2027, 4, 1))
    assert [one.month for one in last] == [12, 1, 3]


def test_only_every_working_day_takes_make_up_days_in():
    assert rules.each_workday(rules.WORKDAYS)
    assert rules.each_workday("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR")
    for other in ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=FR", f"{rules.WORKDAYS};INTERVAL=2", ""):
        assert not rules.each_workday(other)


def test_holidays_fall_out_and_make_up_days_come_in():
    week = [date(2026, 10, day) for day in range(5, 12)]
    found = rules.starts(rules.WORKDAYS, datetime(2026, 10, 5, 9), None, week[0], week[-1])  # noqa: DTZ001
    works = {date(2026, 10, day) for day in (8, 9, 10)}
    skipped, added = rules.fitted(found, week, works.__contains__, each=True)
    assert [day.day for day in skipped] == [5, 6, 7]
    assert [day.day for day in added] == [10]
    assert rules.fitted(found, week, works.__contains__, each=False)[1] == []


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_of_rules(text):
    try:
        rule, start, _until = rules.normal(text, NOON, None)
    except RuleRefused:
        return
    assert start >= NOON
    assert rules.parts_of(rule)


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 6),
    st.integers(1, 15),
    st.integers(0, 60),
)
def test_a_rule_that_is_cut_in_two_gives_the_same_days(frequency, interval, count, cut):
    rule, start, until = rules.normal(f"FREQ={frequency};INTERVAL={interval};COUNT={count}", NOON, None)
    whole = rules.starts(rule, start, until, start.date(), FAR)
    assert len(whole) == count
    at = whole[min(cut, count - 1)]
    before = [one for one in rules.starts(rule, start, until, start.date(), FAR) if one < at]
    assert before + rules.starts(rule, at, until, at.date(), FAR) == whole


def test_a_cancelled_meeting_is_never_started():
    assert rules.MACHINE.after(MeetingState.CANCELLED) == ()
    assert not rules.MACHINE.may(MeetingState.FINALISED, MeetingState.RUNNING)
    assert rules.MACHINE.may(MeetingState.FINALISED, MeetingState.REOPENED)


@pytest.mark.parametrize("machine", [rules.MACHINE, rules.ACTION_MACHINE])
def test_the_picture_of_the_states_is_the_table(machine):
    page = Path(__file__).parents[3] / "docs" / "states" / f"{machine.name}.md"
    assert page.read_text("utf-8") == document(machine)
