"""The door of the lobby: nouns, states, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from counterpoint.lobby.data_courses import *  # noqa: F403
from counterpoint.lobby.data_faces import *  # noqa: F403
from counterpoint.lobby.data_promise import *  # noqa: F403
from counterpoint.lobby.data_refusals import *  # noqa: F403
from counterpoint.lobby.data_router import *  # noqa: F403
from counterpoint.lobby.data_router import Choice
from counterpoint.lobby.data_scene import *  # noqa: F403
from counterpoint.lobby.data_statistics import *  # noqa: F403
from counterpoint.lobby.data_suggestions import *  # noqa: F403


class TicketState(StrEnum):
    """How a ticket stands 排队号状态."""

    WAITING = "waiting"
    #: Fills in forms in the lobby or at the kiosk; keeps the place and can be called 预处理中.
    PREWORK = "prework"
    #: Waits again after a transfer 转号等候.
    TRANSFERRED = "transferred"
    #: Waits again after a no-show, a hand-off that came back, or a ticket reopened 退回等候.
    RETURNED = "returned"
    CALLED = "called"
    RECALLED = "recalled"
    SERVING = "serving"
    PARKED = "parked"
    HANDED_OVER = "handed_over"
    NO_SHOW = "no_show"
    LEFT = "left"
    SERVED = "served"
    VOIDED = "voided"


S = TicketState
#: Those who stand in the line and may be called 候叫.
IN_LINE = (S.WAITING, S.PREWORK, S.TRANSFERRED, S.RETURNED)
#: On the way to a desk 已叫号.
CALLING = (S.CALLED, S.RECALLED)
#: A desk is taken up by one of these at most 占用窗口.
AT_DESK = (*CALLING, S.SERVING)
#: Nothing follows, but that a ticket is reopened on the same day 已结束.
ENDED = (S.NO_SHOW, S.LEFT, S.SERVED, S.VOIDED)


class TicketChannel(StrEnum):
    """Where a ticket was taken 取号渠道."""

    KIOSK = "kiosk"
    LOBBY = "lobby"
    PHONE = "phone"
    APPOINTMENT = "appointment"


class AppointmentState(StrEnum):
    """How an appointment stands 预约状态."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    MISSED = "missed"
    CANCELLED = "cancelled"


