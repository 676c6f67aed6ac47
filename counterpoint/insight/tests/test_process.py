"""Where time goes: paths, hand-offs and the bottleneck, from courses alone."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from counterpoint.insight.rules.process import path_of, process
from counterpoint.lobby.data import CourseStep, TicketCourse

STATES = ("waiting", "called", "recalled", "serving", "parked", "transferred")


def course(*steps, service="cash", state="served"):
    return TicketCourse(
        id=1, day=date(2026, 1, 5), service=service, priority="ordinary",
        arrived=datetime(2026, 1, 5, 2, tzinfo=UTC), state=state, wait=0.0, called=True, serving=0.0,
        desk=None, person=None, promise=None,
        steps=tuple(CourseStep(name, float(took), None) for name, took in steps),
    )  # fmt: skip


PLAIN = course(("waiting", 600), ("called", 20), ("serving", 300))
PARKED = course(
    ("waiting", 60), ("called", 20), ("serving", 60), ("parked", 900), ("serving", 60), service="loan"
)
GONE = course(("waiting", 60), ("called", 20), ("recalled", 20), state="no_show")


def test_a_path_says_each_state_once_in_a_row_and_how_it_ended():
    assert path_of(PLAIN) == ("waiting", "called", "serving", "served")
    assert path_of(GONE) == ("waiting", "called", "no_show")


def test_variants_and_hand_offs_are_counted():
    found = process([PLAIN, PLAIN, PARKED, GONE])
    assert (found.variants[0].path, found.variants[0].count, found.variants[0].share) == (
        path_of(PLAIN),
        2,
        50,
    )
    edges = {(a, b): count for a, b, count in found.edges}
    assert edges["waiting", "called"] == 4
    assert edges["serving", "parked"] == edges["parked", "serving"] == 1
    assert edges["called", "no_show"] == 1


def test_the_bottleneck_is_where_most_time_goes_unserved():
    assert process([PLAIN, PARKED]).bottleneck[:2] == ("loan", "parked")
    assert process([PLAIN, PLAIN, PARKED]).bottleneck[:2] == ("cash", "waiting")


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(STATES), st.integers(0, 900)), min_size=1, max_size=5), min_size=1,
        max_size=5,
    )
)  # fmt: skip
def test_no_time_is_lost_or_counted_twice(many):
    courses = [course(*steps) for steps in many]
    found = process(courses, most=99)
    spent = sum(step.seconds for one in courses for step in one.steps)
    assert sum(node.total for node in found.nodes) == spent
    assert abs(sum(sum(row.values()) for row in found.by_service.values()) * len(courses) - spent) < 1e-6
    assert sum(one.count for one in found.variants) == len(courses)
