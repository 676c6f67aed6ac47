"""Interest as pure functions: the sum of daily balances 积数, the amount from it, and terms 逐笔.

Sources: 储蓄管理条例 Art. 24–27; 人民币利率管理规定; what is unverified of the values (base from 元,
daily rate = yearly/360, settlement on the 20th) stands in the dated rules, never here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from counterpoint.ledger.terms import InterestRule, TermMalformed

MILLION = 1_000_000


def counted(balance: int, rule: InterestRule) -> int:
    """The part of a balance that bears interest: whole steps of the base, toward zero."""
    whole = abs(balance) // rule.base * rule.base
    return whole if balance >= 0 else -whole


def product(balance: int, days: int, rule: InterestRule) -> int:
    """积数: the counted balance times actual days."""
    if days < 0:
        raise TermMalformed("a period cannot be shorter than nothing")
    return counted(balance, rule) * days


def product_of(
    opening: int, changes: Iterable[tuple[date, int]], first: date, last: date, rule: InterestRule
) -> int:
    """积数 of ``first`` to ``last``, both counted, from the closing balances of the days that changed."""
    total, since, balance = 0, first, opening
    for day, closing in sorted(changes):
        if day > last:
            break
        if day > since:
            total += product(balance, (day - since).days, rule)
            since = day
        balance = closing
    return total + product(balance, (last - since).days + 1, rule)


def rounded(numerator: int, denominator: int, how: str) -> int:
    """An exact fraction as whole minor units; ``half_up`` is 四舍五入, away from zero at the half."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    whole, rest = divmod(abs(numerator), abs(denominator))
    if how == "half_up":
        whole += 2 * rest >= abs(denominator)
    elif how == "half_even":
        twice = 2 * rest
        whole += twice > abs(denominator) or (twice == abs(denominator) and whole % 2 == 1)
    elif how != "down":
        raise TermMalformed(f"unknown rounding {how!r}")
    return sign * whole


def interest(total: int, rate: int, rule: InterestRule) -> int:
    """Interest on a 积数 at the yearly ``rate`` (ppm), rounded once."""
    return rounded(total * rate, rule.day_basis * MILLION, rule.rounding)


def correction(amount: int, wrong: date, corrected: date) -> int:
    """What a later reversal adds to the 积数: the amount times the days for which it stood wrongly.

    ``amount`` is what the reversal does to the balance, on the account's normal side.
    """
    if corrected < wrong:
        raise TermMalformed("a correction cannot precede its mistake")
    return amount * (corrected - wrong).days


def is_settlement_day(day: date, rule: InterestRule) -> bool:
    return day.month in rule.settle_months and day.day == rule.settle_day


def booking_day(settlement: date) -> date:
    """Interest is booked the day after the settlement day."""
    return settlement + timedelta(days=1)


def add_months(start: date, months: int) -> date:
    """The same day of a later month; where there is none (31 January + 1 month), the month's last."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last))


def maturity(opened: date, months: int) -> date:
    if months < 1 or months > 1200:
        raise TermMalformed("a term is at least one month and at most a hundred years")
    return add_months(opened, months)


def term_interest(
    *,
    principal: int,
    rate: int,
    opened: date,
    months: int,
    demand_rate: int,
    closed: date,
    rule: InterestRule,
) -> int:
    """Interest of a term deposit when it is closed 定期计息.

    On the day of maturity: the contract's rate over its months. Earlier: the demand rate of that day
    over actual days. Later: the contract's interest, and the demand rate over the days after it.
    """
    matures = maturity(opened, months)
    base = counted(principal, rule)
    if closed < opened:
        raise TermMalformed("closed before it was opened")
    if closed < matures:
        return interest(base * (closed - opened).days, demand_rate, rule)
    contract = rounded(base * rate * months, 12 * MILLION, rule.rounding)
    return contract + interest(base * (closed - matures).days, demand_rate, rule)


def early_part(
    *, principal: int, part: int, opened: date, demand_rate: int, closed: date, rule: InterestRule
) -> tuple[int, int]:
    """Partial early withdrawal: interest on the part at the demand rate, and the principal that stays."""
    if not 0 < part <= principal:
        raise TermMalformed("the part must be more than nothing and at most the principal")
    return interest(counted(part, rule) * (closed - opened).days, demand_rate, rule), principal - part
