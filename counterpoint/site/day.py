"""``counterpoint day open|close``: the branch's day from a terminal, with its progress."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import date

from django.db import connection
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.org import services as org
from counterpoint.org.data import Phase, RunView, StepStatus
from counterpoint.site.progress import console


def close(branch: int) -> int:
    """Close the open day of a branch, or go on where a close was cut off."""
    return _watched(branch, Phase.CLOSE, lambda: org.close_branch(branch=branch, by=SYSTEM))


def open_next(branch: int, on: date | None, *, on_holiday: bool) -> int:
    """Open the next day of a branch, or the one named."""
    day = on or org.proposed_day(branch)
    return _watched(
        branch,
        Phase.OPEN,
        lambda: org.open_branch(branch=branch, date=day, on_holiday=on_holiday, by=SYSTEM),
    )


def _watched(branch: int, phase: Phase, work: Callable[[], RunView]) -> int:
    """Do the work in a thread and show how far it is."""
    answer: list[RunView | Exception] = []

    def run() -> None:
        try:
            answer.append(work())
        except Exception as trouble:
            answer.append(trouble)
        finally:
            connection.close()

    worker = threading.Thread(target=run, name="day")
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[far]}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=100, far="")
        worker.start()
        while worker.is_alive():
            _show(bar, task, branch, phase)
            worker.join(0.3)
    outcome = answer[0]
    if isinstance(outcome, Refusal):
        sys.stderr.write(f"{outcome.code}: {outcome}\n")
        return 1
    if isinstance(outcome, Exception):
        raise outcome
    for step in outcome.steps:
        took = (step.finished - step.started).total_seconds() if step.finished and step.started else 0
        console.print(f"  [green]✓[/] {step.title} [dim]{took:.1f} s {step.result or ''}[/]")
    console.print(f"{outcome.date}: {phase}, attempt {outcome.attempts}")
    return 0


def _show(bar: Progress, task: object, branch: int, phase: Phase) -> None:
    day = org.business_day(branch)
    run = org.day_run(branch=branch, date=day.date, phase=phase)
    step = next((s for s in run.steps if s.status is StepStatus.RUNNING), None) if run else None
    if step is not None:
        far = f"{step.done:,} / {step.total:,}" if step.total else ""
        bar.update(task, description=step.title, completed=step.percent, far=far)  # type: ignore[arg-type]
