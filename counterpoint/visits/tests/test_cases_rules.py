"""Pure rules of cases: the states, working time, due times with pauses, tasks, mentions, rules as data."""

import itertools
import json
from datetime import date, datetime, time, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.clock import CHINA
from counterpoint.visits import rules_cases as rules
from counterpoint.visits.data_cases import CaseRuleMalformed, CaseState, Mentioned, PaperStatus, TaskSpec

S = CaseState
HOURS = rules.Hours(((time(9), time(12)), (time(13), time(17))))
HOLIDAYS = {date(2026, 10, 1) + timedelta(days=n) for n in range(7)}


def working(day):
    return day.weekday() < 5 and day not in HOLIDAYS


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


MOMENTS = st.integers(min_value=0, max_value=60 * 24 * 60).map(
    lambda minutes: at("2026-09-01 00:00") + timedelta(minutes=minutes)
)
MINUTES = st.integers(min_value=0, max_value=6_000).map(lambda n: timedelta(minutes=n))


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-24 09:00", "2026-11-24 10:30", 90),
        ("2026-11-24 11:30", "2026-11-24 13:30", 60),
        ("2026-11-24 16:00", "2026-11-25 10:00", 120),
        ("2026-11-27 16:00", "2026-11-30 10:00", 120),
        ("2026-09-30 16:00", "2026-10-08 10:00", 120),
        ("2026-11-28 09:00", "2026-11-28 17:00", 0),
        ("2026-11-24 10:30", "2026-11-24 09:00", 0),
    ],
)
def test_working_time_leaves_out_nights_lunch_weekends_and_holidays(start, end, minutes):
    assert rules.worked(at(start), at(end), HOURS, working) == timedelta(minutes=minutes)


@given(start=MOMENTS, amount=MINUTES)
def test_after_and_worked_are_each_others_inverse(start, amount):
    end = rules.after(start, amount, HOURS, working)
    assert end >= start
    assert rules.worked(start, end, HOURS, working) == amount


@given(start=MOMENTS, first=MINUTES, second=MINUTES)
def test_more_working_time_never_ends_sooner(start, first, second):
    low, high = sorted((first, second))
    assert rules.after(start, low, HOURS, working) <= rules.after(start, high, HOURS, working)


