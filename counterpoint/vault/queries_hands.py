"""Reads behind the screens of seals, vouchers and hand-overs."""

from __future__ import annotations

from datetime import date

from counterpoint.vault.data_hands import HandOverTry, SealMoveView
from counterpoint.vault.data_vouchers import VoucherMoveView
from counterpoint.vault.models_vouchers import HandOverCount, SealMove, VoucherMove
from counterpoint.vault.queries_vouchers import move_view


def seal_moves(seal: int, limit: int = 100) -> list[SealMoveView]:
    """The way of a seal from hand to hand, the newest first."""
    return [
        SealMoveView(row.at, row.giver_id, row.receiver_id, row.person_id, row.second_id, row.reason)
        for row in SealMove.objects.filter(seal=seal).order_by("-pk")[:limit]
    ]


def tries(hand_over: int, limit: int = 50) -> list[HandOverTry]:
    """The receiver's counts of a package, the newest first."""
    rows = HandOverCount.objects.filter(hand_over=hand_over).order_by("-pk")[:limit]
    return [HandOverTry(row.at, row.person_id, tuple(row.differs)) for row in rows]


def moves_of_day(*, branch: int, day: date) -> list[VoucherMoveView]:
    """The lines of the voucher register of one day, in their order."""
    rows = VoucherMove.objects.filter(branch_id=branch, business_date=day)
    return [move_view(row) for row in rows.select_related("kind", "source", "target").order_by("pk")]
