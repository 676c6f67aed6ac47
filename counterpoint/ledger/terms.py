"""The values of the slow part of the ledger: numbers, agreements, holds, statements, reversals.

Re-exported by ``data``, which is the door. No Django but for lazy words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from counterpoint.kit.data import AlreadyDone, Malformed, NotFound, Refusal


class BadNumber(Malformed):
    """An account number that cannot be one: length, figures or check digit."""

    code = "account_number_malformed"


class BooksDoNotAgree(Refusal):
    """Totals that must be equal are not 账不平; nothing is mended silently."""

    code = "books_do_not_agree"


class NotClosable(Refusal):
    """The account still has money, holds or unsettled interest."""

    code = "account_not_closable"


class StatusRefused(Refusal):
    """The status may not go from where it is to where it is wanted."""

    code = "account_status_refused"


class UnknownHold(NotFound):
    code = "unknown_hold"


class HoldReleased(AlreadyDone):
    code = "hold_released"


class HoldMalformed(Malformed):
    code = "hold_malformed"


class UnknownEntry(NotFound):
    code = "unknown_entry"


class NotReversible(Refusal):
    """The entry cannot be taken back in this way."""

    code = "entry_not_reversible"


class AlreadyReversed(AlreadyDone):
    code = "entry_already_reversed"


class TermMalformed(Malformed):
    code = "term_malformed"


class Product(StrEnum):
    """What an account was opened as; the two figures stand in its number."""

    PERSONAL_DEMAND = "01"
    PERSONAL_TERM = "02"
    PERSONAL_LOAN = "03"
    CORPORATE_DEMAND = "11"
    CORPORATE_TERM = "12"
    CORPORATE_LOAN = "13"
    INTERNAL = "90"


class HoldKind(StrEnum):
    """What is kept: an amount 部分冻结, payments 只收不付, both ways 不收不付, or the bank's own 止付."""

    AMOUNT = "amount"
    WHOLE = "whole"
    FULL = "full"
    STOP = "stop"


class ReversalKind(StrEnum):
    """抹账 takes an entry back on its own business date; 冲正 does it on a later one."""

    CANCEL = "cancel"
    REVERSE = "reverse"


class Side(StrEnum):
    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class NumberParts:
    """What an account number says."""

    institution: str
    branch: int
    product: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """The terms of an account 账户合约. ``rate`` is yearly, in parts per million; ``None``: the rule's."""

    account: int
    party: int | None
    product: str
    opened: date
    closed: date | None
    rate: int | None
    term_months: int | None
    matures: date | None
    principal: int | None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """One line of ``open_accounts``: what a new account is to be."""

    name: str
    kind: str
    product: str
    currency: str
    party: int | None = None
    floor: int | None = 0
    opened: date | None = None
    rate: int | None = None
    term_months: int | None = None
    reference: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HoldView:
    """One hold 冻结/止付. ``covered`` is what of it the balance covers, earlier holds first 轮候."""

    id: int
    account: int
    kind: HoldKind
    amount: int | None
    authority: str
    instrument: str
    officers: tuple[str, ...]
    reason: str
    starts: date
    expires: date
    placed_by: str
    placed_at: datetime
    released_by: str | None = None
    released_at: datetime | None = None
    release_reason: str = ""
    place: int = 0
    covered: int | None = None

    @property
    def active(self) -> bool:
        return self.released_at is None

    @property
    def waiting(self) -> bool:
        """An earlier hold takes what this one wants 轮候."""
        return self.active and self.place > 1 and (self.covered is None or self.covered < (self.amount or 0))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One leg as the statement of its account shows it. ``amount`` is debit +, credit −."""

    version: int
    entry: int
    date: date
    at: datetime
    amount: int
    balance: int
    summary: str
    verb: str
    actor: str
    reverses: int | None = None
    reversed_by: int | None = None

    @property
    def debit(self) -> int | None:
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> int | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's movements, oldest first; ``next`` is the cursor of the following page."""

    account: int
    currency: str
    opening: int
    closing: int
    lines: tuple[StatementLine, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class EntryLeg:
    account: int
    number: str
    name: str
    gl: str
    currency: str
    amount: int
    balance: int
    version: int

    @property
    def side(self) -> Side:
        return Side.DEBIT if self.amount > 0 else Side.CREDIT

    @property
    def size(self) -> int:
        return abs(self.amount)


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry 分录 with its legs and what corrects it. ``legs`` is empty in lists."""

    id: int
    verb: str
    branch: int
    date: date
    at: datetime
    actor: str
    subject: str
    summary: str
    legs: tuple[EntryLeg, ...]
    data: Mapping[str, Any]
    kind: ReversalKind | None = None
    reason: str = ""
    reverses: int | None = None
    reversed_by: int | None = None
    sealed: bool | None = None


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One subject in one currency: both sides' turnover and the closing balance 科目日结."""

    gl: str
    name: str
    currency: str
    accounts: int
    opening: int
    debits: int
    credits: int
    closing: int
    off: bool = False

    @property
    def debit_balance(self) -> int | None:
        return self.closing if self.closing > 0 else None

    @property
    def credit_balance(self) -> int | None:
        return -self.closing if self.closing < 0 else None


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """试算平衡表. Balances are debit +, credit −, so that every currency sums to zero."""

    branch: int | None
    date: date
    lines: tuple[TrialLine, ...]

    @property
    def on_sheet(self) -> tuple[TrialLine, ...]:
        """表内: what the balance sheet is made of."""
        return tuple(line for line in self.lines if not line.off)

    @property
    def off_sheet(self) -> tuple[TrialLine, ...]:
        """表外: kept apart, and balanced in itself."""
        return tuple(line for line in self.lines if line.off)

    @property
    def totals(self) -> dict[str, tuple[int, int, int]]:
        """表内, for each currency: debits of the day, credits of the day, sum of all closing balances."""
        return _sums(self.on_sheet)

    @property
    def off_totals(self) -> dict[str, tuple[int, int, int]]:
        """The same of 表外."""
        return _sums(self.off_sheet)

    @property
    def balanced(self) -> bool:
        sums = [*self.totals.values(), *self.off_totals.values()]
        return all(d == c and z == 0 for d, c, z in sums)


def _sums(lines: tuple[TrialLine, ...]) -> dict[str, tuple[int, int, int]]:
    sums: dict[str, tuple[int, int, int]] = {}
    for line in lines:
        d, c, z = sums.get(line.currency, (0, 0, 0))
        sums[line.currency] = (d + line.debits, c + line.credits, z + line.closing)
    return sums


@dataclass(frozen=True, slots=True)
class InterestRule:
    """How interest is reckoned 计息规则; comes from the dated rules, with these values as fall-back.

    ``rate`` is yearly in parts per million; ``base`` the smallest counted step of the balance in
    minor units (100: from 元); ``settle_months`` and ``settle_day`` say when a period ends.
    """

    rate: int = 500
    day_basis: int = 360
    base: int = 100
    rounding: str = "half_up"
    settle_months: tuple[int, ...] = (3, 6, 9, 12)
    settle_day: int = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """One account's interest of a period."""

    account: int
    entry: int | None
    product: int
    interest: int