class RatingState(StrEnum):
    """How an invitation to rate stands 评价状态."""

    INVITED = "invited"
    GIVEN = "given"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Service:
    """What customers come for 业务种类: one row of the dated rule ``lobby.services``.

    ``minutes`` is what the bank expects before anything was learned; ``prework`` are the operations
    whose forms can be filled in before.
    """

    code: str
    name_zh: str
    name_en: str
    name: str
    duty: str
    series: str
    minutes: int
    qualification: str = ""
    equipment: frozenset[str] = frozenset()
    pays_cash: bool = False
    papers: tuple[str, ...] = ()
    prework: tuple[str, ...] = ()
    slot_capacity: int = 0


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority class 优先类别 of the dated rule ``lobby.priorities``."""

    code: str
    name: str
    #: How many times the routing index counts.
    weight: float
    #: Minutes of waiting given at the start: priority ages, ordinary customers never starve.
    head_start: float
    #: The class may be chosen by the customer at the kiosk; else only by staff.
    self_chosen: bool


@dataclass(frozen=True, slots=True)
class PromiseView:
    """What a customer was told 等候承诺, in seconds from ``at``: 10 %, middle, 90 %."""

    low: int
    mid: int
    high: int
    at: datetime
    basis: str
    broken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketView:
    """A number in the line 排队号. ``arrived`` is written once; whoever is moved keeps the place."""

    id: int
    key: UUID
    branch: int
    date: date
    label: str
    service: str
    priority: str
    priority_reason: str
    group: int
    channel: TicketChannel
    party: int | None
    arrived: datetime
    state: TicketState
    since: datetime
    desk: int | None
    person: int | None
    wanted_desk: int | None
    wanted_person: int | None
    recalls: int
    note: str
    prework: tuple[str, ...]
    papers_missing: tuple[str, ...]
    promise: PromiseView | None
    due: datetime | None = None

    @property
    def in_line(self) -> bool:
        return self.state in IN_LINE


@dataclass(frozen=True, slots=True)
class TakenTicket:
    """A ticket just taken. ``token`` opens the phone page; it is shown now and kept nowhere.

    A second press with the same client key gives the same ticket, and no token: ``again``.
    """

    ticket: TicketView
    token: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class CalledTicket:
    """Who was called to a desk, and why, in one sentence 叫号结果."""

    ticket: TicketView
    desk: int
    desk_number: str
    why: str
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class PeriodView:
    """How long a ticket was in which state 状态时段. ``clipped``: the clock had gone back."""

    state: TicketState
    start: datetime
    end: datetime | None
    desk: int | None
    person: int | None
    note: str
    clipped: bool

    def seconds(self, now: datetime) -> float:
        return max(0.0, ((self.end or now) - self.start).total_seconds())


@dataclass(frozen=True, slots=True)
class WindowView:
    """What a desk serves now 窗口: its services, those that are its own, and since when."""

    id: int
    branch: int
    desk: int
    desk_number: str
    person: int
    person_name: str
    services: tuple[str, ...]
    primary: tuple[str, ...]
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class WindowNow:
    """A window at this moment 窗口现状. ``expected`` seconds of the service under way, as learned."""

    window: WindowView
    ticket: TicketView | None
    free_since: datetime | None
    expected: int = 0


@dataclass(frozen=True, slots=True)
class WaitingNow:
    """One who waits, as tablet and desk show it 等候客户. Times in seconds."""

    ticket: TicketView
    waited: int
    #: Expected time at a desk, as learned.
    predicted: int
    over_target: bool
    #: Seconds left of the promise; below zero it is broken.
    promise_left: int | None


@dataclass(frozen=True, slots=True)
class LineNow:
    """All who wait at a branch 等候队列, in the order of arrival; ``total`` may be more than are listed."""

    waiting: tuple[WaitingNow, ...]
    total: int
    parked: tuple[TicketView, ...]


@dataclass(frozen=True, slots=True)
class PhoneView:
    """What the customer's own phone shows 手机看号: no names, nobody else's number."""

    ticket: TicketView
    service: Service
    #: How many are ahead whom the same desks may call; ``None`` when not in the line.
    ahead: int | None
    promise: Promise | None  # noqa: F405
    desk_number: str = ""
    rating: RatingState | None = None
    #: The promise was broken, and this is said.
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A line of the display 叫号屏: number and desk, and how often it was called."""

    label: str
    desk_number: str
    at: datetime
    times: int
    #: Grows with every call; what a display has not shown yet has a greater one.
    place: int
    now: bool


@dataclass(frozen=True, slots=True)
class DisplayView:
    """What the display shows 叫号屏. ``waits``: by service how many wait and the middle promise."""

    branch: int
    called: tuple[Called, ...]
    next: tuple[str, ...]
    waits: tuple[tuple[Service, int, int], ...]
    #: Numbers whose promise has just been broken; they are told so.
    late: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotView:
    """A time for which appointments are taken 预约时段."""

    service: str
    start: datetime
    capacity: int
    taken: int

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment 预约. ``booking`` is the vault's booking of large cash."""

    id: int
    code: str
    branch: int
    service: str
    start: datetime
    party: int | None
    group: int
    booking: int | None
    state: AppointmentState
    made: datetime
    ticket: UUID | None = None
    #: Whether the customer wants to be reminded by mail; the address is nobody's to list.
    reminded: bool = False


@dataclass(frozen=True, slots=True)
class RatingView:
    """What a customer said after the service 评价; ``wait`` and ``served`` are seconds."""

    id: int
    ticket: UUID
    label: str
    service: str
    desk: int | None
    person: int | None
    wait: int
    served: int
    state: RatingState
    csat: int | None = None
    nps: int | None = None
    comment: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallReason:
    """Why somebody is called out of turn 插队叫号原因: a code of the dated rule ``lobby.call_reasons``."""

    code: str
    name: str
