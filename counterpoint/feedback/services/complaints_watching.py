"""Complaints past the day of the official clock are told to who oversees them."""

from __future__ import annotations

from counterpoint.feedback import queries_complaints as queries
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.feedback.models import ComplaintEscalation
from counterpoint.feedback.services import complaints_parts as parts
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb


def escalate_complaints() -> int:
    """Tell of every complaint whose day has passed, once; how many."""
    late = queries.overdue(clock.today())
    if late:
        _escalate(late=late, by=SYSTEM)
    return len(late)


@verb("feedback.complaint.escalated")
def _escalate(*, late: list[ComplaintRow], by: Actor) -> None:
    """Tell who oversees complaints that the official clock ran out 超期督办."""
    ComplaintEscalation.objects.bulk_create(
        (ComplaintEscalation(complaint=one, due_on=one.due_on, at=clock.now()) for one in late),
        ignore_conflicts=True,
    )
    branches = sorted({parts.channel(one.branch_id) for one in late})
    data = {"complaints": [one.pk for one in late]}
    tell(Told(subject="complaints:late", branch=0, data=data, channels=(parts.OVERSEERS, *branches)))
