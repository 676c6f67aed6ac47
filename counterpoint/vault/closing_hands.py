"""What stands in the way of the day's end: hand-overs nobody took, forms not counted, numbers passed over."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault.services.hand_overs import open_hand_overs
from counterpoint.vault.services.voucher_counts import uncounted_vouchers
from counterpoint.vault.services.vouchers import skipped_vouchers


def hand_overs_gate(branch: int, day: date) -> list[Finding]:
    """Every hand-over was taken, refused or taken back."""
    words = _("Hand-over %(number)s of %(giver)s waits for %(receiver)s.")
    return [
        Finding(
            words % {
                "number": one.number, "giver": people.person(one.giver).name,
                "receiver": people.person(one.receiver).name,
            },
            reverse("vault:hand_over", args=[one.id]),
        )
        for one in open_hand_overs(branch=branch)
    ]  # fmt: skip


def counted_gate(branch: int, day: date) -> list[Finding]:
    """The forms of every box were counted at the day's end after their last move, and agree 凭证核对."""
    words = _("The forms of box %(box)s are not counted, or the count differs.")
    return [
        Finding(words % {"box": box.number}, reverse("vault:voucher_count", args=[box.id]) + "?moment=end")
        for box in uncounted_vouchers(branch=branch, day=day)
    ]


def skipped_gate(branch: int, day: date) -> list[Finding]:
    """Numbers that were passed over are put back in their place, or void 跳号处理."""
    words = _("%(kind)s %(first)s to %(last)s in box %(box)s were passed over and are not void yet.")
    zh = (get_language() or "").startswith("zh")
    return [
        Finding(
            words % {
                "kind": one.kind.name_zh if zh else one.kind.name_en,
                "first": one.numbers[0], "last": one.numbers[1], "box": one.box_number,
            },
            reverse("vault:vouchers"),
        )
        for one in skipped_vouchers(branch=branch)
    ]  # fmt: skip


def appear() -> None:
    """Enter the gates."""
    for key, title, owner, check, order in (
        ("vault.hand_overs", gettext_lazy("Hand-overs finished"), Duty.CASH, hand_overs_gate, 28),
        ("vault.vouchers_counted", gettext_lazy("Vouchers counted"), Duty.CASH, counted_gate, 29),
        ("vault.skipped", gettext_lazy("Skipped numbers settled"), Duty.AUTHORIZE, skipped_gate, 30),
    ):
        org.register_gate(Gate(key, title, owner, check, order=order))
