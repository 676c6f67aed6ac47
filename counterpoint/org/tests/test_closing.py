"""The day's steps: gates, one runner, resumable, finished once."""

import pytest
from django.db import connection

from counterpoint.kit.models import Event
from counterpoint.org import queries_closing, services
from counterpoint.org.data import DayNotOpen
from counterpoint.org.data_closing import (
    CloseUnderWay,
    CloseUnfinished,
    Finding,
    Gate,
    GatesShut,
    Phase,
    Step,
    StepFailed,
    StepStatus,
)
from counterpoint.org.services import closing, running
from counterpoint.people.data import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def steps(bank, monkeypatch):
    """Only the first step, and what a test adds."""
    monkeypatch.setattr(closing, "_gates", {})
    monkeypatch.setattr(
        closing, "_steps", {key: step for key, step in closing._steps.items() if key == running.SHUT}
    )
    return closing


def date_of(branch):
    return services.business_day(branch).date


def status(run):
    return {step.key: step.status for step in run.steps}


def test_a_shut_gate_keeps_the_day_open_and_says_what_is_in_the_way(steps, supervisor):
    services.register_gate(Gate("t.box", "Boxes", "cash", lambda b, d: [Finding("Box 7 is out", "/7/")]))
    services.register_gate(Gate("t.warn", "Old", "cash", lambda b, d: [Finding("x")], blocking=False))
    with pytest.raises(GatesShut, match="Box 7 is out") as refused:
        services.close_branch(branch=3, by=supervisor)
    assert refused.value.details["gates"] == ["t.box"]
    assert services.business_day(3).open
    assert services.day_run(branch=3, date=date_of(3)) is None


def test_a_gate_that_shuts_while_postings_end_reopens_nothing_and_rolls_back(steps, supervisor):
    asked = []

    def check(branch, date):
        asked.append(services.business_day(branch).open)
        return [Finding("late")] if len(asked) > 1 else []

    services.register_gate(Gate("t.late", "Late", "cash", check))
    with pytest.raises(GatesShut):
        services.close_branch(branch=3, by=supervisor)
    assert asked == [True, False]  # the second time behind the lock of the day
    assert services.business_day(3).open


def test_steps_run_in_order_and_a_failed_one_is_tried_again_alone(steps, supervisor):
    ran, broken = [], [True]

    def first(branch, date, report):
        ran.append("first")
        report(1, 2)
        return {"sum": 5}

    def second(branch, date, report):
        ran.append("second")
        if broken:
            broken.pop()
            raise ValueError("disk full")

    services.register_step(Step("t.second", "Second", 30, second))
    services.register_step(Step("t.first", "First", 20, first))
    with pytest.raises(StepFailed, match="disk full"):
        services.close_branch(branch=3, by=supervisor)
    date = date_of(3)
    run = services.day_run(branch=3, date=date)
    assert status(run) == {
        "org.shut": StepStatus.DONE, "t.first": StepStatus.DONE, "t.second": StepStatus.FAILED
    }  # fmt: skip
    assert not services.business_day(3).open
    with pytest.raises(CloseUnfinished):
        services.open_branch(branch=3, date=services.proposed_day(3), by=supervisor)

    run = services.close_branch(branch=3, by=supervisor)
    assert ran == ["first", "second", "second"]
    assert run.finished is not None
    assert run.attempts == 2
    assert next(s for s in run.steps if s.key == "t.first").result == {"sum": 5}
    with pytest.raises(DayNotOpen):
        services.close_branch(branch=3, by=supervisor)
    verbs = list(
        Event.objects.filter(subject=f"day_run:{run.id}").order_by("id").values_list("verb", flat=True)
    )
    assert verbs == [
        "org.run.begun", "org.step.finished", "org.step.finished", "org.step.failed",
        "org.run.begun", "org.step.finished", "org.run.finished",
    ]  # fmt: skip


def test_what_an_atomic_step_wrote_goes_when_it_fails(steps, supervisor):
    def write(branch, date, report):
        with connection.cursor() as db:
            db.execute("UPDATE org_unit SET address_en = 'moved' WHERE id = 3")
        raise ValueError("no")

    services.register_step(Step("t.write", "Write", 20, write))
    with pytest.raises(StepFailed):
        services.close_branch(branch=3, by=supervisor)
    assert services.branch(3).address != "moved"


def test_whoever_comes_second_is_told(steps, supervisor):
    with running._alone(3):
        assert queries_closing.is_running(3)
        with pytest.raises(CloseUnderWay):
            services.close_branch(branch=3, by=supervisor)
        with running._alone(4):
            pass
    assert not queries_closing.is_running(3)


def test_only_those_with_the_duty_close(steps, who):
    with pytest.raises(NotAllowed):
        services.close_branch(branch=3, by=who("080101"))


def test_the_opening_has_steps_of_its_own(steps, supervisor):
    seen = []
    services.register_step(Step("t.open", "Open", 10, lambda b, d, r: seen.append((b, d)), phase=Phase.OPEN))
    services.close_branch(branch=3, by=supervisor)
    date = services.proposed_day(3)
    run = services.open_branch(branch=3, date=date, by=supervisor, on_holiday=True)
    assert seen == [(3, date)]
    assert run.phase is Phase.OPEN
    assert run.finished is not None
    assert services.business_day(3).open
