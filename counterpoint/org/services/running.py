"""Running the day's steps 日始日终批处理: one runner a branch, step by step, resumable anywhere.

What is finished is written with its step; whoever comes next goes on behind it. One runner at a
time is kept by a session's advisory lock: it falls with the process, so a crash leaves nothing to clean up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date as Date  # noqa: N812 - the verbs have a parameter called date
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from counterpoint.kit import journal
from counterpoint.kit.data import Actor, Refusal, Told, Why
from counterpoint.kit.database import connected
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import queries, queries_closing
from counterpoint.org.data import DayNotOpen
from counterpoint.org.data_closing import (
    CloseUnderWay,
    CloseUnfinished,
    GatesShut,
    GateView,
    Phase,
    RunView,
    Step,
    StepFailed,
    StepStatus,
)
from counterpoint.org.models_closing import DayRun, DayStep
from counterpoint.org.services import closing
from counterpoint.org.services.days import close_day, open_day
from counterpoint.people.data import Duty
from counterpoint.people.services import check_actor

#: Seconds between two words about how far a step is.
BREATH = 0.4
SHUT = "org.shut"


class _Report:
    """Says how far a step is, on a connection apart: seen while the step's own transaction is open."""

    def __init__(self, side: psycopg.Connection, run: DayRun, step: str, by: Actor) -> None:
        self.by = by
        self._side, self._run, self._step = side, run, step
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._last < BREATH and done < total:
            return
        self._last = time.monotonic()
        self._side.execute(
            "UPDATE org_day_step SET done = %s, total = %s WHERE run_id = %s AND key = %s",
            [done, total, self._run.pk, self._step],
        )
        signal = journal.signal(0, "org.close.progress", [f"branch:{self._run.branch_id}"])
        self._side.execute("SELECT pg_notify(%s, %s)", [journal.SIGNAL, signal])


@contextmanager
def _alone(branch: int) -> Iterator[psycopg.Connection]:
    """The pen of a branch's day; ``CloseUnderWay`` when somebody else holds it."""
    with connected(application="day") as side:
        row = side.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [queries_closing.RUN_LOCK_CLASS, branch]
        ).fetchone()
        if not row or not row[0]:
            raise CloseUnderWay(
                _("The day of this branch is being opened or closed by somebody else."),
                why=Why(remedy=_("Watch the progress on the day's page.")),
                branch=branch,
            )
        try:
            yield side
        finally:  # it would fall with the connection as well, a moment later
            side.execute("SELECT pg_advisory_unlock(%s, %s)", [queries_closing.RUN_LOCK_CLASS, branch])


def close_branch(*, branch: int, by: Actor) -> RunView:
    """Close a branch's day 日终: the gates, then every step. Goes on where an earlier run was cut off."""
    check_actor(by=by, duty=Duty.DAY_CLOSE, branch=branch)
    with _alone(branch) as side:
        day = queries.day(branch)
        if day is None:
            raise DayNotOpen(_("No business day is open at this branch."), branch=branch)
        run = DayRun.objects.filter(branch=branch, date=day.date, phase=Phase.CLOSE).first()
        if not day.open and (run is None or run.finished_at is not None):
            raise DayNotOpen(_("No business day is open at this branch."), branch=branch)
        if day.open:
            check_shut_gates(branch, day.date)
        run = _begin_run(branch=branch, date=day.date, phase=Phase.CLOSE, by=by)
        return _run_all(side, run, by)


def open_branch(*, branch: int, date: Date, by: Actor, on_holiday: bool = False) -> RunView:
    """Open a branch's day 日始, and do what its beginning brings: interest of a period that ended."""
    check_actor(by=by, duty=Duty.DAY_OPEN, branch=branch)
    with _alone(branch) as side:
        day = queries.day(branch)
        if day is not None and not day.open:
            check_finished(branch, day.date)
        begun = queries_closing.run_row(branch, date, Phase.OPEN)
        if day is None or day.date != date or begun is None or begun.finished_at is not None:
            open_day(branch=branch, date=date, on_holiday=on_holiday, by=by)
        run = _begin_run(branch=branch, date=date, phase=Phase.OPEN, by=by)
        return _run_all(side, run, by)


def check_finished(branch: int, date: Date) -> None:
    """Raise when the close of ``date`` was begun and not finished."""
    if DayRun.objects.filter(branch=branch, date=date, phase=Phase.CLOSE, finished_at=None).exists():
        raise CloseUnfinished(
            _("The close of %(date)s was cut off.") % {"date": date},
            why=Why(remedy=_("Go on with it first; what is finished stands.")),
            branch=branch,
        )


def check_shut_gates(branch: int, date: Date) -> None:
    """Raise when a blocking gate of the close is shut."""
    shut = [g for g in closing.check_gates(branch=branch, date=date) if g.blocking and not g.open]
    if shut:
        raise _shut(shut)


def _shut(gates: list[GateView]) -> GatesShut:
    named = "; ".join(f"{gate.title}: {gate.findings[0].words}" for gate in gates)
    return GatesShut(
        _("The day cannot be closed yet. %(named)s") % {"named": named},
        why=Why(remedy=_("Mend what the day's page lists, then close.")),
        gates=[gate.key for gate in gates],
    )


