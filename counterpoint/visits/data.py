"""The door of visits. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from counterpoint.people.data import Duty
from counterpoint.visits.data_cases import *  # noqa: F403
from counterpoint.visits.data_refusals import *  # noqa: F403

#: Whoever arranges the lobby, watches the branch, or serves customers sees its visits.
VISIT_DUTIES = (Duty.LOBBY, Duty.BOARD, Duty.CUSTOMER_VIEW)


class VisitState(StrEnum):
    """How a visit stands 到访状态."""

    WAITING = "waiting"
    SERVING = "serving"
    PARKED = "parked"
    HANDED = "handed"
    ENDED = "ended"


class Channel(StrEnum):
    """How the customer came 渠道."""

    COUNTER = "counter"
    LOBBY = "lobby"
    APPOINTMENT = "appointment"
    PHONE = "phone"


class ParkReason(StrEnum):
    """What a parked visit waits for 暂存原因."""

    MISSING_PAPER = "missing_paper"
    DECISION = "decision"
    CUSTOMER_AWAY = "customer_away"
    OTHER = "other"


class ServingEnd(StrEnum):
    """Why a serving ended 服务结束原因."""

    FINISHED = "finished"
    PARKED = "parked"
    HANDED = "handed"
    TAKEN_OVER = "taken_over"
    LEFT = "left"


class HandOffState(StrEnum):
    """How a hand-off of a visit stands 转交状态."""

    OPEN = "open"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Target(StrEnum):
    """To whom a visit is handed 转交对象."""

    DESK = "desk"
    DUTY = "duty"
    PERSON = "person"


class HelpState(StrEnum):
    """How a call for help stands 求助状态."""

    CALLED = "called"
    JOINED = "joined"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class HelpMode(StrEnum):
    """What the helper does 协助方式."""

    LOOK = "look"
    TAKE_OVER = "take_over"


class DraftSource(StrEnum):
    """Who filled a draft 草稿来源."""

    TELLER = "teller"
    LOBBY = "lobby"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class ServingView:
    """One time at a desk 一次服务."""

    person: int
    name: str
    desk: int | None
    at: datetime
    ended: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class HandOffView:
    """A hand-off 转交 with its clock: ``due`` is when it goes back by itself."""

    id: int
    visit: int
    state: HandOffState
    giver: int
    giver_name: str
    giver_desk: int | None
    target: Target
    desk: int | None
    duty: str
    person: int | None
    note: str
    at: datetime
    due: datetime
    answerer: int | None = None
    answered: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class HelpView:
    """A call for help 求助 with the asker's screen as context."""

    id: int
    visit: int | None
    branch: int
    desk: int | None
    asker: int
    asker_name: str
    duty: str
    operation: str
    page: str
    words: str
    at: datetime
    state: HelpState
    helper: int | None = None
    helper_name: str = ""
    joined: datetime | None = None
    mode: HelpMode = HelpMode.LOOK
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftView:
    """What was entered for an operation and not yet done 草稿. Never a transaction.

    ``confirmed`` are the critical fields that a teller has confirmed; ``version`` guards against
    overwriting what somebody else has just entered.
    """

    id: int
    visit: int
    operation: str
    fields: dict[str, Any]
    version: int
    source: DraftSource
    person: int | None
    at: datetime
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note on a visit 备注."""

    id: int
    person: int
    name: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A paper that lies with a visit."""

    paper: int
    kind: str
    person: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody who has a visit open: at which desk, in which field 在看."""

    person: int
    name: str
    desk: int | None
    field: str
    seen: datetime


@dataclass(frozen=True, slots=True)
class VisitView:
    """One customer's time with the bank 一次到访. ``key`` correlates every event of it.

    ``at`` is the arrival and is never changed: whoever is handed on keeps the place. ``waits_for`` is
    the person to whom a waiting visit came back from a hand-off.
    """

    id: int
    key: UUID
    branch: int
    state: VisitState
    party: int | None
    reason: str
    channel: Channel
    at: datetime
    opened: int | None
    serving: ServingView | None = None
    hand_off: HandOffView | None = None
    parked: datetime | None = None
    parked_for: str = ""
    parked_by: int | None = None
    parked_words: str = ""
    parked_papers: tuple[str, ...] = ()
    waits_for: int | None = None
    ended: datetime | None = None
    ticket: UUID | None = None
    label: str = ""

    @property
    def number(self) -> str:
        """How people name it: by the number that the customer holds, if there is one."""
        return self.label or f"V{self.id:06d}"


@dataclass(frozen=True, slots=True)
class PassView:
    """A pass for the customer's own phone 预填凭条码: bound to one visit, until ``expires``."""

    id: int
    visit: int
    expires: datetime
    used: datetime | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a visit's timeline 时间线; ``who`` is empty for what the system did by itself."""

    event: int
    at: datetime
    verb: str
    actor: str
    who: str
    zh: str
    en: str

    def words(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could help 可求助同事. ``distance`` is in desks; ``None`` without a desk here."""

    person: int
    name: str
    desk: str
    free: bool
    here: bool
    distance: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class HelpTimes:
    """How long those who called for help waited on one day 求助响应时间, in seconds."""

    calls: int
    joined: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class DeskNow:
    """A desk at this moment 柜台现状: who, which visit, since when, and what waits there."""

    desk: int
    number: str
    name: str
    holder: int | None
    holder_name: str
    visit: int | None = None
    visit_number: str = ""
    operation: str = ""
    since: datetime | None = None
    expected_seconds: int | None = None
    help_since: datetime | None = None
    hand_off_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits for one person 待办: how much, and since when the oldest."""

    hand_offs: int
    hand_offs_since: datetime | None
    helps: int
    helps_since: datetime | None
