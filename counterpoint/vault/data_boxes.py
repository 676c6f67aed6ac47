"""The door of the vault, who may hold a box and how much may lie in it. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from counterpoint.kit.data import Malformed, Refusal
from counterpoint.vault.data_cash import Stop


class LimitState(StrEnum):
    """A box against its limits: within 限额内, over the soft one 超限, at the hard one 达到上限."""

    WITHIN = "within"
    OVER = "over"
    HARD = "hard"


class WrongDay(Refusal):
    """The business day of the branch is not open 非营业日."""

    code = "wrong_day"


class CrossIssue(Refusal):
    """The same person had this box the day before 须交叉领用."""

    code = "cross_issue"


class OpeningPeople(Refusal):
    """The vault is opened by two who hold its key and its combination 须双人开库."""

    code = "opening_people"


class BoxNotPaused(Refusal):
    code = "box_not_paused"


class BoxNotEmpty(Refusal):
    """Only an empty box that nobody holds is retired."""

    code = "box_not_empty"


class BoxMalformed(Malformed):
    code = "box_malformed"


class BoxExists(Refusal):
    code = "box_exists"


class LimitMalformed(Malformed):
    code = "limit_malformed"


class SortingMalformed(Malformed):
    """More pieces are unfit or damaged than there are."""

    code = "sorting_malformed"


@dataclass(frozen=True, slots=True)
class FaceLimitView:
    """How many pieces of a face a box should and may hold 券别限额; ``None``: no limit."""

    soft: int | None = None
    hard: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a box 限额, in minor units and by face. Zero: no limit."""

    soft: int = 0
    hard: int = 0
    faces: Mapping[str, FaceLimitView] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Excess:
    """One limit that is passed: the whole box (``face`` empty, minor units), or pieces of a face."""

    face: str
    have: int
    limit: int
    hard: bool


@dataclass(frozen=True, slots=True)
class BreachView:
    """A box over its limit 超限: since when, and by when it must be mended."""

    id: int
    box: int
    box_number: str
    branch: int
    currency: str
    face: str
    amount: int
    limit: int
    since: datetime
    due: datetime

    def late(self, now: datetime) -> bool:
        return now > self.due


@dataclass(frozen=True, slots=True)
class StopView:
    """Why nothing moves in a box, since when, by whom."""

    kind: Stop
    reason: str
    person: int
    since: datetime


@dataclass(frozen=True, slots=True)
class CustodyView:
    """Who held a box, from when until when."""

    person: int
    since: datetime
    until: datetime | None