@verb("org.run.begun")
def _begin_run(*, branch: int, date: Date, phase: Phase, by: Actor) -> DayRun:
    """Begin the steps of a day's opening or close 日始/日终批次, or go on with them."""
    run, made = DayRun.objects.get_or_create(
        branch_id=branch, date=date, phase=phase, defaults={"started_by": by.key}
    )
    if not made:
        DayRun.objects.filter(pk=run.pk).update(attempts=F("attempts") + 1)
        run.refresh_from_db()
    known = set(run.steps.values_list("key", flat=True))
    DayStep.objects.bulk_create(
        DayStep(run=run, key=step.key) for step in closing.steps(phase) if step.key not in known
    )
    tell(_told(run, {"phase": phase, "attempt": run.attempts}))
    return run


def _told(run: DayRun, data: dict[str, Any]) -> Told:
    return Told(subject=f"day_run:{run.pk}", branch=run.branch_id, business_date=run.date, data=data)


def _run_all(side: psycopg.Connection, run: DayRun, by: Actor) -> RunView:
    done = set(run.steps.filter(status=StepStatus.DONE).values_list("key", flat=True))
    for step in closing.steps(Phase(run.phase)):
        if step.key not in done:
            _run_one(side, run, step, by)
    if run.finished_at is None:
        _finish_run(run=run, by=by)
    found = closing.day_run(branch=run.branch_id, date=run.date, phase=Phase(run.phase))
    assert found is not None
    return found


def _run_one(side: psycopg.Connection, run: DayRun, step: Step, by: Actor) -> None:
    row = DayStep.objects.get(run=run, key=step.key)
    DayStep.objects.filter(pk=row.pk).update(
        status=StepStatus.RUNNING, started_at=Now(), finished_at=None, error="", done=0, total=0
    )
    report = _Report(side, run, step.key, by)
    report(0, 0)
    try:
        if step.atomic:
            with transaction.atomic():
                _end_step(run=run, step=step, result=step.run(run.branch_id, run.date, report), by=by)
        else:
            _end_step(run=run, step=step, result=step.run(run.branch_id, run.date, report), by=by)
    except Exception as trouble:
        if not connection.in_atomic_block or not connection.needs_rollback:
            _fail_step(run=run, step=step, trouble=trouble, by=by)
        if isinstance(trouble, GatesShut):
            raise
        raise StepFailed(
            _("The step “%(step)s” did not come to its end: %(why)s")
            % {"step": step.title, "why": _words(trouble)},
            why=Why(remedy=_("Mend the cause and go on; what is finished stands.")),
            step=step.key,
        ) from trouble


def _words(trouble: Exception) -> str:
    return str(trouble) if isinstance(trouble, Refusal) else f"{type(trouble).__name__}: {trouble}"[:500]


@verb("org.step.finished")
def _end_step(*, run: DayRun, step: Step, result: dict[str, Any] | None, by: Actor) -> None:
    """Finish a step of the day 步骤完成; it is never run again for this day."""
    kept = DayStep.objects.filter(run=run, key=step.key)
    kept.update(status=StepStatus.DONE, finished_at=Now(), error="", result=result or {})
    tell(_told(run, {"step": step.key, "result": result or {}}))


@verb("org.step.failed")
def _fail_step(*, run: DayRun, step: Step, trouble: Exception, by: Actor) -> None:
    """Record that a step did not come to its end 步骤失败, and why."""
    words = _words(trouble)
    DayStep.objects.filter(run=run, key=step.key).update(
        status=StepStatus.FAILED, finished_at=Now(), error=words
    )
    tell(_told(run, {"step": step.key, "error": words}))


@verb("org.run.finished")
def _finish_run(*, run: DayRun, by: Actor) -> None:
    """Finish the day's opening or close 日始/日终完成."""
    DayRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=Now(), finished_by=by.key)
    tell(_told(run, {"phase": run.phase, "attempts": run.attempts}))


def shut_day(branch: int, date: Date, report: Any) -> dict[str, Any]:
    """The first step: no posting is taken on this date any more. The gates are asked again behind it.

    ``close_day`` waits for postings under way, so what a gate sees here cannot change any more.
    """
    day = queries.day(branch)
    if day is not None and day.open and day.date == date:
        close_day(branch=branch, by=report.by)
        check_shut_gates(branch, date)
    return {}


def start_closing(*, branch: int, by: Actor) -> None:
    """Close in the background of this process; refused at once where it can be seen that it would be."""
    check_actor(by=by, duty=Duty.DAY_CLOSE, branch=branch)
    day = queries.day(branch)
    if day is None or not (day.open or queries_closing.unfinished(branch)):
        raise DayNotOpen(_("No business day is open at this branch."), branch=branch)
    if day.open:
        check_shut_gates(branch, day.date)
    if connection.in_atomic_block:  # a thread of its own would not see what this transaction wrote
        close_branch(branch=branch, by=by)
        return
    with _alone(branch):
        pass

    def work() -> None:
        try:
            close_branch(branch=branch, by=by)
        except Refusal:
            pass  # it stands in the run, where everybody sees it
        finally:
            connection.close()

    threading.Thread(target=work, name=f"close of branch {branch}").start()
