"""Money 金额: an integer of minor units with a currency. Never a float, never a bare Decimal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from counterpoint.kit.data import Malformed

#: Digits after the point, ISO 4217. A currency that is not listed is refused.
EXPONENTS = {
    "CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "GBP": 2, "JPY": 0, "KRW": 0, "AUD": 2,
    "CAD": 2, "CHF": 2, "SGD": 2, "NZD": 2, "MOP": 2, "THB": 2, "CZK": 2,
}  # fmt: skip
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}

#: PostgreSQL's bigint; what does not fit there is not money here.
MINOR_MAX = 2**63 - 1

_FIGURE = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\Z")


class MoneyError(Malformed):
    code = "money_malformed"


@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` units (fen 分 for CNY) of ``currency`` (ISO 4217)."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyError(f"minor units are whole: {self.minor!r}")
        if self.currency not in EXPONENTS:
            raise MoneyError(f"unknown currency {self.currency!r}")
        if abs(self.minor) > MINOR_MAX:
            raise MoneyError("the amount is too large")

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> Money:
        """Read ``1,409.50`` exactly. Raises ``MoneyError`` on anything that is not such a figure."""
        cleaned = text.strip().replace("，", ",").removeprefix("¥").removeprefix("￥").strip()
        if currency not in EXPONENTS:
            raise MoneyError(f"unknown currency {currency!r}")
        if len(cleaned) > 32 or not cleaned.isascii() or not _FIGURE.match(cleaned):
            raise MoneyError(f"not an amount: {text[:40]!r}")
        try:
            scaled = Decimal(cleaned.replace(",", "")).scaleb(EXPONENTS[currency])
        except InvalidOperation as error:
            raise MoneyError(f"not an amount: {text[:40]!r}") from error
        if scaled != scaled.to_integral_value():
            raise MoneyError(f"{currency} has {EXPONENTS[currency]} digits after the point")
        return cls(int(scaled), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    @property
    def figure(self) -> str:
        """``1,409.50``: thousands separators, fixed digits, no symbol."""
        return f"{self.major:,.{EXPONENTS[self.currency]}f}"

    def __str__(self) -> str:
        symbol = SYMBOLS.get(self.currency, self.currency + " ")
        return f"{'-' if self.minor < 0 else ''}{symbol}{self.figure.removeprefix('-')}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be added")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor
