"""Reading 查看: what somebody may know of; the week, the day, the actions."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.meetings import queries
from counterpoint.meetings.data import Action, Meeting, UnknownAction, UnknownMeeting
from counterpoint.meetings.services import parts


def meeting(id: int, *, by: Actor) -> Meeting:
    """A meeting, for who is invited, called it, or answers for the branch; for others there is none."""
    found = queries.by_id(id)
    if found is None or by.kind is not ActorKind.PERSON or not (
        queries.is_invited(found.series, by.id) or may_manage(found, by)
    ):  # fmt: skip
        raise UnknownMeeting(_("There is no such meeting."))
    return found


def may_manage(found: Meeting, by: Actor) -> bool:
    return parts.manages(None, by, organiser=found.organiser, branch=found.branch)


def action(id: int, *, by: Actor) -> Action:
    """An action, for its owner and for who may know of its meeting."""
    found = queries.action_by_id(id)
    if found is None or (found.owner != by.id and not _knows(found.meeting, by)):
        raise UnknownAction(_("There is no such action."))
    return found


def may_hand(one: Action, by: Actor) -> bool:
    """May the actor hand an action on: who called its meeting, or answers for the branch?"""
    found = queries.by_id(one.meeting)
    return found is not None and may_manage(found, by)


def _knows(id: int, by: Actor) -> bool:
    try:
        return meeting(id, by=by) is not None
    except UnknownMeeting:
        return False


def week(monday: date, *, by: Actor) -> list[Meeting]:
    """The meetings of a week to which the actor is invited."""
    return queries.of_person(by.id, clock.start_of(monday), clock.start_of(monday + timedelta(days=7)))


def my_day(person: int, day: date) -> list[Meeting]:
    """The meetings of somebody's day, with their answers; one question, for the morning page."""
    return queries.of_person(person, clock.start_of(day), clock.start_of(day + timedelta(days=1)))


def my_actions(person: int) -> list[Action]:
    """What somebody has to do, and what was told them as late; one question, for the morning page."""
    return queries.actions_for(person)[0]
