"""Complaints 投诉 at the room's door: states, clock, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class ComplaintState(StrEnum):
    """How far a complaint has come."""

    RECEIVED = "received"
    INVESTIGATING = "investigating"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    """How a complaint came."""

    COUNTER = "counter"
    PHONE = "phone"
    LETTER = "letter"
    ONLINE = "online"
    REGULATOR = "regulator"


class Stage(StrEnum):
    """How long the official clock runs: as usual, extended as complex, extended again with approval."""

    SIMPLE = "simple"
    COMPLEX = "complex"
    SPECIAL = "special"


class Finding(StrEnum):
    """What the answer decides."""

    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Clock:
    """The official days 法定时限, as the dated rule has them; of the calendar, or working ones."""

    simple: int
    complex: int
    special: int
    working: bool


@dataclass(frozen=True, slots=True)
class Complaint:
    """A customer's complaint as those who deal with it see it."""

    id: int
    state: ComplaintState
    stage: Stage
    channel: Channel
    text: str
    operation: str
    branch: int
    party: int | None
    registered_by: int
    registered_name: str
    at: datetime
    due: date
    handler: int | None
    handler_name: str
    escalated: bool

    @property
    def name(self) -> str:
        return f"K{self.id:05d}"

    @property
    def ended(self) -> bool:
        return self.state in (ComplaintState.CLOSED, ComplaintState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """One page of complaints."""

    lines: tuple[Complaint, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class ComplaintStep:
    """A line of a complaint's history; a note of the investigation has no state."""

    at: datetime
    who: str
    state: ComplaintState | None
    text: str


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """The answer that the customer got in writing 书面答复."""

    finding: Finding
    text: str
    who: str
    at: datetime


class UnknownComplaint(NotFound):
    """There is no such complaint, or none for this person."""

    code = "unknown_complaint"


class ComplaintMalformed(Malformed):
    """What was written cannot be taken like this."""

    code = "complaint_malformed"


class ComplaintElsewhere(Refusal):
    """The complaint is in a state in which this cannot be done."""

    code = "complaint_state"


class Recused(NotAllowed):
    """Whoever a complaint concerns has no part in it 回避."""

    code = "recused"


class NotTheHandler(NotAllowed):
    """Somebody else handles the complaint, or approves what the handler asks for."""

    code = "complaint_handler"


class ExtendedAlready(AlreadyDone):
    """The clock was extended this way already, or not yet the way before."""

    code = "complaint_extended"
