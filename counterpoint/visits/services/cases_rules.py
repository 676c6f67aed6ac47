"""What the dated rules say about cases today 事项规则: kinds, hours, days, tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.org import services as org
from counterpoint.org.data import NoRuleInForce, UnknownRule
from counterpoint.visits import queries_cases as queries
from counterpoint.visits import rules_cases as rules
from counterpoint.visits.data_cases import CaseKind, CaseMalformed, CaseRuleMalformed, CaseState, TaskSpec


def value(name: str) -> Any:
    return org.value(key=f"cases.{name}", at=clock.today())


def kinds() -> dict[str, CaseKind]:
    """Every kind of case that the bank has today, in its order.

    One that cannot be read is left out, so that it does not take the others with it; ``kind`` says why.
    """
    found: dict[str, CaseKind] = {}
    with org.one_book():
        for key in map(str, value("kinds")):
            with suppress(CaseRuleMalformed, UnknownRule, NoRuleInForce):
                found[key] = rules.kind_of(key, value(f"kind.{key}"))
    return found


def kind(key: str) -> CaseKind:
    """One kind of case."""
    with org.one_book():
        if key not in value("kinds"):
            raise CaseMalformed(_("There is no such kind of case."), field="kind", kind=key[:40])
        return rules.kind_of(key, value(f"kind.{key}"))


def kind_names() -> dict[str, str]:
    """What kinds are called, in the reader's language; one that the bank gave up is its own name."""
    return {key: queries.in_words(one.zh, one.en) for key, one in kinds().items()}


def tasks() -> list[TaskSpec]:
    return rules.tasks_of(value("tasks"))


def due(
    states: Sequence[tuple[datetime, CaseState]], pauses: frozenset[CaseState], target: int
) -> datetime | None:
    """When a case that went through these states is due; ``None`` while its clock stands."""
    return due_by([(mark.at, mark.runs) for mark in rules.marks_of(states, pauses)], target)


def due_by(marks: Sequence[tuple[datetime, bool]], minutes: int) -> datetime | None:
    """When a clock that ran and stood from these moments on reaches so many minutes of working time."""
    hours, target = rules.hours_of(value("working_hours")), timedelta(minutes=minutes)
    return rules.due_of([rules.Mark(at, runs) for at, runs in marks], target, hours, _working())


def _working() -> Callable[[date], bool]:
    # The calendar is asked once a day of the span, and not once more for every look at that day.
    return cache(org.is_working_day)


def reopen_until(since: datetime) -> date:
    """The last day on which a case that was finished then may be reopened."""
    return org.add_working_days(since.astimezone(clock.CHINA).date(), int(value("reopen_days")))


def soon(case_due: datetime | None, at: datetime) -> bool:
    """Whether it is due within the time that the rule calls soon."""
    return case_due is not None and case_due - at <= timedelta(minutes=int(value("soon_minutes")))
