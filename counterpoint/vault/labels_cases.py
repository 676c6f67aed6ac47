"""Names of states and kinds of bookings, damaged notes and counterfeit money, in the reader's language."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.vault.data_cases import CaseStep, CounterfeitKind, Making
from counterpoint.vault.data_cash import BookingState, CounterfeitState, DamageOutcome

BOOKING_STATES: dict[StrEnum, tuple[StrOrPromise, str]] = {
    BookingState.BOOKED: (_("To be ordered"), "attention"),
    BookingState.PROMISED: (_("Promised"), "information"),
    BookingState.PAID: (_("Cash withdrawn"), "success"),
    BookingState.MISSED: (_("Not collected"), "neutral"),
    BookingState.CANCELLED: (_("Cancelled"), "neutral"),
}
CASE_STATES: dict[StrEnum, tuple[StrOrPromise, str]] = {
    CounterfeitState.SEIZED: (_("Seized"), "attention"),
    CounterfeitState.APPRAISING: (_("Under appraisal"), "information"),
    CounterfeitState.FOUND_FALSE: (_("Found false"), "danger"),
    CounterfeitState.FOUND_TRUE: (_("Found true"), "success"),
    CounterfeitState.SURRENDERED: (_("Handed in"), "neutral"),
}
OUTCOMES: dict[StrEnum, tuple[StrOrPromise, str]] = {
    DamageOutcome.FULL: (_("In full"), "success"),
    DamageOutcome.HALF: (_("Half"), "attention"),
    DamageOutcome.NONE: (_("Nothing"), "danger"),
}
KINDS: dict[StrEnum, StrOrPromise] = {
    CounterfeitKind.CNY_NOTE: _("RMB note"),
    CounterfeitKind.CNY_COIN: _("RMB coin"),
    CounterfeitKind.FOREIGN_NOTE: _("Foreign note"),
    CounterfeitKind.FOREIGN_COIN: _("Foreign coin"),
}
MAKINGS: dict[StrEnum, StrOrPromise] = {
    Making.MACHINE: _("Machine-made"),
    Making.COPIED: _("Copied"),
    Making.DRAWN: _("Drawn by hand"),
    Making.PIECED: _("Pieced together"),
    Making.OTHER: _("Other"),
}
STEPS: dict[StrEnum, StrOrPromise] = {
    CaseStep.PRINTED: _("Certificate printed"),
    CaseStep.REPORTED: _("Reported"),
    CaseStep.NOTIFIED: _("Notice of the appraisal given"),
    CaseStep.GENUINE: _("Pieces found true"),
    CaseStep.PAID: _("Holder paid"),
    CaseStep.BATCH: _("Handed in to the central bank"),
}
CLOCKS: dict[str, StrOrPromise] = {
    "appraisal": _("Apply for appraisal"),
    "notify": _("Notice of the appraisal"),
    "conclude": _("Conclusion of the appraisal"),
    "hand_in": _("Hand-in to the central bank"),
    "video": _("Video kept until"),
}

#: For papers, which are Chinese.
MAKINGS_ZH = {
    "machine": "机制", "copied": "复印", "drawn": "手绘", "pieced": "拼凑变造", "other": "其他",
}  # fmt: skip
OUTCOMES_ZH = {"full": "全额", "half": "半额", "none": "不予兑换"}


def currency_zh(currency: str) -> str:
    return {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港币", "JPY": "日元", "GBP": "英镑"}.get(
        currency, currency
    )
