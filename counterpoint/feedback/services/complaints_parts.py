"""What the verbs on complaints share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from counterpoint.feedback import queries_complaints as queries
from counterpoint.feedback import rules_complaints as rules
from counterpoint.feedback.data_complaints import (
    ComplaintElsewhere,
    ComplaintState,
    NotTheHandler,
    Stage,
    UnknownComplaint,
)
from counterpoint.feedback.labels import COMPLAINT_STATES
from counterpoint.feedback.models import Complaint as ComplaintRow
from counterpoint.feedback.models import ComplaintStateRow
from counterpoint.feedback.services.complaints_rights import official_clock
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell
from counterpoint.org import services as org

#: Who oversees complaints in the whole bank listens to this.
OVERSEERS = "complaints"


def channel(branch: int) -> str:
    """What those listen to who handle the complaints of a branch."""
    return f"complaints:{branch}"


def locked(complaint: int) -> ComplaintRow:
    found = ComplaintRow.objects.select_for_update().filter(pk=complaint).first()
    if found is None:
        raise UnknownComplaint(_("There is no such complaint."))
    return found


def check_state(row: ComplaintRow, *states: ComplaintState) -> None:
    if row.state not in states:
        raise ComplaintElsewhere(
            _("The complaint is “%(state)s” now.")
            % {"state": COMPLAINT_STATES[ComplaintState(row.state)].words}
        )


def check_handler(row: ComplaintRow, by: Actor) -> None:
    if row.handler_id != by.id:
        raise NotTheHandler(_("Somebody else handles this complaint."))


def enter(row: ComplaintRow, state: ComplaintState, by: Actor, *, note: str = "", **changed: Any) -> None:
    if not rules.MACHINE.may(row.state, state):
        check_state(row, state)
    begin(row, state, by, note)
    for field, value in changed.items():
        setattr(row, field, value)
    row.state = state
    row.save(update_fields=["state", *changed])


def begin(row: ComplaintRow, state: ComplaintState, by: Actor, note: str = "") -> None:
    ComplaintStateRow.objects.create(complaint=row, state=state, person_id=by.id, at=clock.now(), note=note)


def run_clock(row: ComplaintRow, stage: Stage) -> None:
    """Set the last day of the official clock."""
    row.stage = stage
    row.due_on = rules.due(row.received_on, stage, official_clock(), org.add_working_days)


def say(row: ComplaintRow, data: dict[str, Any] | None = None) -> None:
    """The event of a verb: never what was written, and heard by nobody whom it concerns."""
    # ``complaints:…`` is only for who handles; a person who is concerned hears that something changed there.
    handler = (f"person:{row.handler_id}",) if row.handler_id else ()
    if row.handler_id in queries.concerned(row.pk):
        handler = ()
    tell(
        Told(
            subject=f"complaint:{row.pk}", branch=row.branch_id, data={"state": row.state} | (data or {}),
            channels=(channel(row.branch_id), OVERSEERS, *handler), about=f"complaint:{row.pk}",
        )
    )  # fmt: skip
