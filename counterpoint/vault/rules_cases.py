"""Pure decisions on bookings, damaged notes and counterfeit money."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from counterpoint.kit.states import Machine, Move, State
from counterpoint.vault.data_cases import CounterfeitKind, Seized
from counterpoint.vault.data_cash import BookingState, CounterfeitState, DamageOutcome

B, C = BookingState, CounterfeitState

BOOKING = Machine(
    name="cash_booking",
    title="Booking of a large withdrawal 大额取现预约",
    states=(
        State(B.BOOKED, "booked 已登记", "its notes are ordered from the central bank"),
        State(B.PROMISED, "promised 已备付", "its notes lie in the vault and are nobody else's"),
        State(B.PAID, "paid 已支取", "nothing, for good"),
        State(B.MISSED, "missed 未取", "nothing; its notes are free again"),
        State(B.CANCELLED, "cancelled 已取消", "nothing; its notes are free again"),
    ),
    start=B.BOOKED,
    moves=(
        Move(B.BOOKED, B.PROMISED, "the vault holds its notes free 备付"),
        Move(B.BOOKED, B.PAID, "withdrawn on its day 支取"),
        Move(B.PROMISED, B.PAID, "withdrawn on its day 支取"),
        Move(B.BOOKED, B.MISSED, "its day has ended 逾期未取"),
        Move(B.PROMISED, B.MISSED, "its day has ended 逾期未取"),
        Move(B.BOOKED, B.CANCELLED, "given up, with a reason 取消"),
        Move(B.PROMISED, B.CANCELLED, "given up, with a reason 取消"),
    ),
)

COUNTERFEIT = Machine(
    name="counterfeit",
    title="Counterfeit money 假币",
    states=(
        State(C.SEIZED, "seized 已收缴", "the holder may apply for appraisal until its day"),
        State(C.APPRAISING, "under appraisal 鉴定中", "the appraiser concludes until its day"),
        State(C.FOUND_FALSE, "found false 鉴定为假", "kept until the hand-in"),
        State(C.FOUND_TRUE, "found true 鉴定为真", "nothing, for good: the holder was paid or has it back"),
        State(C.SURRENDERED, "handed in 已解缴", "nothing, for good: the central bank has it"),
    ),
    start=C.SEIZED,
    moves=(
        Move(C.SEIZED, C.APPRAISING, "the holder applies in time 申请鉴定"),
        Move(C.APPRAISING, C.FOUND_FALSE, "at least one piece is false 鉴定为假"),
        Move(C.APPRAISING, C.FOUND_TRUE, "every piece is money 鉴定为真"),
        Move(C.SEIZED, C.SURRENDERED, "nobody applied in time; handed in 解缴人民银行"),
        Move(C.FOUND_FALSE, C.SURRENDERED, "handed in 解缴人民银行"),
    ),
)

_SERIAL = re.compile(r"[A-Z0-9*]{4,20}")
_FOREIGN_FACE = re.compile(r"[1-9][0-9]{0,7}")


def lacking(wanted: Mapping[str, int], free: Mapping[str, int]) -> dict[str, int]:
    """What ``free`` does not cover of ``wanted``, by face."""
    return {face: n - max(0, free.get(face, 0)) for face, n in wanted.items() if n > free.get(face, 0)}


def minus(stock: Mapping[str, int], taken: Mapping[str, int]) -> dict[str, int]:
    """``stock`` without ``taken``; below zero where more is taken than there is."""
    return {face: n - taken.get(face, 0) for face, n in stock.items()}


def outcome_of(paid_ppm: int) -> DamageOutcome:
    """In full, half, or nothing: what the share that the rule pays is called."""
    if paid_ppm >= 1_000_000:
        return DamageOutcome.FULL
    return DamageOutcome.HALF if paid_ppm > 0 else DamageOutcome.NONE


def worth_of(face: int, pieces: int, paid_ppm: int) -> int:
    """What the pieces are paid with: each note by itself, below one minor unit nothing."""
    return face * paid_ppm // 1_000_000 * pieces


def clean_serial(text: str) -> str | None:
    """A serial number 冠字号码 as the register keeps it: capitals and figures; ``*`` for what is torn off.

    ``None`` where it cannot be one.
    """
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    return plain if _SERIAL.fullmatch(plain) and any(c.isdigit() for c in plain) else None


def kind_of(currency: str, coin: bool) -> CounterfeitKind:
    if currency == "CNY":
        return CounterfeitKind.CNY_COIN if coin else CounterfeitKind.CNY_NOTE
    return CounterfeitKind.FOREIGN_COIN if coin else CounterfeitKind.FOREIGN_NOTE


def possible_face(face: str) -> bool:
    """Whether ``face`` could be a face at all: minor units, ``c`` before those of a coin."""
    return _FOREIGN_FACE.fullmatch(face.removeprefix("c")) is not None


def twice(notes: Sequence[Seized]) -> str:
    """The first serial number that stands twice for one face, or nothing."""
    seen = set()
    for note in notes:
        mark = (note.currency, note.face, note.serial)
        if note.serial and mark in seen:
            return note.serial
        seen.add(mark)
    return ""


def quarter_end(day: date) -> date:
    """The last day of the quarter of ``day``."""
    first_of_next = (
        date(day.year + 1, 1, 1) if day.month > 9 else date(day.year, (day.month - 1) // 3 * 3 + 4, 1)
    )
    return first_of_next - timedelta(days=1)


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of that month."""
    at = day.month - 1 + months
    year, month = day.year + at // 12, at % 12 + 1
    following = date(year + (month == 12), month % 12 + 1, 1)
    return min(following - timedelta(days=1), date(year, month, 1) + timedelta(days=day.day - 1))
