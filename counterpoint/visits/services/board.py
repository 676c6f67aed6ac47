"""What the branch board and the top bar show of visits 看板: each desk now, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from counterpoint.kit import clock
from counterpoint.org import services as org
from counterpoint.org.data import DeskView
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import queries
from counterpoint.visits.data import Counts, DeskNow, VisitView
from counterpoint.visits.services.help import could_answer, open_calls

EXPECTED = "visits.expected_minutes"


def board(branch: int) -> tuple[DeskNow, ...]:
    """Every desk in use at a branch: who, whose visit, for how long against the expected time, what waits."""
    desks = [desk for desk in org.desks(branch) if desk.active]
    names = {one.id: one.name for one in people.people_with(duty=Duty.CUSTOMER_VIEW, branch=branch)}
    serving, calls, waiting = queries.desk_marks(branch)
    at_desk = {one.desk_id: one for one in serving.values() if one.desk_id is not None}
    # Who moved to another desk while serving is shown where they sit, and only there.
    at_desk |= {desk.id: serving[desk.holder] for desk in desks if desk.holder in serving}
    operations = queries.operations_of(one.visit_id for one in serving.values())
    with org.one_book():
        return tuple(
            _line(desk, at_desk.get(desk.id), names, operations, calls, waiting.get(desk.id))
            for desk in desks
        )


def _line(
    desk: DeskView, serving: Any, names: dict[int, str], operations: dict[int, str],
    calls: dict[int, datetime], waiting: datetime | None,
) -> DeskNow:  # fmt: skip
    person = serving.person_id if serving else desk.holder
    name = ""
    if person is not None:
        name = serving.person.name if serving else names.get(person) or people.person(person).name
    operation = operations.get(serving.visit_id, "") if serving else ""
    return DeskNow(
        desk=desk.id, number=desk.number, name=desk.name, holder=person, holder_name=name,
        visit=serving.visit_id if serving else None,
        visit_number=str(serving.visit) if serving else "", operation=operation,
        since=serving.at if serving else None,
        expected_seconds=_expected(operation, serving.visit.reason) if serving else None,
        help_since=calls.get(person) if person is not None else None, hand_off_since=waiting,
    )  # fmt: skip


def expected_seconds(visit: VisitView) -> int:
    """How long this visit takes at the desk by the bank's own measure 标准办理时间."""
    return _expected(queries.operations_of([visit.id]).get(visit.id, ""), visit.reason)


def _expected(operation: str, reason: str) -> int:
    facts = {"operation": operation, "reason": reason}
    return int(org.decide(table=EXPECTED, facts=facts, at=clock.today()).outcome["minutes"]) * 60


def counts_for(*, person: int, desk: int | None, branch: int, duties: Iterable[str]) -> Counts:
    """What waits for a person: hand-offs to accept, calls for help to answer. Two queries, for every page."""
    held = [str(duty) for duty in duties]
    mine = queries.for_me(person=person, desk=desk, branch=branch, duties=held) & Q(due__gt=clock.now())
    calls = [one.at for one in open_calls(branch) if could_answer(one, person=person, duties=held)]
    handed = queries.waiting_since(mine)
    return Counts(len(handed), min(handed, default=None), len(calls), min(calls, default=None))
