"""The door of the ledger: postings, accounts, and what can be wrong with them. No Django.

The values of the slow part (numbers, holds, statements, reversals) live in ``terms``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from counterpoint.kit.data import Actor, Malformed, NotFound, Refusal
from counterpoint.kit.data import OutcomeUnknown as OutcomeUnknown
from counterpoint.ledger.terms import *  # noqa: F403  (one door for both parts)

#: More legs than this are a batch job, not a posting; it is cut into several.
LEGS_MAX = 200


class AccountStatus(StrEnum):
    """状态: 正常, 只收不付, 不收不付, 不动户, 已销户."""

    ACTIVE = "active"
    DEBIT_FROZEN = "debit_frozen"
    FROZEN = "frozen"
    DORMANT = "dormant"
    CLOSED = "closed"


class AccountKind(StrEnum):
    """种类: 活期, 定期, 贷款, 内部户."""

    DEMAND = "demand"
    TERM = "term"
    LOAN = "loan"
    INTERNAL = "internal"


class PostingMalformed(Malformed):
    """The posting itself is wrong; no state of the books could make it right."""

    code = "posting_malformed"


class Unbalanced(PostingMalformed):
    """The legs do not sum to zero in every currency 借贷不平."""

    code = "unbalanced"


class WrongCurrency(Refusal):
    """The account is kept in another currency 币种不符."""

    code = "wrong_currency"


class UnknownAccount(NotFound):
    code = "unknown_account"


class AccountClosed(Refusal):
    """已销户."""

    code = "account_closed"


class AccountFrozen(Refusal):
    """The status does not let this leg through: 冻结, 止付 or 不动户."""

    code = "account_frozen"


class InsufficientFunds(Refusal):
    """The free balance would fall under the floor 余额不足."""

    code = "insufficient_funds"


class AmountTooLarge(PostingMalformed):
    """The balance would leave the range of a whole 64-bit figure."""

    code = "amount_too_large"


class DateClosed(Refusal):
    """The branch is not open for that business date 营业日期未开或已关."""

    code = "date_closed"


class KeyReused(Refusal):
    """The idempotency key stands for another payload."""

    code = "key_reused"


class NotPosted(Refusal):
    """The server would not take it; nothing was written."""

    code = "not_posted"


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of an entry: debit 借 positive, credit 贷 negative, in minor units.

    ``currency`` may be given to be sure: an account in another currency is then refused.
    """

    account: int
    amount: int
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What moves with the money, decided and written by the room that registered ``kind``."""

    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Posting:
    """What is to be posted 记账请求. ``key`` is made by the client: the same key posts once.

    ``verb`` is a declared name such as ``teller.cash.deposited``. ``data`` goes into the event and
    holds references, never personal data. ``summary`` is the 摘要 of the statement line.
    """

    key: UUID
    verb: str
    branch: int
    business_date: date
    legs: tuple[Leg, ...]
    by: Actor
    subject: str
    summary: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    correlation: UUID | None = None
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer 记账结果. ``entry`` is the event's id; ``balances`` are those after this entry.

    ``repeated``: the key had been used before, and this is the first result again. ``data`` is the
    event's: the posting's own data, the answers of its effects, the legs.
    """

    entry: int
    repeated: bool
    balances: Mapping[int, int]
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as others see it. ``sign`` is +1 where debit makes it grow, −1 where credit does."""

    id: int
    number: str
    name: str
    kind: AccountKind
    gl: str
    currency: str
    sign: int
    status: AccountStatus
    balance: int
    held: int
    floor: int | None
    branch: int
    version: int
    opened: date | None = None

    @property
    def available(self) -> int:
        """可用余额: what may leave the account now, never below zero."""
        return max(0, self.balance - self.held - (self.floor or 0))

    @property
    def normal_side(self) -> str:
        return "debit" if self.sign > 0 else "credit"
