"""What stands in the way of the day's end: boxes not counted, differences not booked, checks not finished."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.money import Money
from counterpoint.ledger import services as ledger
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people.data import Duty
from counterpoint.vault.data_cash import CheckState
from counterpoint.vault.data_counts import CashCountView
from counterpoint.vault.data_vouchers import CountMoment
from counterpoint.vault.services.boxes import boxes_of
from counterpoint.vault.services.checks import open_checks
from counterpoint.vault.services.counts import counted_today
from counterpoint.vault.services.differences import settlement_of, still_holds


def _last(branch: int, day: date, moment: CountMoment | None = None) -> dict[int, CashCountView]:
    found: dict[int, CashCountView] = {}
    for one in counted_today(branch=branch, date=day):
        if moment is None or one.moment is moment:
            found.setdefault(one.box, one)
    return found


def counted_gate(branch: int, day: date) -> list[Finding]:
    """Every box in which something moved today was counted at the day's end, after its last movement.

    Opening stock that the system set up is no movement.
    """
    boxes, ends = boxes_of(branch=branch), _last(branch, day, CountMoment.END)
    books = ledger.accounts([box.account for box in boxes])
    moved = ledger.moved_by_others(accounts=list(books), date=day, than=SYSTEM.key)
    found = []
    for box in boxes:
        version = books[box.account].version
        count, link = ends.get(box.id), reverse("vault:count_new", args=[box.id]) + "?moment=end"
        if count is None and box.account in moved:
            found.append(Finding(_("Box %(box)s was not counted.") % {"box": box.number}, link))
        elif count is not None and _moved_on(count, version):
            words = _("Something moved in box %(box)s after it was counted.") % {"box": box.number}
            found.append(Finding(words, link))
    return found


def _moved_on(count: CashCountView, version: int) -> bool:
    """A count that differs and is not settled is the next gate's matter."""
    settled = count.agrees or settlement_of(count) is not None
    return settled and not still_holds(count, version)


def booked_gate(branch: int, day: date) -> list[Finding]:
    """A count that differs is a case with its entry, or was counted again and agrees."""
    found = []
    for one in _last(branch, day).values():
        if not one.agrees and settlement_of(one) is None:
            words = _("The count of box %(box)s differs by %(sum)s and is no case yet.") % {
                "box": one.box_number, "sum": Money(one.difference, one.currency),
            }  # fmt: skip
            found.append(Finding(words, reverse("vault:count", args=[one.id])))
    return found


def checks_gate(branch: int, day: date) -> list[Finding]:
    """A surprise check that was planned for today is made; one that began is finished."""
    started = _("Surprise check %(number)s is not finished.")
    planned = _("Surprise check %(number)s was planned and not made.")
    return [
        Finding(
            (started if one.state is CheckState.STARTED else planned) % {"number": one.number},
            reverse("vault:check", args=[one.id]),
        )
        for one in open_checks(branch=branch, date=day)
    ]


def appear() -> None:
    """Enter the gates."""
    for key, title, owner, check, order in (
        ("vault.counted", gettext_lazy("Boxes counted"), Duty.CASH, counted_gate, 20),
        ("vault.differences", gettext_lazy("Differences booked"), Duty.AUTHORIZE, booked_gate, 21),
        ("vault.checks", gettext_lazy("Surprise checks"), Duty.AUTHORIZE, checks_gate, 22),
    ):
        org.register_gate(Gate(key, title, owner, check, order=order))
