"""The door of the vault, counts of boxes, their differences, surprise checks. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal
from counterpoint.vault.data_cash import CheckState, DifferenceState
from counterpoint.vault.data_vouchers import CountMoment


class PieceUnit(StrEnum):
    """How pieces are bound: 捆 of ten 把, 把 of a hundred notes, 卷 of coins, 散 loose."""

    BUNDLES = "bundles"
    STRAPS = "straps"
    ROLLS = "rolls"
    LOOSE = "loose"


class Cause(StrEnum):
    """What a difference may come from: what the workbench proposes, and what a person found."""

    TRANSPOSED = "transposed"
    MIRROR = "mirror"
    DOUBLED = "doubled"
    MISSING = "missing"
    WRONG_SIDE = "wrong_side"
    UNIT = "unit"
    FACE = "face"
    EXCHANGED = "exchanged"
    ZEROS = "zeros"
    CUSTOMER = "customer"
    OTHER = "other"


class Resolution(StrEnum):
    """How a difference ends 处理: found 找回, returned to the customer 退还客户, made good by who answers
    for it 责任人赔付, income 转营业外收入, expense 转营业外支出."""

    FOUND = "found"
    RETURNED = "returned"
    MADE_GOOD = "made_good"
    INCOME = "income"
    EXPENSE = "expense"


class CountMalformed(Malformed):
    code = "count_malformed"


class FaceWithdrawn(Malformed):
    """The face is no longer in use 已停止流通."""

    code = "face_withdrawn"


class UnknownCount(NotFound):
    code = "count_unknown"


class CountPeople(Refusal):
    """Whoever counts, or counts along, may not, or is missing 双人清点."""

    code = "count_people"


class CountOutdated(Refusal):
    """Something moved in the box after this count: it says nothing about now any more."""

    code = "count_outdated"


class CountAgrees(Refusal):
    code = "count_agrees"


class DifferenceBooked(AlreadyDone):
    code = "difference_booked"


class UnknownDifference(NotFound):
    code = "difference_unknown"


class DifferenceResolved(Refusal):
    code = "difference_resolved"


class ResolutionMalformed(Malformed):
    code = "resolution_malformed"


class ApproverMissing(NotAllowed):
    """This needs somebody who may approve it, and who is not the maker 缺少有权审批人."""

    code = "approver_missing"


class UnknownCheck(NotFound):
    code = "check_unknown"


class CheckPeople(Refusal):
    """Two named people, neither of them the custodian 查库须双人."""

    code = "check_people"


class CheckEnded(Refusal):
    """The result of a surprise check never changes."""

    code = "check_ended"


class CheckOpen(Refusal):
    """The box has a check that is not finished."""

    code = "check_open"


@dataclass(frozen=True, slots=True)
class CashCountView:
    """A blind count 碰库 of the moment that ``version`` of the box's account names; unchangeable."""

    id: int
    box: int
    box_number: str
    branch: int
    account: int
    date: date
    moment: CountMoment
    at: datetime
    person: int
    second: int | None
    version: int
    currency: str
    typed: dict[str, dict[str, int]]
    faces: dict[str, int]
    expected_faces: dict[str, int]
    counted: int
    expected: int

    @property
    def difference(self) -> int:
        """Over zero long 长款, under it short 短款."""
        return self.counted - self.expected

    @property
    def off(self) -> dict[str, int]:
        """By face, what was counted less what should be there; faces that agree are missing."""
        return {
            face: self.faces.get(face, 0) - self.expected_faces.get(face, 0)
            for face in {**self.expected_faces, **self.faces}
            if self.faces.get(face, 0) != self.expected_faces.get(face, 0)
        }

    @property
    def agrees(self) -> bool:
        return not self.off


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A cash difference 长短款, a case of its own."""

    id: int
    number: str
    box: int
    box_number: str
    branch: int
    date: date
    at: datetime
    count: int
    person: int
    currency: str
    amount: int
    faces: dict[str, int]
    state: DifferenceState
    entry: int
    remaining: int

    @property
    def long(self) -> bool:
        return self.amount > 0


@dataclass(frozen=True, slots=True)
class DifferenceStepView:
    """What was found, said or booked about a difference."""

    at: datetime
    person: int
    second: int | None
    state: DifferenceState
    cause: str
    amount: int
    entry: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement of the box as the workbench sees it. ``undone``: it was taken back, or takes one back."""

    entry: int
    at: datetime
    amount: int
    summary: str
    verb: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class OtherBox:
    """A count of the same day that differed in another box of the branch; ``number`` once it is a case."""

    count: int
    box_number: str
    amount: int
    difference: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cause that would explain a difference, how likely it is (of 100), and what speaks for it."""

    cause: Cause
    likelihood: int
    entry: int | None = None
    other: OtherBox | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckView:
    """A surprise check 查库."""

    id: int
    number: str
    box: int
    box_number: str
    branch: int
    planned_for: date
    random: bool
    reason: str
    planner: int
    inspector: int
    witness: int
    state: CheckState
    started: datetime | None
    ended: datetime | None
    count: int | None
    remarks: str
