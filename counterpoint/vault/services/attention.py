"""What waits for somebody in the vault 待办: for its front page and for the branch board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor, ActorKind
from counterpoint.kit.money import Money
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault.data import BoxView
from counterpoint.vault.data_cash import CheckState
from counterpoint.vault.services.bookings import bookings_of
from counterpoint.vault.services.boxes import boxes_of
from counterpoint.vault.services.checks import open_checks
from counterpoint.vault.services.counts import counted_today
from counterpoint.vault.services.differences import differences_of
from counterpoint.vault.services.hand_overs import open_hand_overs
from counterpoint.vault.services.limits import open_breaches
from counterpoint.vault.services.transfer_checks import Reader
from counterpoint.vault.services.transfers import open_transfers
from counterpoint.vault.services.vouchers import skipped_vouchers

#: So many of a kind are named; the pages behind have them all.
NAMED = 12


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits: what it is, which one, where it is mended; ``mine``: for this person."""

    kind: str | Promise
    icon: str
    text: str | Promise
    link: str
    meaning: str = "information"
    mine: bool = False


def attention(*, branch: int, person: int | None = None) -> list[Matter]:
    """Everything open in the vault of a branch, what concerns the person first."""
    held = {box.id: box for box in boxes_of(branch=branch) if person and box.custodian == person}
    found = [
        *_hand_overs(branch, person), *_transfers(branch, person), *_counts(branch, held),
        *_limits(branch, held), *_skipped(branch, held), *_cases(branch), *_checks(branch),
        *_bookings(branch),
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.mine)


def _transfers(branch: int, person: int | None) -> Iterator[Matter]:
    """Those who still have to count one are not told its sum."""
    reader = Reader(Actor(ActorKind.PERSON, person or 0, "", branch))
    for one in open_transfers(branch=branch)[:NAMED]:
        told = person is None or reader.sees_notes(one)
        yield Matter(
            _("Cash transfer"), "transfer",
            f"{one.number} · {Money(one.amount, one.currency)}" if told else one.number,
            reverse("vault:transfer", args=[one.id]), "attention" if one.on_the_way else "information",
            person is not None and (one.requester == person or reader.turn(one)),
        )  # fmt: skip


def _hand_overs(branch: int, person: int | None) -> Iterator[Matter]:
    for one in open_hand_overs(branch=branch)[:NAMED]:
        counts = one.receiver == person
        text = format_lazy(
            "{number} · {giver} → {receiver}", number=one.number, giver=people.person(one.giver).name,
            receiver=people.person(one.receiver).name,
        )  # fmt: skip
        yield Matter(
            _("Hand-over to count") if counts else _("Hand-over"), "arrows-exchange", text,
            reverse("vault:hand_over", args=[one.id]), "attention", person in (one.giver, one.receiver),
        )  # fmt: skip


def _counts(branch: int, held: dict[int, BoxView]) -> Iterator[Matter]:
    """One's own box that nobody has counted today."""
    if not held or not org.business_day(branch).open:
        return
    counted = {one.box for one in counted_today(branch=branch, date=org.business_day(branch).date)}
    for box in held.values():
        if box.id not in counted:
            link = reverse("vault:count_new", args=[box.id]) + "?moment=start"
            yield Matter(_("Not counted today"), "calculator", box.number, link, "attention", True)


def _limits(branch: int, held: dict[int, BoxView]) -> Iterator[Matter]:
    for one in open_breaches(branch=branch)[:NAMED]:
        yield Matter(
            _("Limit passed"), "hourglass", one.box_number, reverse("vault:box", args=[one.box]), "danger",
            one.box in held,
        )  # fmt: skip


def _skipped(branch: int, held: dict[int, BoxView]) -> Iterator[Matter]:
    for one in skipped_vouchers(branch=branch)[:NAMED]:
        yield Matter(
            _("Numbers passed over"), "file-barcode", f"{one.box_number} · {' – '.join(one.numbers)}",
            reverse("vault:vouchers"), "attention", one.box in held,
        )  # fmt: skip


def _cases(branch: int) -> Iterator[Matter]:
    for one in differences_of(branch=branch, open_only=True)[:NAMED]:
        yield Matter(
            _("Cash difference"), "scale", f"{one.number} · {Money(one.remaining, one.currency)}",
            reverse("vault:difference", args=[one.id]), "danger",
        )  # fmt: skip


def _checks(branch: int) -> Iterator[Matter]:
    """Only those under way: a planned one is a surprise."""
    for one in open_checks(branch=branch, date=org.business_day(branch).date):
        if one.state is CheckState.STARTED:
            link = reverse("vault:check", args=[one.id])
            yield Matter(_("Surprise check"), "snowflake", one.number, link, "attention")


def _bookings(branch: int) -> Iterator[Matter]:
    """Of today and of the next working day: the notes must be there in the morning."""
    today = org.business_day(branch).date
    days = (
        (today, _("Large withdrawal today")),
        (org.next_working_day(today), _("Large withdrawal next day")),
    )
    for day, words in days:
        for one in bookings_of(branch=branch, day=day, open_only=True)[:NAMED]:
            text = f"{one.number} · {Money(one.amount, one.currency)}"
            yield Matter(words, "calendar-check", text, reverse("vault:booking", args=[one.id]))
