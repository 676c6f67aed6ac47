"""Recurring tasks 例行任务: made when a business day opens, each once for its branch and day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from counterpoint.kit.data import Actor
from counterpoint.org import services as org
from counterpoint.visits import queries_cases as queries
from counterpoint.visits import rules_cases as rules
from counterpoint.visits.data_cases import CaseMalformed, CaseRuleMalformed, CaseView, TaskSpawn, UnknownTeam
from counterpoint.visits.models_cases import OPEN, Case
from counterpoint.visits.services import cases_parts as parts
from counterpoint.visits.services import cases_rules
from counterpoint.visits.services.cases import open_case


def spawn_tasks(*, branch: int, day: date, by: Actor) -> TaskSpawn:
    """Open the tasks that fall on a business day 派生例行任务; again makes nothing new.

    A task whose team the branch does not have, or whose kind cannot be read, is left out, and named.
    """
    previous = org.last_closed_day(branch=branch, before=day)
    wanted = [one for one in cases_rules.tasks() if rules.falls_on(one, day, previous)]
    known = set(
        Case.objects.filter(branch_id=branch, day=day).exclude(task="").values_list("task", flat=True)
    )
    made, left = 0, []
    for one in wanted:
        if one.key in known:
            continue
        try:
            kind = cases_rules.kind(one.kind)
            open_case(
                kind=one.kind, branch=branch, title=f"{kind.zh} {day:%m-%d}", team=one.team or None, by=by,
                task=one.key, day=day, due=rules.due_on(one, day),
            )  # fmt: skip
        except (UnknownTeam, CaseMalformed, CaseRuleMalformed):
            left.append(one.key)
        else:
            made += 1
    return TaskSpawn(made, len(known), tuple(left))


def tasks_left(*, branch: int, day: date) -> list[CaseView]:
    """The tasks of a business day and of days before that are not done."""
    where = OPEN & ~Q(task="") & Q(branch_id=branch, day__lte=day)
    return parts.views(queries.by_urgency(where, limit=50))
