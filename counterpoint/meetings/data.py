"""The door of the room: kinds, states, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class Kind(StrEnum):
    """What a meeting is for; the first two fill their agenda themselves."""

    MORNING = "morning"
    EVENING = "evening"
    OTHER = "other"


class MeetingState(StrEnum):
    """How far a meeting has come."""

    PLANNED = "planned"
    RUNNING = "running"
    FINALISED = "finalised"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class ActionState(StrEnum):
    """How far an action has come."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Reply(StrEnum):
    """What somebody answered to an invitation: PARTSTAT in small letters."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Presence(StrEnum):
    """Whether somebody was there."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"


class ItemKind(StrEnum):
    """Where an agenda item comes from; all but own ones are filled in."""

    NOTICE = "notice"
    FIGURES = "figures"
    STAFFING = "staffing"
    ACTIONS = "actions"
    FEEDBACK = "feedback"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is invited, as a rule: everybody of the branch, posts of the branch, people by name."""

    whole_branch: bool = False
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asks for: one meeting, or with a rule a series of them."""

    kind: Kind
    title: str
    start: datetime
    minutes: int
    place: str
    audience: Audience
    rule: str = ""
    working_days: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as others see it."""

    id: int
    series: int
    chain: Any
    kind: Kind
    title: str
    start: datetime
    minutes: int
    place: str
    state: MeetingState
    branch: int
    organiser: int
    organiser_name: str
    rule: str
    moved: bool
    current: int | None
    current_since: datetime | None
    filled: datetime | None
    reply: Reply | None = None

    @property
    def name(self) -> str:
        return f"M{self.id:05d}"

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def repeats(self) -> bool:
        return bool(self.rule)

    @property
    def open(self) -> bool:
        """May its record be written now?"""
        return self.state in (MeetingState.RUNNING, MeetingState.REOPENED)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the agenda."""

    id: int
    kind: ItemKind
    title: str
    text: str
    data: dict[str, Any]
    minutes: int
    spent: int


@dataclass(frozen=True, slots=True)
class MinutesView:
    """The minutes of a meeting, in one version."""

    version: int
    text: str
    revision: int
    writer_name: str
    written: datetime
    finalised: datetime | None
    finaliser_name: str
    reason: str
    record: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that somebody will do by a day."""

    id: int
    meeting: int
    text: str
    owner: int
    owner_name: str
    due: date
    state: ActionState
    reason: str
    from_title: str
    from_day: date
    escalated: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is invited: the answer, and whether they were there."""

    person: int
    name: str
    reply: Reply
    presence: Presence | None
    reason: str
    invited: bool = True


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a calendar program of one person has to be told: METHOD and an iCalendar file."""

    person: int
    method: str
    ics: bytes


class UnknownMeeting(NotFound):
    """There is no such meeting, or none for this person."""

    code = "unknown_meeting"


class UnknownAction(NotFound):
    """There is no such action, or none for this person."""

    code = "unknown_action"


class UnknownFeed(NotFound):
    """There is no such calendar address, or it was given up."""

    code = "unknown_feed"


class MeetingMalformed(Malformed):
    """What was asked for cannot be a meeting."""

    code = "meeting_malformed"


class RuleRefused(Malformed):
    """The rule of repetition cannot be taken: too often, never, or not understood."""

    code = "meeting_rule"


class ReplyMalformed(Malformed):
    """The file is no answer to an invitation of this house."""

    code = "meeting_reply"


class NobodyInvited(Malformed):
    """The audience is nobody."""

    code = "meeting_nobody"


class WrongState(Refusal):
    """The meeting or action is in a state in which this cannot be done."""

    code = "meeting_state"


class NotTheOrganiser(NotAllowed):
    """Only who called the meeting, or answers for the branch, may do this."""

    code = "meeting_organiser"


class NotInvited(NotAllowed):
    """Only who is invited may do this."""

    code = "meeting_invited"


class MinutesChanged(Refusal):
    """Somebody else has written into the minutes meanwhile."""

    code = "minutes_changed"


class ActionClosed(AlreadyDone):
    """The action is done or dropped already."""

    code = "action_closed"
