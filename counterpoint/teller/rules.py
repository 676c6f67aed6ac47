"""What happens at the counter, as pure functions."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise

from counterpoint.kit.money import MINOR_MAX
from counterpoint.teller.data import Line, LineKind


def good_amount(minor: object) -> bool:
    """Whether ``minor`` can be an amount of money that moves: whole, above zero, fits the books."""
    return type(minor) is int and 0 < minor <= MINOR_MAX


def netted(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines of one account with one label become one; what comes to nothing goes."""
    sums: dict[tuple[int, int, str], int] = defaultdict(int)
    for line in lines:
        sums[line.account, line.branch, line.label] += line.amount
    return tuple(Line(a, amount, b, label) for (a, b, label), amount in sums.items() if amount)


def between_branches(lines: Iterable[Line], internal: Callable[[int], int]) -> tuple[Line, ...]:
    """``lines`` with 系统内往来 (3002) added wherever a branch would not balance by itself.

    ``internal`` gives a branch's 3002 account. Whatever balanced in sum still does.
    """
    kept = netted(lines)
    sums: dict[int, int] = defaultdict(int)
    for line in kept:
        sums[line.branch] += line.amount
    added = tuple(
        Line(internal(branch), -amount, branch, "between_branches")
        for branch, amount in sorted(sums.items())
        if amount
    )
    return kept + added


def cash_net(lines: Iterable[tuple[LineKind, int, bool]]) -> int:
    """What goes into the box (positive) or out of it: one net for all lines of a service.

    Each line is its kind, its amount, and whether a fee is paid in cash.
    """
    net = 0
    for kind, amount, in_cash in lines:
        if kind is LineKind.DEPOSIT or (kind is LineKind.FEE and in_cash):
            net += amount
        elif kind is LineKind.WITHDRAWAL:
            net -= amount
    return net


def receipt_number(branch: int, day: date, count: int) -> str:
    """``0003-20261124-00012``: gapless within branch and business date."""
    return f"{branch:04d}-{day:%Y%m%d}-{count:05d}"


def verification(secret: bytes, *parts: object) -> str:
    """Ten letters by which a paper is known to be ours: ``ABCDE-FGHIJ``."""
    mac = hmac.new(secret, "\x1f".join(map(str, parts)).encode(), hashlib.sha256).digest()
    text = base64.b32encode(mac).decode()[:10]
    return f"{text[:5]}-{text[5:]}"


def weak_password(digits: str) -> bool:
    """Six figures that anybody would guess: all alike, or a run up or down."""
    if len(digits) != 6 or not (digits.isascii() and digits.isdecimal()):
        return True
    steps = {int(b) - int(a) for a, b in pairwise(digits)}
    return steps in ({0}, {1}, {-1})


def correction_kind(entry_day: date, today: date) -> str:
    """抹账 on the day itself, 冲正 afterwards; red and blue within the year, blue only across it (R24)."""
    if entry_day == today:
        return "cancel"
    return "reverse" if entry_day.year == today.year else "reverse_earlier_year"
