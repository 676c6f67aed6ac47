"""Names of faces in the reader's language."""

from __future__ import annotations

from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from counterpoint.kit.money import EXPONENTS
from counterpoint.vault.data import face_value, is_coin

#: What holds in every vault, as a refusal says it.
RULES = {
    "vault.hand_over": _("Whoever takes over counts it blind, and both sign"),
    "vault.seals": _("A seal goes from one hand to another by two people"),
    "vault.vouchers": _("Blank vouchers: lowest number first, two people where one is not enough"),
}


def face_name(face: str, currency: str) -> StrOrPromise:
    """``100 元``, ``5 角``, ``1 元 coin``; other currencies by figure and code. Lazy."""
    worth = face_value(face)
    if currency == "CNY":
        if worth >= 100:
            name = format_lazy(_("{count} yuan"), count=worth // 100)
        elif worth >= 10:
            name = format_lazy(_("{count} jiao"), count=worth // 10)
        else:
            name = format_lazy(_("{count} fen"), count=worth)
    else:
        major = Decimal(worth).scaleb(-EXPONENTS[currency]).normalize()
        name = format_lazy("{major:f} {currency}", major=major, currency=currency)
    return format_lazy(_("{face} coin"), face=name) if is_coin(face) else name
