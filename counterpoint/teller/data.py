"""The door of the counter: quotes, receipts, and what can go wrong. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from counterpoint.approvals.data import Mode, Requirement
from counterpoint.kit.data import AlreadyDone, Malformed, NotFound, Refusal


class Cash(StrEnum):
    """Which way notes move 现金方向, seen from the box."""

    NONE = ""
    IN = "in"
    OUT = "out"
    NET = "net"


@dataclass(frozen=True, slots=True)
class Operation:
    """A transaction code 交易码: what a teller can do, and who may."""

    code: str
    zh: str
    en: str
    pinyin: str
    duty: str
    verb: str
    cash: Cash = Cash.NONE
    posts: bool = True
    procedure_zh: tuple[str, ...] = ()
    procedure_en: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    def procedure(self, language: str) -> tuple[str, ...]:
        return self.procedure_zh if language.startswith("zh") else self.procedure_en

    def matches(self, words: str) -> bool:
        """Whether what was typed (digits, words or pinyin initials) means this operation."""
        typed = words.strip().casefold()
        return bool(typed) and (
            self.code.startswith(typed)
            or typed in self.zh
            or typed in self.en.casefold()
            or self.pinyin.startswith(typed)
        )


class QuoteState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class LossKind(StrEnum):
    """Oral and temporary 口头挂失, or written and formal 正式挂失."""

    TEMPORARY = "temporary"
    FORMAL = "formal"


class LineKind(StrEnum):
    """What one line of a multi-leg service 综合业务 does."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRANSFER = "transfer"
    FEE = "fee"


class Payout(StrEnum):
    """How the rest of a closed account leaves."""

    CASH = "cash"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Line:
    """One leg with what a reader needs: ``amount`` in minor units, debit positive 借, credit negative 贷."""

    account: int
    amount: int
    branch: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge 手续费 and who pays it from where: the account's id, or ``None`` for cash."""

    key: str
    amount: int
    account: int | None = None


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that has something to say about this operation, with its reason and its source."""

    rule: str
    version: int
    reason_zh: str
    reason_en: str
    source: str = ""
    since: str = ""
    unverified: bool = False

    def reason(self, language: str) -> str:
        return self.reason_zh if language.startswith("zh") else self.reason_en


@dataclass(frozen=True, slots=True)
class Need:
    """Which other people must approve 授权, and why."""

    requirement: Requirement
    rule: str
    version: int
    hits: tuple[RuleHit, ...] = ()

    @property
    def people(self) -> int:
        return self.requirement.people

    @property
    def duty(self) -> str:
        """The duty of those who approve at the desk; where nobody does, of those who approve elsewhere."""
        return self.requirement.duty_in(Mode.SITE)


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account would hold: shown before anything is posted."""

    account: int
    number: str
    name: str
    before: int
    after: int
    available: int
    currency: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What would happen 试算, bound by ``payload_hash``; good until ``expires``."""

    id: int
    operation: str
    key: UUID
    state: QuoteState
    at: datetime
    expires: datetime
    business_date: date
    branch: int
    desk: int | None
    maker: int
    currency: str
    amount: int
    lines: tuple[Line, ...]
    faces: dict[str, int]
    charges: tuple[Charge, ...]
    balances: tuple[Balance, ...]
    hits: tuple[RuleHit, ...]
    approval: Need | None
    payload: dict[str, Any]
    payload_hash: str
    notes: tuple[str, ...] = ()
    visit: UUID | None = None

    @property
    def debit(self) -> int:
        return sum(line.amount for line in self.lines if line.amount > 0)

    @property
    def credit(self) -> int:
        return -sum(line.amount for line in self.lines if line.amount < 0)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The paper of one served operation 回单: its number belongs to branch and business date."""

    id: int
    number: str
    verification: str
    operation: str
    branch: int
    desk: int | None
    business_date: date
    at: datetime
    maker: int
    approver: int | None
    key: UUID
    quote: int
    subject: str
    currency: str
    amount: int
    cash: int
    lines: tuple[Line, ...]
    faces: dict[str, int]
    charges: tuple[Charge, ...]
    balances: tuple[Balance, ...]
    reports: tuple[dict[str, str], ...]
    answer: dict[str, Any]
    prints: int
    paid: bool
    corrects: int | None
    corrected_by: int | None
    repeated: bool = False

    @property
    def code(self) -> str:
        """The operation's four digits."""
        return self.operation

    @property
    def to_pay(self) -> bool:
        """Whether notes are still to be handed over: cash out is posted first, then paid."""
        return self.cash < 0 and not self.paid and self.corrected_by is None


@dataclass(frozen=True, slots=True)
class MyDay:
    """A teller's day 当日业务: what was done, sums by kind, and what the box should hold."""

    business_date: date
    receipts: tuple[Receipt, ...]
    kinds: tuple[tuple[str, int, int], ...]
    cash_in: int
    cash_out: int
    drawer_expected: int | None
    drawer_counted: int | None
    to_pay: tuple[Receipt, ...]


class UnknownOperation(NotFound):
    code = "operation_unknown"


class UnknownQuote(NotFound):
    code = "quote_unknown"


class UnknownReceipt(NotFound):
    code = "receipt_unknown"


class QuoteExpired(Refusal):
    code = "quote_expired"


class QuoteEnded(Refusal):
    """The quote was confirmed or cancelled before."""

    code = "quote_ended"


class QuoteChanged(Refusal):
    """What would be posted now is not what was quoted: a rule, a price or a day has changed."""

    code = "quote_changed"


class KeyReused(Refusal):
    """The idempotency key was used for something else."""

    code = "key_reused"


class NotTheMaker(Refusal):
    code = "quote_of_another"
    status = 403


class ApprovalNeeded(Refusal):
    code = "approval_needed"


class AmountRefused(Malformed):
    code = "amount_refused"


class AgentIsOwner(Malformed):
    code = "agent_is_owner"


class SameAccount(Malformed):
    code = "same_account"


class WrongAccountCurrency(Malformed):
    code = "wrong_currency"


class IdentityNeeded(Refusal):
    code = "identity_needed"


class LimitReached(Refusal):
    code = "limit_reached"


class BookingNeeded(Refusal):
    """A large withdrawal that nobody booked, where the branch may not waive it 未预约."""

    code = "booking_needed"


class LossReported(Refusal):
    code = "loss_reported"


class NotReported(Refusal):
    code = "loss_not_reported"


class NoMandate(Refusal):
    code = "no_mandate"


class NotCorrectable(Refusal):
    """A receipt that cannot be cancelled or reversed this way."""

    code = "not_correctable"


class AlreadyCorrected(AlreadyDone):
    code = "already_corrected"


class AlreadyPaid(AlreadyDone):
    code = "already_paid"


class NothingToPay(Refusal):
    code = "nothing_to_pay"


class WeakPassword(Malformed):
    code = "weak_password"


class CashNotBack(Refusal):
    """The customer's cash is not back, so the entry cannot be taken back with it."""

    code = "cash_not_back"


class WrongPassword(Refusal):
    code = "wrong_password"
    status = 403


class PasswordLocked(Refusal):
    code = "password_locked"
    status = 403


class NoDesk(Refusal):
    code = "no_desk"
