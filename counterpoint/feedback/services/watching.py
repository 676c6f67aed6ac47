"""The clock of the room 时限: what is late is told to the superior, once for each time that it was due."""

from __future__ import annotations

import threading

from counterpoint.feedback import queries
from counterpoint.feedback.models import Escalation
from counterpoint.feedback.models import Item as ItemRow
from counterpoint.feedback.services import routing
from counterpoint.feedback.services.complaints_watching import escalate_complaints
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.kit.watch import repeat

EVERY_SECONDS = 60.0


def escalate_due() -> int:
    """Tell of everything that is late; how much it was."""
    late = queries.overdue(clock.now())
    if late:
        _escalate(late=late, by=SYSTEM)
    return len(late) + escalate_complaints()


@verb("feedback.item.escalated")
def _escalate(*, late: list[ItemRow], by: Actor) -> None:
    """Tell the superior departments of reports that are late 逾期上报."""
    now, known = clock.now(), routing.departments()
    Escalation.objects.bulk_create(
        (Escalation(item=one, due_at=one.due_at, at=now) for one in late if one.due_at), ignore_conflicts=True
    )
    told = set()
    for one in late:
        told.add(routing.channel(one.department, one.branch_id))
        own = known.get(one.department)
        if own is not None and own.superior:
            told.add(routing.channel(own.superior, one.branch_id))
    data = {"items": [one.pk for one in late]}
    tell(Told(subject="feedback:late", branch=0, data=data, channels=tuple(sorted(told))))


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Tell of what is late, until ``stop`` is set."""
    repeat(escalate_due, stop=stop, every=every)