@given(moments=st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_working_time_adds_up(moments):
    a, b, c = moments
    whole = rules.worked(a, c, HOURS, working)
    assert rules.worked(a, b, HOURS, working) + rules.worked(b, c, HOURS, working) == whole


def marks(moments):
    return [rules.Mark(moment, runs=place % 2 == 0) for place, moment in enumerate(moments)]


RUNS = st.lists(MOMENTS, min_size=1, max_size=7).map(sorted)


@given(moments=RUNS, target=MINUTES)
def test_a_case_is_never_due_before_it_was_opened(moments, target):
    due = rules.due_of(marks(moments), target, HOURS, working)
    assert due is None or due >= moments[0]


@given(start=MOMENTS, target=MINUTES, pause=st.lists(MOMENTS, min_size=2, max_size=2).map(sorted))
def test_a_pause_only_moves_it_later(start, target, pause):
    begin, end = (max(start, one) for one in pause)
    plain = rules.due_of(marks([start]), target, HOURS, working)
    paused = rules.due_of(marks([start, begin, end]), target, HOURS, working)
    assert paused >= plain
    while_it_stands = rules.due_of(marks([start, begin]), target, HOURS, working)
    assert while_it_stands in (None, plain)


@given(start=MOMENTS, target=MINUTES, pause=st.lists(MOMENTS, min_size=2, max_size=2).map(sorted))
def test_exactly_the_working_time_of_the_pause_is_added(start, target, pause):
    begin, end = (max(start, one) for one in pause)
    plain = rules.due_of(marks([start]), target, HOURS, working)
    paused = rules.due_of(marks([start, begin, end]), target, HOURS, working)
    stood = rules.worked(begin, end, HOURS, working) if begin < plain else timedelta()
    assert rules.worked(start, paused, HOURS, working) == target + stood


@given(moments=RUNS, first=MINUTES, second=MINUTES)
def test_a_longer_target_is_never_due_sooner(moments, first, second):
    low, high = sorted((first, second))
    sooner, later = (rules.due_of(marks(moments), one, HOURS, working) for one in (low, high))
    assert later is None or (sooner is not None and sooner <= later)


def test_a_clock_that_went_back_takes_no_time_away():
    back = [rules.Mark(at("2026-11-24 10:00"), True), rules.Mark(at("2026-11-24 09:00"), False)]
    again = [*back, rules.Mark(at("2026-11-24 10:00"), True)]
    assert rules.due_of(again, timedelta(minutes=30), HOURS, working) == at("2026-11-24 10:30")


def test_the_states_tell_when_the_clock_ran():
    went = [
        (at("2026-11-24 09:00"), S.NEW), (at("2026-11-24 09:10"), S.DOING),
        (at("2026-11-24 09:20"), S.WAITING_OTHER), (at("2026-11-24 09:30"), S.DOING),
        (at("2026-11-24 09:40"), S.WAITING_CUSTOMER), (at("2026-11-24 10:40"), S.DOING),
    ]  # fmt: skip
    found = rules.marks_of(went, frozenset({S.WAITING_CUSTOMER}))
    assert [(f"{one.at:%H:%M}", one.runs) for one in found] == [
        ("09:00", True), ("09:40", False), ("10:40", True),
    ]  # fmt: skip
    assert rules.due_of(found, timedelta(minutes=60), HOURS, working) == at("2026-11-24 11:00")
    ended = rules.marks_of([*went, (at("2026-11-24 10:45"), S.DONE)], frozenset())
    assert not ended[-1].runs


def test_a_calendar_without_working_days_is_said_to_be_broken():
    with pytest.raises(CaseRuleMalformed):
        rules.after(at("2026-11-24 09:00"), timedelta(minutes=1), HOURS, lambda day: False)


@pytest.mark.parametrize(
    "value",
    [None, {}, {"spans": []}, {"spans": [["09:00"]]}, {"spans": [["09:00", "x"]]},
     {"spans": [["12:00", "09:00"]]}, {"spans": [["09:00", "12:00"], ["11:00", "17:00"]]}],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(value):
    with pytest.raises(CaseRuleMalformed):
        rules.hours_of(value)


def test_every_state_leads_on_but_the_last():
    for state in S:
        assert bool(rules.CASE.after(state)) == (state is not S.CANCELLED)


@pytest.mark.parametrize(
    ("state", "left", "right"),
    [
        (S.NEW, None, S.DOING), (S.WAITING_OTHER, None, S.DOING), (S.WAITING_CUSTOMER, None, S.DOING),
        (S.DOING, S.WAITING_CUSTOMER, S.DONE), (S.DONE, S.DOING, None), (S.CANCELLED, None, None),
    ],
)  # fmt: skip
def test_the_neighbours_on_the_board_are_states_that_may_follow(state, left, right):
    assert rules.neighbours(state) == (left, right)


SHIPPED = {
    rule["key"]: rule["versions"][0]["body"]["value"]
    for rule in json.loads(resources.files("counterpoint.org").joinpath("rules_data/cases.json").read_text())[
        "rules"
    ]
}


def shipped(key):
    return SHIPPED[f"cases.{key}"]


def test_every_shipped_kind_and_task_can_be_read():
    kinds = {key: rules.kind_of(key, shipped(f"kind.{key}")) for key in shipped("kinds")}
    assert kinds["inquiry"].confined
    assert kinds["loan_application"].pauses == {S.WAITING_CUSTOMER}
    assert len(kinds["loan_application"].papers) == 5
    tasks = rules.tasks_of(shipped("tasks"))
    assert {one.kind for one in tasks} <= {key for key, kind in kinds.items() if kind.task}
    assert rules.hours_of(shipped("working_hours")) == HOURS


GOOD = {"zh": "补件", "en": "Missing paper", "team": "counter", "target_minutes": 60}


@pytest.mark.parametrize(
    "change",
    [
        {"target_minutes": 0}, {"target_minutes": True}, {"target_minutes": "60"}, {"team": None}, {"zh": ""},
        {"pauses": ["doing"]}, {"pauses": "waiting_customer"}, {"checklist": {}}, {"checklist": ["x"]},
        {"checklist": [{"key": "A b", "zh": "一", "en": "one"}]},
        {"checklist": [{"key": "a", "zh": "一", "en": "one"}] * 2}, {"papers": [{"kind": "a"}]},
        {"papers": [{"kind": f"a{n}", "zh": "一", "en": "one"} for n in range(41)]},
    ],
)  # fmt: skip
def test_a_kind_that_cannot_be_is_refused(change):
    assert rules.kind_of("missing_paper", GOOD).target == 60
    with pytest.raises(CaseRuleMalformed):
        rules.kind_of("missing_paper", GOOD | change)


@pytest.mark.parametrize(
    "change",
    [{"due": "25:00"}, {"due": None}, {"weekday": 7}, {"monthday": 31}, {"weekday": 1, "monthday": 2},
     {"key": "Ä"}, {"kind": None}, {"weekday": "1"}],
)  # fmt: skip
def test_a_task_that_cannot_be_is_refused(change):
    good = {"key": "opening", "kind": "branch_opening", "due": "09:00"}
    assert rules.tasks_of({"tasks": [good]})[0].due == 540
    with pytest.raises(CaseRuleMalformed):
        rules.tasks_of({"tasks": [good | change]})


DAYS = st.lists(st.integers(min_value=1, max_value=12), min_size=3, max_size=40)


@given(steps=DAYS, weekday=st.integers(0, 6))
def test_a_weekly_task_comes_once_for_every_week_it_fell_in_however_days_are_closed(steps, weekday):
    task = TaskSpec("k", "k", 540, weekday=weekday)
    day, opened = date(2026, 1, 5), [date(2026, 1, 5)]
    for step in steps:
        day += timedelta(days=step)
        opened.append(day)
    for previous, now in itertools.pairwise(opened):
        days = [previous + timedelta(days=n + 1) for n in range((now - previous).days)]
        assert rules.falls_on(task, now, previous) == any(one.weekday() == weekday for one in days)


def test_a_task_without_a_day_comes_every_day_and_a_monthly_one_on_the_next_open_day():
    daily, monthly = TaskSpec("a", "a", 540), TaskSpec("b", "b", 540, monthday=1)
    assert rules.falls_on(daily, date(2026, 11, 24), None)
    assert rules.falls_on(monthly, date(2026, 10, 8), date(2026, 9, 30))
    assert not rules.falls_on(monthly, date(2026, 10, 9), date(2026, 10, 8))
    assert rules.due_on(daily, date(2026, 11, 24)) == at("2026-11-24 09:00")


NAMES = ["王芳", "王芳华", "Wang Fang", "李娜"]


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        ("@080101 请看", ["080101"], []),
        ("请@王芳看一下，@李娜也看", ["王芳", "李娜"], []),
        ("@王芳华你好", ["王芳华"], []),
        ("@wang fang, please", ["Wang Fang"], []),
        ("＠王芳 全角", ["王芳"], []),
        ("@王芳 @王芳", ["王芳"], []),
        ("write to a.b@example.com", [], []),
        ("@nobody: hello", [], ["nobody"]),
        ("@123 is no number", [], ["123"]),
        ("@1234567890123 is none", [], ["1234567890123"]),
        ("an @ alone", [], []),
        ("", [], []),
    ],
)
def test_whom_a_text_names(text, found, unknown):
    assert rules.mentions_in(text, NAMES) == (found, unknown)


