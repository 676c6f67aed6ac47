"""The door of the room: kinds, states, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from counterpoint.feedback.data_complaints import Channel as Channel
from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class Kind(StrEnum):
    """What somebody reports."""

    PROBLEM = "problem"
    IDEA = "idea"


class ItemState(StrEnum):
    """How far an item has come."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    WAITING = "waiting"
    PLANNED = "planned"
    ANSWERED = "answered"
    CLOSED = "closed"
    DUPLICATE = "duplicate"


class PostKind(StrEnum):
    """What somebody wrote on an item; a note is for the department alone."""

    QUESTION = "question"
    REPLY = "reply"
    ANSWER = "answer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Context:
    """Where somebody was when they reported 现场: never what the screen showed."""

    address: str = ""
    operation: str = ""
    visit: int | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """Who answers for something 归口部门: those with a duty, in the whole bank or in the item's branch."""

    key: str
    zh: str
    en: str
    duty: str
    of_branch: bool = False
    superior: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a mended thing brought 成效: in words, with a figure before and after; or why there is none."""

    text: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    unit: str = ""
    reason: str = ""

    @property
    def measured(self) -> bool:
        return bool(self.text) and self.before is not None and self.after is not None


@dataclass(frozen=True, slots=True)
class Item:
    """A problem or an idea as others see it."""

    id: int
    kind: Kind
    state: ItemState
    title: str
    text: str
    context: Context
    branch: int
    department: str
    reporter: int
    reporter_name: str
    owner: int | None
    owner_name: str
    at: datetime
    due: datetime | None
    planned: datetime | None
    escalated: bool
    merged_into: int | None
    reopened: bool
    votes: int

    @property
    def name(self) -> str:
        return f"F{self.id:05d}"


@dataclass(frozen=True, slots=True)
class Line:
    """An item in a list."""

    item: Item
    news: bool = False
    voted: bool = False
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    lines: tuple[Line, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A line of an item's timeline: a state it came into, or something that was written."""

    at: datetime
    who: str
    state: ItemState | None
    post: PostKind | None
    text: str


@dataclass(frozen=True, slots=True)
class Did:
    """A line of the monthly page 你说我做: what was said, what was done, what it brought."""

    item: int
    kind: Kind
    title: str
    answer: str
    effect: Effect
    at: datetime

    @property
    def name(self) -> str:
        return f"F{self.item:05d}"


@dataclass(frozen=True, slots=True)
class Month:
    """A month in figures: how many came, were answered and closed, and how satisfied the reporters were."""

    reported: int
    answered: int
    late: int
    closed: int
    scores: int
    satisfied: int


class UnknownItem(NotFound):
    """There is no such item, or none for this person."""

    code = "unknown_feedback"


class ItemMalformed(Malformed):
    """What was written cannot be taken like this."""

    code = "feedback_malformed"


class FeedbackRuleMalformed(Refusal):
    """A dated rule of this room cannot be read."""

    code = "feedback_rule_malformed"


class WrongState(Refusal):
    """The item is in a state in which this cannot be done."""

    code = "feedback_state"


class NotTheDepartment(NotAllowed):
    """The item belongs to another department."""

    code = "feedback_department"


class NotTheReporter(NotAllowed):
    """Only who reported it may do this."""

    code = "feedback_reporter"


class OwnAnswer(NotAllowed):
    """Nobody rates an answer of their own."""

    code = "feedback_own_answer"


class ReopenedOnce(AlreadyDone):
    """It was reopened once; a new report goes on from here."""

    code = "feedback_reopened"


class TooLate(Refusal):
    """The days in which it could be reopened are over."""

    code = "feedback_too_late"


class VotedAlready(AlreadyDone):
    """This person's vote is counted already, or is not there to be taken back."""

    code = "feedback_voted"


class RatedAlready(AlreadyDone):
    """This answer was rated already."""

    code = "feedback_rated"
