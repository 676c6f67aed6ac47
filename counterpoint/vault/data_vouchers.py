"""The part of the door for important blank vouchers 重要空白凭证 and for seals and keys 印押证. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from counterpoint.kit.data import Malformed, NotAllowed, NotFound, Refusal

#: What the books call them: 重要空白凭证, 有价单证, and the other side of both.
GL_VOUCHERS = "9001"
GL_VALUABLES = "9002"
GL_CONTRA = "9999"

#: A register number has at most so many digits, so that serials stay inside a bigint with room.
DIGITS_MAX = 16
#: Most forms in one act; a delivery is a few thousand.
PIECES_MAX_VOUCHERS = 1_000_000


class VoucherState(StrEnum):
    """State of a form. The first two lie in a box as blank forms and stand in the books."""

    HELD = "held"
    SKIPPED = "skipped"
    USED = "used"
    VOID = "void"
    LOST = "lost"
    RETURNED = "returned"
    DESTROYED = "destroyed"


#: Forms that stand outside the balance sheet at their unit value.
BOOKED = frozenset({VoucherState.HELD, VoucherState.SKIPPED})


class VoucherAct(StrEnum):
    """What can happen to forms 凭证动作."""

    RECEIVE = "receive"
    MOVE = "move"
    USE = "use"
    SKIP = "skip"
    RESTORE = "restore"
    VOID = "void"
    LOSE = "lose"
    FIND = "find"
    RETURN = "return"
    DESTROY = "destroy"


class CountMoment(StrEnum):
    """When one counts 碰库时点: 日始, 日间, 日终; cash on a surprise check 查库 as well."""

    START = "start"
    MID = "mid"
    END = "end"
    SURPRISE = "surprise"


class SealKind(StrEnum):
    """印章, 钥匙, 押码机, 密码."""

    SEAL = "seal"
    KEY = "key"
    CODE_MACHINE = "code_machine"
    COMBINATION = "combination"


class Part(StrEnum):
    """Which of the three a thing is 印、押、证; keys and combinations are a pair of their own."""

    NONE = ""
    SEAL = "seal"
    CODE = "code"
    VOUCHER = "voucher"
    KEY = "key"
    COMBINATION = "combination"


class HandOverState(StrEnum):
    """待接, 已交接, 已拒绝, 已撤销."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class UnknownVoucherKind(NotFound):
    code = "voucher_kind_unknown"


class VoucherKindKnown(Refusal):
    code = "voucher_kind_known"


class VoucherMalformed(Malformed):
    """A register number or a range that cannot be one."""

    code = "voucher_malformed"


class VoucherKnown(Refusal):
    """A number that was received before 重号."""

    code = "voucher_known"


class VoucherNotThere(Refusal):
    """The numbers do not lie in that box in that state."""

    code = "voucher_not_there"


class VoucherSkipped(Refusal):
    """There are lower numbers: lowest first 顺号使用."""

    code = "voucher_not_lowest"


class VoucherAccount(Refusal):
    """The amount of the entry is not what the forms are worth outside the balance sheet."""

    code = "voucher_amount"


class NoVouchers(Refusal):
    code = "no_vouchers"


class SecondPersonMissing(Refusal):
    """Two people are needed 双人."""

    code = "second_person_missing"


class ReasonMissing(Malformed):
    code = "reason_missing"


class NotCustodian(NotAllowed):
    """Somebody else answers for it."""

    code = "not_custodian"


class NotSeparated(Refusal):
    """印、押、证 would come together in one hand."""

    code = "not_separated"


class UnknownSeal(NotFound):
    code = "seal_unknown"


class SealKnown(Refusal):
    code = "seal_known"


class UnknownHandOver(NotFound):
    code = "hand_over_unknown"


class HandOverBlocked(Refusal):
    """Something is still open; ``details['blockers']`` lists it."""

    code = "hand_over_blocked"


class HandOverChanged(Refusal):
    """What the giver holds is no longer what was put into the package."""

    code = "hand_over_changed"


class HandOverDiffers(Refusal):
    """The receiver's count is not what is handed over."""

    code = "hand_over_differs"


class HandOverEnded(Refusal):
    code = "hand_over_ended"


class HandOverPeople(Refusal):
    """Giver, receiver and supervisor are three people 交、接、监交."""

    code = "hand_over_people"


@dataclass(frozen=True, slots=True)
class VoucherKind:
    """One kind of form: its register numbers, what one is booked at, what it is used for."""

    id: int
    code: str
    name_zh: str
    name_en: str
    prefix: str
    digits: int
    unit: int
    currency: str
    gl: str
    separated: bool
    product: str

    def number(self, serial: int) -> str:
        """The register number as printed on the form 凭证号码."""
        return f"{self.prefix}{serial:0{self.digits}d}"


@dataclass(frozen=True, slots=True)
class Run:
    """Serials ``first`` to ``last`` of one kind, all in one state in one box."""

    first: int
    last: int
    state: VoucherState
    box: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class VoucherRun:
    """A range as screens show it."""

    id: int
    kind: VoucherKind
    box: int
    box_number: str
    custodian: int | None
    run: Run

    @property
    def numbers(self) -> tuple[str, str]:
        return self.kind.number(self.run.first), self.kind.number(self.run.last)


@dataclass(frozen=True, slots=True)
class VoucherMoveView:
    """One line of the voucher register 登记簿."""

    id: int
    at: datetime
    kind: VoucherKind
    first: int
    last: int
    act: VoucherAct
    state: VoucherState
    source: str
    target: str
    person: int
    second: int | None
    reason: str
    subject: str


@dataclass(frozen=True, slots=True)
class CountView:
    """A voucher count, unchangeable. ``missing`` and ``extra``: (kind code, first, last)."""

    id: int
    box: int
    moment: CountMoment
    date: date
    at: datetime
    person: int
    second: int | None
    missing: tuple[tuple[str, int, int], ...]
    extra: tuple[tuple[str, int, int], ...]

    @property
    def agrees(self) -> bool:
        return not self.missing and not self.extra


@dataclass(frozen=True, slots=True)
class SealView:
    """A seal, key or code machine and who answers for it."""

    id: int
    number: str
    kind: SealKind
    part: Part
    name_zh: str
    name_en: str
    branch: int
    custodian: int | None
    since: datetime | None

    @property
    def in_use(self) -> bool:
        return self.custodian is not None


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of a hand-over package as it was proposed 交接事项.

    ``lines``: (Chinese, English, how many, value in minor units or 0). ``count`` is what the receiver
    must count to the same; empty for what is only told. ``stamp`` changes with the custody behind it.
    """

    key: str
    title_zh: str
    title_en: str
    lines: tuple[tuple[str, str, str, int], ...] = ()
    count: Mapping[str, Any] = field(default_factory=dict)
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that has to be finished before a hand-over 未了事项, and where."""

    zh: str
    en: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class HandOverView:
    """A hand-over 交接班 with its package."""

    id: int
    number: str
    branch: int
    date: date
    giver: int
    receiver: int
    supervisor: int | None
    state: HandOverState
    at: datetime
    ended: datetime | None
    reason: str
    parts: tuple[PartView, ...]
    counts: int

    @property
    def empty(self) -> bool:
        """Nothing to hand over: a normal case."""
        return not any(part.lines for part in self.parts)