@given(st.text(max_size=200))
def test_no_text_breaks_the_search_for_names_and_none_of_it_is_lost(text):
    rules.mentions_in(text, NAMES)
    whom = [Mentioned(1, "080101", ("王芳", "Wang Fang"))]
    assert "".join(piece for piece, _named in rules.segments(text, whom)) == text


def test_the_pieces_that_name_somebody_are_marked():
    whom = [Mentioned(1, "080101", ("王芳", "Wang Fang"))]
    assert rules.segments("请@王芳看", whom) == [("请", False), ("@王芳", True), ("看", False)]
    assert rules.segments("@080101", whom) == [("@080101", True)]
    assert rules.segments("<b>", []) == [("<b>", False)]


@pytest.mark.parametrize("text", ["a\x00b", "a\x07", "\ud800", "a\rb"])
def test_what_is_no_text(text):
    assert not rules.is_text(text)
    assert rules.is_text("行\n列\t" + rules.plain("  a\r\nb "))


def test_the_papers_that_count_came_after_the_last_refusal():
    missing, present, refused = PaperStatus.MISSING, PaperStatus.PRESENT, PaperStatus.REFUSED
    rows = [(missing, None), (present, 1), (present, 2), (refused, None), (present, 3)]
    assert rules.papers_in_force(rows) == (3,)
    assert rules.papers_in_force(rows[:3]) == (1, 2)
    assert rules.papers_in_force(rows[:4]) == ()
