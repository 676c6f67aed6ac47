"""Actions 行动项: who does what by when; open until done, on the agenda of every following meeting."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.meetings import queries
from counterpoint.meetings.data import (
    ActionClosed,
    ActionState,
    MeetingMalformed,
    NotTheOrganiser,
    UnknownAction,
)
from counterpoint.meetings.models import Action, ActionStep, Escalation
from counterpoint.meetings.services import parts
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty

LONGEST_ACTION = 500


@verb("meetings.action.assigned")
def assign(*, meeting: int, text: str, owner: int, due: date | None, by: Actor) -> int:
    """Agree on an action 指派行动项; without a day it is due after the usual working days."""
    row = parts.locked(meeting)
    parts.check_person(by)
    parts.check_takes_part(row, by)
    parts.check_open(row)
    said = parts.words(text, field="text", longest=LONGEST_ACTION)
    _check_owner(owner)
    made = Action.objects.create(
        meeting=row, chain=row.series.chain, text=said, owner_id=owner, due=_due(due), at=clock.now()
    )
    _stepped(made, by)
    parts.say(row, {"action": made.pk, "owner": owner, "due": made.due.isoformat()}, owner)
    return made.pk


def _check_owner(owner: int) -> None:
    if not people.staff_of(people=[owner]):
        raise MeetingMalformed(_("There is no such member of staff."), field="owner")


def _due(due: date | None) -> date:
    """A day on which somebody works; the usual one where none is named."""
    if due is None:
        days = int(org.value(key="meetings.action_days", at=clock.today()))
        return org.add_working_days(clock.today(), days)
    if due < clock.today():
        raise MeetingMalformed(_("The day lies in the past."), field="due")
    if due.year > clock.today().year + 5:
        raise MeetingMalformed(_("The day is too far away."), field="due")
    return due if org.is_working_day(due) else org.next_working_day(due)


def _stepped(row: Action, by: Actor, note: str = "") -> None:
    ActionStep.objects.create(
        action=row, state=row.state, owner_id=row.owner_id, due=row.due, person_id=by.id, at=clock.now(),
        note=note,
    )  # fmt: skip


def _locked(action: int) -> Action:
    found = Action.objects.select_for_update(of=("self",)).select_related("meeting__series__organiser")
    row = found.filter(pk=action).first()
    if row is None:
        raise UnknownAction(_("There is no such action."))
    if row.state != ActionState.OPEN:
        raise ActionClosed(_("This action is closed already."))
    return row


def _say(row: Action, *also: int) -> None:
    meeting = row.meeting
    data = {"action": row.pk, "state": str(row.state), "owner": row.owner_id, "due": row.due.isoformat()}
    tell(
        Told(
            subject=f"action:{row.pk}", branch=meeting.series.branch_id, data=data,
            channels=parts.channels(meeting.series_id, row.owner_id, *also),
            about=f"meeting:{row.meeting_id}",
        )
    )  # fmt: skip


def _check_acts(row: Action, by: Actor) -> None:
    if row.owner_id != by.id and not parts.manages(row.meeting.series, by):
        raise NotTheOrganiser(
            _("This action belongs to somebody else; its owner, or who called the meeting, closes it.")
        )


@verb("meetings.action.done")
def done(*, action: int, note: str, by: Actor) -> None:
    """Say that an action is done 完成."""
    _close(action, ActionState.DONE, note, by, needed=False)


@verb("meetings.action.dropped")
def drop(*, action: int, reason: str, by: Actor) -> None:
    """Give an action up, with a reason 不再办理."""
    _close(action, ActionState.DROPPED, reason, by, needed=True)


def _close(action: int, state: ActionState, note: str, by: Actor, *, needed: bool) -> None:
    row = _locked(action)
    parts.check_person(by)
    _check_acts(row, by)
    said = parts.words(note, field="reason", longest=parts.LONGEST_NOTE, needed=needed)
    row.state, row.closed_at, row.reason = state, clock.now(), said
    row.save(update_fields=["state", "closed_at", "reason"])
    _stepped(row, by, said)
    _say(row)


@verb("meetings.action.handed")
def hand(*, action: int, owner: int, due: date | None, reason: str, by: Actor) -> None:
    """Give an action to somebody else, or another day, with a reason 转交或改期."""
    row = _locked(action)
    parts.check_person(by)
    if not parts.manages(row.meeting.series, by):
        raise NotTheOrganiser(
            _("Only who called the meeting, or answers for the branch, hands an action on.")
        )
    _check_owner(owner)
    said = parts.words(reason, field="reason", longest=parts.LONGEST_NOTE)
    before = row.owner_id
    row.owner_id, row.due = owner, _due(due)
    row.save(update_fields=["owner", "due"])
    _stepped(row, by, said)
    _say(row, before)


def escalate_due() -> int:
    """Tell of every action that is late, or whose owner is gone; how many."""
    late = queries.overdue(clock.today())
    if late:
        _escalate(late=late, by=SYSTEM)
    return len(late)


@verb("meetings.action.escalated")
def _escalate(*, late: list[Action], by: Actor) -> None:
    """Tell who called the meeting of late actions 逾期上报; of their own, the branch's supervisors."""
    told: set[int] = set()
    made = []
    for one in late:
        series = one.meeting.series
        above = [series.organiser_id]
        if series.organiser_id == one.owner_id or not series.organiser.is_active:
            found = people.people_with(duty=Duty.AUTHORIZE, branch=series.branch_id)
            above = [who.id for who in found if who.id != one.owner_id][:10]
        made.append(Escalation(action=one, owner_id=one.owner_id, due=one.due, told=above, at=clock.now()))
        told |= {one.owner_id, *above}
    Escalation.objects.bulk_create(made, ignore_conflicts=True)
    people_told = tuple(f"person:{one}" for one in sorted(told))
    channels = people_told if len(told) <= parts.MOST_TOLD else (parts.EVERYBODY,)
    data = {"actions": [one.pk for one in late]}
    tell(Told(subject="meetings:late", branch=0, data=data, channels=channels))
