"""The order inside a day. The source keeps the day of a row, but not its place in the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from demo.berka.data import Transaction

#: The source counts hellers and prints tenths of a crown, so a printed step may be off by one tenth.
TOLERANCE = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A transaction in its place. ``gap`` is what its printed balance has more than was to be expected."""

    transaction: Transaction
    place: int
    gap: int

    @property
    def rounding(self) -> int:
        """The part of the gap that is only the source's rounding 尾差."""
        return self.gap if abs(self.gap) <= TOLERANCE else 0

    @property
    def breaks(self) -> bool:
        """The printed balances cannot both be right with this amount between them."""
        return abs(self.gap) > TOLERANCE


def _in_order(rows: list[Transaction], balance: int) -> Iterable[tuple[Transaction, int]]:
    """Greedy: the first row that leads from the balance to its own; when none does, the first."""
    left = list(rows)
    while left:
        fits = (i for i, row in enumerate(left) if abs(row.balance - balance - row.signed) <= TOLERANCE)
        row = left.pop(next(fits, 0))
        yield row, row.balance - balance - row.signed
        balance = row.balance


def resequence(transactions: Iterable[Transaction]) -> dict[int, list[Step]]:
    """The steps of each account, from a balance of zero, day by day."""
    days: dict[int, dict[date, list[Transaction]]] = {}
    for row in transactions:
        days.setdefault(row.account, {}).setdefault(row.day, []).append(row)
    steps: dict[int, list[Step]] = {}
    for account, by_day in days.items():
        balance, mine = 0, steps.setdefault(account, [])
        for when in sorted(by_day):
            for row, gap in _in_order(by_day[when], balance):
                mine.append(Step(row, len(mine), gap))
                balance = row.balance
    return steps
