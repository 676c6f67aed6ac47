"""The door of the ledger: postings, accounts, and what can be wrong with them. No Django.

The values of the slow part (numbers, holds, statements, reversals) live in ``terms``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, cast
from uuid import UUID

import orjson

from counterpoint.kit.data import Actor, Malformed, NotFound, Refusal
from counterpoint.kit.data import OutcomeUnknown as OutcomeUnknown
from counterpoint.ledger.terms import *  # noqa: F403  (one door for both parts)

#: More legs than this are a batch job, not a posting; it is cut into several.
LEGS_MAX = 200
_NOTHING: Mapping[str, Any] = MappingProxyType({})


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


class Leg(NamedTuple):
    """One line of an entry: debit 借 positive, credit 贷 negative, in minor units.

    ``currency`` may be given to be sure: an account in another currency is then refused.
    """

    account: int
    amount: int
    currency: str | None = None


class Effect(NamedTuple):
    """What moves with the money, decided and written by the room that registered ``kind``."""

    kind: str
    payload: Mapping[str, Any]


class Posting(NamedTuple):
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
    data: Mapping[str, Any] = _NOTHING
    effects: tuple[Effect, ...] = ()
    correlation: UUID | None = None
    reverses: int | None = None


class Posted:
    """The answer 记账结果. ``entry`` is the event's id.

    ``repeated``: the key had been used before, and this is the first result again.
    """

    __slots__ = ("_data", "at", "entry", "repeated")

    def __init__(self, entry: int, repeated: bool, at: datetime, data: Mapping[str, Any] | str) -> None:
        self.entry = entry
        self.repeated = repeated
        self.at = at
        # Read when somebody asks: most callers want to know no more than that it stands.
        self._data = data

    @property
    def data(self) -> Mapping[str, Any]:
        """The event's: the posting's own data, the answers of its effects, the legs."""
        data = self._data
        if isinstance(data, str):
            data = self._data = cast("dict[str, Any]", orjson.loads(data))
        return data

    @property
    def balances(self) -> dict[int, int]:
        """Of every account it touched, those after this entry, in minor units."""
        return {leg[0]: leg[3] for leg in self.data["legs"]}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Posted):
            return NotImplemented
        return (self.entry, self.repeated, self.at) == (other.entry, other.repeated, other.at)

    __hash__ = None  # type: ignore[assignment]

    def again(self) -> Posted:
        """The same answer to a second caller."""
        return Posted(self.entry, True, self.at, self._data)


def grouped(number: str) -> str:
    """An account number in groups of four, as people read it."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


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
