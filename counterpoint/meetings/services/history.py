"""Meetings held before the product was 历史纪要: taken over as they were written down, with what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, NotAllowed
from counterpoint.kit.verbs import verb
from counterpoint.meetings.data import MeetingState, Presence
from counterpoint.meetings.models import Action, ActionStep, Attendance, Decision, Meeting, Minutes
from counterpoint.meetings.services import parts
from counterpoint.meetings.services.recording import record_of


@verb("meetings.history.taken_over")
def take_over_held(
    *, series: int, start: datetime, text: str, decisions: Sequence[str],
    actions: Sequence[tuple[str, int, date]], present: Sequence[int], by: Actor,
) -> int:  # fmt: skip
    """Take over a meeting that was held, with its final minutes and its open actions 导入历史纪要."""
    if by.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("Only the system takes over what was before."))
    found = parts.locked_series(series)
    if start >= clock.now():
        raise NotAllowed(_("What is taken over was held already."))
    row = Meeting.objects.create(
        series=found, recurrence=start, start=start, minutes=found.minutes, place=found.place,
        state=MeetingState.RUNNING,
    )  # fmt: skip
    who = found.organiser_id
    Attendance.objects.bulk_create(
        Attendance(meeting=row, person_id=one, presence=Presence.PRESENT, marked_at=start) for one in present
    )
    for said in decisions:
        Decision.objects.create(meeting=row, text=said, person_id=who, at=start)
    for what, owner, due in actions:
        made = Action.objects.create(
            meeting=row, chain=found.chain, text=what, owner_id=owner, due=due, at=start
        )
        ActionStep.objects.create(
            action=made, state=made.state, owner_id=owner, due=due, person_id=who, at=start
        )
    with translation.override("zh-hans"):
        record = record_of(row)
    Minutes.objects.create(
        meeting=row, version=1, text=text, revision=1, writer_id=who, written_at=start,
        finalised_at=clock.now(), finalised_by_id=who, record=record,
    )  # fmt: skip
    parts.enter(row, MeetingState.FINALISED, by)
    parts.say(row, {"version": 1})
    return row.pk
