"""What is read of the day's runs 日终批次, and the papers they left."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from counterpoint.org.data_closing import Phase, StepStatus
from counterpoint.org.models_closing import DayPaper, DayRun, DayStep

#: The class of advisory locks that stand for (the runner of a branch's day).
RUN_LOCK_CLASS = 7003

_HELD = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s
    AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def is_running(branch: int) -> bool:
    """Whether somebody holds the pen of this branch's day at this moment."""
    with connection.cursor() as db:
        db.execute(_HELD, [RUN_LOCK_CLASS, branch])
        return bool(db.fetchone()[0])


_UNSEALED = """
SELECT count(*), min(at) FROM kit_event WHERE branch_id = %(branch)s AND id > coalesce(
    (SELECT last_event FROM kit_block WHERE branch_id = %(branch)s ORDER BY number DESC LIMIT 1), 0)
"""


def unsealed(branch: int) -> tuple[int, datetime | None]:
    """How many events of a branch stand behind its last seal, and since when."""
    with connection.cursor() as db:
        db.execute(_UNSEALED, {"branch": branch})
        count, oldest = db.fetchone()
    return int(count), oldest


def unfinished(branch: int) -> DayRun | None:
    """A close that was begun and not finished."""
    return DayRun.objects.filter(branch=branch, phase=Phase.CLOSE, finished_at=None).order_by("-date").first()


def run_row(branch: int, date: date, phase: Phase) -> DayRun | None:
    """The row of a run."""
    return DayRun.objects.filter(branch=branch, date=date, phase=phase).first()


def runs(branch: int, *, before: date | None = None, limit: int = 20) -> list[DayRun]:
    """The closes of a branch, newest first."""
    rows = DayRun.objects.filter(branch=branch, phase=Phase.CLOSE).order_by("-date")
    return list(rows.filter(date__lt=before)[:limit] if before else rows[:limit])


def papers(branch: int, date: date) -> list[DayPaper]:
    """The papers of a day, without their content."""
    rows = DayPaper.objects.filter(run__branch=branch, run__date=date, run__phase=Phase.CLOSE)
    return list(rows.defer("content").order_by("id"))


def paper(branch: int, date: date, name: str) -> DayPaper | None:
    return DayPaper.objects.filter(
        run__branch=branch, run__date=date, run__phase=Phase.CLOSE, name=name
    ).first()


def last_result(branch: int, key: str, *, at: datetime) -> dict[str, Any] | None:
    """What a step of the close left behind the last time it was finished before a moment."""
    rows = DayStep.objects.filter(run__branch=branch, key=key, status=StepStatus.DONE, finished_at__lte=at)
    return rows.order_by("-run__date").values_list("result", flat=True).first()
