"""Pure decisions of the lobby: times that add up, durations that are learned, promises that hold together."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.lobby.data import (
    ENDED,
    IN_LINE,
    Ahead,
    Duration,
    PromiseState,
    TicketState,
    WindowState,
)
from counterpoint.lobby.rules import durations, line, promise, states, statistics

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
moments = st.lists(st.integers(-7200, 7200).map(lambda s: NOON + timedelta(seconds=s)), max_size=12)
S = TicketState


@given(moments)
def test_whoever_stands_in_front_has_waited_at_least_as_long(came):
    found = line.arrivals(came, NOON)
    assert found == sorted(found)
    assert all(one <= NOON for one in found)
    assert all(believed <= said for believed, said in zip(found, came, strict=True))


def test_a_clock_that_can_be_believed_is_believed():
    came = [NOON - timedelta(minutes=left) for left in (30, 20, 5)]
    assert line.arrivals(came, NOON) == came


@given(st.lists(st.floats(10, 10_000), min_size=1, max_size=40))
def test_a_learned_statistic_is_the_mean_and_variance_of_the_logarithms(times):
    stat = durations.Stat()
    for time in times:
        stat = durations.added(stat, time)
    logs = [math.log(time) for time in times]
    mean = sum(logs) / len(logs)
    assert stat.n == len(times)
    assert stat.mean == pytest.approx(mean)
    assert stat.m2 == pytest.approx(sum((one - mean) ** 2 for one in logs), abs=1e-9)


@given(st.lists(st.floats(10, 10_000), max_size=20), st.lists(st.floats(10, 10_000), max_size=20))
def test_learned_apart_and_merged_is_learned_together(one, other):
    def of(times):
        stat = durations.Stat()
        for time in times:
            stat = durations.added(stat, time)
        return stat

    merged, together = durations.merged([of(one), of(other)]), of([*one, *other])
    assert merged.n == together.n
    assert merged.mean == pytest.approx(together.mean, abs=1e-9)
    assert merged.m2 == pytest.approx(together.m2, abs=1e-7)


def test_before_anything_is_learned_the_bank_s_own_minutes_hold():
    assert durations.predict(20, 1.0, 15, []).mean == pytest.approx(20 * 60, rel=0.05)


def test_much_that_is_learned_outweighs_what_was_expected():
    drawn = random.Random(7)
    stat = durations.Stat()
    for _service in range(3000):
        stat = durations.added(stat, drawn.lognormvariate(math.log(300), 0.6))
    found = durations.predict(20, 1.0, 15, [stat])
    assert found.median == pytest.approx(300, rel=0.05)
    assert found.sigma == pytest.approx(0.6, rel=0.05)
    assert found.n == 3000


@given(st.floats(60, 3000), st.integers(1, 200), st.floats(60, 3000))
def test_a_prediction_lies_between_what_was_expected_and_what_was_seen(seen, times, minutes):
    stat = durations.Stat(times, math.log(seen), 0.0)
    expected = math.exp(durations.prior(minutes / 60, 1.0)[0])
    median = durations.predict(minutes / 60, 1.0, 15, [stat]).median
    assert min(seen, expected) * 0.999 <= median <= max(seen, expected) * 1.001


def test_what_remains_of_a_service_is_the_mean_beyond_the_time_that_it_has_lasted():
    drawn, duration = random.Random(3), Duration(math.exp(5.5 + 0.18), math.exp(5.5), 0.6)
    times = [drawn.lognormvariate(5.5, 0.6) for _service in range(200_000)]
    for elapsed in (60, 240, 600):
        beyond = [time - elapsed for time in times if time > elapsed]
        assert durations.remaining(duration, elapsed) == pytest.approx(sum(beyond) / len(beyond), rel=0.05)


@given(st.floats(0, 1e6), st.floats(10, 4000), st.floats(0.05, 1.5))
def test_what_remains_is_never_negative_and_never_endless(elapsed, median, sigma):
    left = durations.remaining(Duration(median * math.exp(sigma**2 / 2), median, sigma), elapsed)
    assert 0 <= left < 1e8


FIVE = Duration(300, 250, 0.6)


def floor(*, ahead=0, windows=2, busy=True, elapsed=60.0):
    desks = tuple(
        WindowState(n, frozenset({"cash"}), frozenset({"cash"}), "cash" if busy else "", elapsed, FIVE)
        for n in range(windows)
    )
    serving = frozenset(range(windows))
    return PromiseState(
        service="cash", priority="ordinary", group=1, time_of_day=36_000, weekday=0,
        windows=desks, ahead=(Ahead("cash", FIVE, serving),) * ahead, eligible=serving,
    )  # fmt: skip


def test_where_a_window_is_free_nobody_waits():
    assert promise.promise_by_rule(floor(busy=False)) == promise.Promise(0, 0, 0)


def test_the_same_state_gives_the_same_promise():
    assert promise.promise_by_rule(floor(ahead=7)) == promise.promise_by_rule(floor(ahead=7))


@given(st.integers(0, 80), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_a_promise_is_in_order_and_longer_behind_more_people(ahead, windows):
    now, later = (promise.promise_by_rule(floor(ahead=n, windows=windows)) for n in (ahead, ahead + 6))
    assert 0 <= now.low <= now.mid <= now.high
    assert later.mid > now.mid
    more = promise.promise_by_rule(floor(ahead=ahead + 6, windows=windows + 2))
    assert more.mid < later.mid


def test_the_promise_covers_what_a_random_future_brings():
    """Of ten thousand futures drawn at random, about eight in ten lie between the ends."""
    state, drawn = floor(ahead=6, windows=2), random.Random(11)
    made = promise.promise_by_rule(state)
    waits = []
    for _future in range(10_000):
        free = [drawn.expovariate(1 / durations.remaining(FIVE, 60.0)) for _window in range(2)]
        for _one in range(6):
            first = min(range(2), key=free.__getitem__)
            free[first] += drawn.lognormvariate(math.log(250), 0.6)
        waits.append(min(free))
    covered = sum(made.low <= wait <= made.high for wait in waits) / len(waits)
    assert 0.72 <= covered <= 0.88
    assert made.mid == pytest.approx(sorted(waits)[5000], rel=0.1)


def test_without_a_window_the_promise_says_that_it_is_long():
    state = floor(ahead=4)
    closed = PromiseState(
        **{name: getattr(state, name) for name in state.__slots__} | {"eligible": frozenset()}
    )
    assert promise.promise_by_rule(closed).mid >= 4 * 300


def test_every_ticket_in_the_line_may_be_called_and_what_has_ended_is_not():
    assert all(states.TICKET.may(state, S.CALLED) for state in IN_LINE)
    assert not any(states.TICKET.may(state, S.CALLED) for state in ENDED)


def at(minute):
    return NOON + timedelta(minutes=minute)


def test_a_course_adds_up_from_its_periods():
    rows = [
        (1, S.WAITING, at(0), at(6), None), (1, S.CALLED, at(6), at(7), 5), (1, S.SERVING, at(7), at(12), 5),
        (1, S.TRANSFERRED, at(12), at(20), None), (1, S.CALLED, at(20), at(21), 6),
        (1, S.SERVING, at(21), at(31), 6), (1, S.SERVED, at(31), None, None),
    ]  # fmt: skip
    course = statistics.courses(rows, at(60))[1]
    assert (course.wait, course.serving, course.desk, course.transferred) == (360, 900, 6, True)
    assert course.by_state == {S.WAITING: 360, S.CALLED: 120, S.SERVING: 900, S.TRANSFERRED: 480}


def test_a_wait_that_goes_on_counts_until_now_and_is_no_call():
    course = statistics.courses([(1, S.WAITING, at(0), None, None)], at(9))[1]
    assert (course.wait, course.called) == (540, False)
    found = statistics.waits("", [course], 600)
    assert (found.tickets, found.called, found.mean, found.over_target) == (1, 0, None, None)


def test_promises_are_scored_by_error_coverage_and_whether_they_were_kept():
    tickets = [{"id": n, "promise_low": 60, "promise_mid": 120, "promise_high": 240} for n in (1, 2, 3, 4)]
    waits = {1: 30, 2: 120, 3: 240, 4: 300}
    found = {n: statistics.Course(wait=wait, called=True) for n, wait in waits.items()}
    made = statistics.score(tickets, found)
    assert (made.promised, made.kept, made.coverage) == (4, 75, 50)
    assert made.mean_error == pytest.approx((90 + 0 + 120 + 180) / 4)


def test_ratings_count_those_who_passed_the_question_over():
    found = statistics.rated(
        [
            ("given", 5, 10),
            ("given", 3, 6),
            ("given", 4, None),
            ("skipped", None, None),
            ("invited", None, None),
        ]
    )
    assert (found.invited, found.given, found.skipped) == (5, 3, 1)
    assert (found.csat, found.mean, found.nps) == (pytest.approx(200 / 3), 4, 0)
