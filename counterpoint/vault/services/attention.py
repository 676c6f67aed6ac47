"""What waits for somebody in the vault 待办: for its front page and for the branch board."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.money import Money
from counterpoint.org import services as org
from counterpoint.vault.data_cash import CheckState
from counterpoint.vault.services.bookings import bookings_of
from counterpoint.vault.services.checks import open_checks
from counterpoint.vault.services.differences import differences_of
from counterpoint.vault.services.hand_overs import open_hand_overs
from counterpoint.vault.services.limits import open_breaches
from counterpoint.vault.services.transfers import open_transfers

#: So many of a kind are named; the pages behind have them all.
NAMED = 12


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits: what it is, which one, where it is mended; ``mine``: for this person."""

    kind: str | Promise
    icon: str
    text: str
    link: str
    meaning: str = "information"
    mine: bool = False


def attention(*, branch: int, person: int | None = None) -> list[Matter]:
    """Everything open in the vault of a branch, what concerns the person first."""
    day = org.business_day(branch).date
    found = [
        *_transfers(branch, person), *_hand_overs(branch, person), *_limits(branch),
        *_cases(branch), *_checks(branch),
    ]  # fmt: skip
    for one in bookings_of(branch=branch, day=day, open_only=True)[:NAMED]:
        text = f"{one.number} · {Money(one.amount, one.currency)}"
        link = reverse("vault:booking", args=[one.id])
        found.append(Matter(_("Large withdrawal today"), "calendar-check", text, link))
    return sorted(found, key=lambda one: not one.mine)


def _transfers(branch: int, person: int | None) -> list[Matter]:
    return [
        Matter(
            _("Cash transfer"), "transfer", f"{one.number} · {Money(one.amount, one.currency)}",
            reverse("vault:transfer", args=[one.id]), "attention" if one.on_the_way else "information",
            one.requester == person,
        )
        for one in open_transfers(branch=branch)[:NAMED]
    ]  # fmt: skip


def _hand_overs(branch: int, person: int | None) -> list[Matter]:
    return [
        Matter(
            _("Hand-over"), "arrows-exchange", one.number, reverse("vault:hand_over", args=[one.id]),
            "attention", person in (one.giver, one.receiver),
        )
        for one in open_hand_overs(branch=branch)[:NAMED]
    ]  # fmt: skip


def _limits(branch: int) -> list[Matter]:
    return [
        Matter(
            _("Limit passed"), "hourglass", one.box_number, reverse("vault:box", args=[one.box]), "danger"
        )
        for one in open_breaches(branch=branch)[:NAMED]
    ]  # fmt: skip


def _cases(branch: int) -> list[Matter]:
    return [
        Matter(
            _("Cash difference"), "scale", f"{one.number} · {Money(one.remaining, one.currency)}",
            reverse("vault:difference", args=[one.id]), "danger",
        )
        for one in differences_of(branch=branch, open_only=True)[:NAMED]
    ]  # fmt: skip


def _checks(branch: int) -> list[Matter]:
    """Only those under way: a planned one is a surprise."""
    return [
        Matter(
            _("Surprise check"), "snowflake", one.number, reverse("vault:check", args=[one.id]), "attention"
        )
        for one in open_checks(branch=branch, date=org.business_day(branch).date)
        if one.state is CheckState.STARTED
    ]
