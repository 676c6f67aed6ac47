"""The workbench in words: each proposed cause with what speaks for it, and the entry or box it points to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from counterpoint.kit.money import Money
from counterpoint.vault import services
from counterpoint.vault.data_counts import CashCountView, Cause, PieceUnit, Proposal
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_counts import CAUSES, UNITS


def in_words(count: CashCountView) -> list[dict[str, Any]]:
    """What the workbench proposes for a count, likeliest first."""
    return [
        {
            "proposal": one, "cause": CAUSES[one.cause], "words": evidence(one, count.currency),
            "meaning": _meaning(one.likelihood),
        }
        for one in services.proposals(count=count)
    ]  # fmt: skip


def _meaning(likelihood: int) -> str:
    if likelihood >= 75:
        return "success"
    return "information" if likelihood >= 50 else "neutral"


def evidence(one: Proposal, currency: str) -> str:
    """What speaks for it, in a sentence."""
    e = one.evidence

    def money(key: str) -> Money:
        return Money(int(e[key]), currency)

    if one.cause in (Cause.TRANSPOSED, Cause.ZEROS):
        words = _("Booked %(booked)s; %(real)s would explain the difference.")
        return words % {"booked": money("booked"), "real": money("real")}
    if one.cause is Cause.MIRROR and one.other is not None:
        return _("Box %(box)s differs by the same amount on the other side.") % {"box": one.other.box_number}
    if one.cause is Cause.DOUBLED:
        return _doubled(int(e["times"]), bool(e["near"]), money("amount"))
    if one.cause is Cause.MISSING:
        if e["undone"]:
            return _("%(amount)s was taken back in the books; did the cash stay?") % {
                "amount": money("amount")
            }
        return _("Another one like this of %(amount)s may not be booked.") % {"amount": money("amount")}
    if one.cause is Cause.WRONG_SIDE:
        return _("%(amount)s is half of the difference: in taken for out, or out for in.") % {
            "amount": money("amount")
        }
    return _pieces(one, currency)


def _doubled(times: int, near: bool, amount: Money) -> str:
    if near:
        return _("Booked %(times)s times within minutes: %(amount)s.") % {"times": times, "amount": amount}
    if times > 1:
        return _("Booked %(times)s times today: %(amount)s.") % {"times": times, "amount": amount}
    return _("Exactly %(amount)s; was it done?") % {"amount": amount}


def _pieces(one: Proposal, currency: str) -> str:
    e = one.evidence
    if one.cause is Cause.UNIT:
        large = UNITS[PieceUnit(e["large"])]
        words: dict[str, Any] = {"times": e["times"], "face": face_name(e["face"], currency), "large": large}
        if not e["small"]:
            kept = _("%(face)s: %(large)s counted too often: %(times)s.")
            lost = _("%(face)s: %(large)s forgotten: %(times)s.")
            return (kept if e["long"] else lost) % words
        words["small"] = UNITS[PieceUnit(e["small"])]
        if e["long"]:
            return _("%(face)s: %(times)s typed under %(large)s that belong under %(small)s.") % words
        return _("%(face)s: %(times)s typed under %(small)s that belong under %(large)s.") % words
    if one.cause is Cause.FACE:
        words = {
            "n": e["count"],
            "less": face_name(e["less"], currency),
            "more": face_name(e["more"], currency),
        }
        return _("%(n)s × %(less)s taken for %(more)s.") % words
    faces = "、".join(f"{face_name(f, currency)} {n:+d}" for f, n in e.get("faces", {}).items())
    return _("The sum agrees, the faces differ: %(faces)s.") % {"faces": faces}
