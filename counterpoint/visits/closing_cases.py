"""What cases bring to the day 日始日终: its tasks are made when it opens, and asked for when it closes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate, Phase, Report, Step
from counterpoint.people.data import Duty
from counterpoint.visits.data_cases import CaseRuleMalformed
from counterpoint.visits.labels_cases import STATES
from counterpoint.visits.services.tasks import spawn_tasks, tasks_left


def spawn_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """Make the tasks of the day 派生例行任务. A rule that cannot be read keeps no branch from opening."""
    try:
        done = spawn_tasks(branch=branch, day=day, by=report.by)
    except CaseRuleMalformed as trouble:
        return {"made": 0, "trouble": str(trouble)}
    return {"made": done.made, "known": done.known, "left": list(done.left)}


def tasks_gate(branch: int, day: date) -> list[Finding]:
    """Tasks of this day, or of days before it, that are not done 未办结例行任务."""
    return [
        Finding(
            _("%(number)s %(title)s: %(state)s%(who)s")
            % {
                "number": one.number,
                "title": one.title,
                "state": STATES[one.state].words,
                "who": f" · {one.owner_name}" if one.owner else f" · {one.team.name}",
            },
            reverse("visits:case", args=[one.id]),
        )
        for one in tasks_left(branch=branch, day=day)
    ]


def stops(branch: int, day: date) -> bool:
    """Whether open tasks stop the close or only warn is a dated rule."""
    return bool(org.value(key="cases.tasks_stop_close", at=day))


def appear() -> None:
    """Enter the step and the gate."""
    org.register_step(
        Step("visits.tasks", gettext_lazy("Tasks of the day"), 40, spawn_step, phase=Phase.OPEN)
    )
    org.register_gate(
        Gate("visits.tasks", gettext_lazy("Tasks of the day"), Duty.AUTHORIZE, tasks_gate, stops, order=44)
    )
