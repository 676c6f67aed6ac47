"""The counter's gate at the day's end: quotes that nobody ended 未结试算."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.money import Money
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate, Report, Step
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.teller import operations
from counterpoint.teller.models import Quote
from counterpoint.teller.queries import unpaid
from counterpoint.teller.queries_day import figures_of_day
from counterpoint.vault import services as vault
from counterpoint.vault.data import Blocker


def pending_quotes(branch: int, day: date) -> list[Finding]:
    """Quotes that can still be confirmed; one past its time is nobody's any more."""
    rows = Quote.objects.filter(branch_id=branch, business_date=day, end=None, expires__gt=clock.now())
    found = []
    for row in rows.order_by("id")[:50]:
        who, operation = people.person(row.person_id), operations.operation(row.operation)
        said = _("%(operation)s by %(who)s waits to be confirmed; it lapses at %(at)s.") % {
            "operation": f"{row.operation} {operation.name(get_language() or 'zh')}",
            "who": f"{who.number} {who.name}",
            "at": f"{timezone.localtime(row.expires):%H:%M}",
        }
        found.append(Finding(said, reverse("teller:operations")))
    return found


def _no_part(giver: int, branch: int) -> None:
    """What is not finished at the counter is in nobody's package."""


def unfinished(giver: int, branch: int) -> list[Blocker]:
    """What stops a hand-over: quotes that can still be confirmed, notes that were not handed out."""
    day, link = org.business_day(branch).date, reverse("teller:operations")
    rows = Quote.objects.filter(branch_id=branch, person=giver, business_date=day, end=None)
    found = []
    for row in rows.filter(expires__gt=clock.now()).order_by("id")[:50]:
        operation = operations.operation(row.operation)
        zh, en = (f"{row.operation} {operation.name(language)}" for language in ("zh", "en"))
        found.append(Blocker(f"{zh} 待记账", f"{en} waits to be confirmed", link))
    for receipt in unpaid(person=giver, day=day):
        zh, en = f"{receipt.number} 现金未付出", f"the notes of {receipt.number} were not handed out"
        found.append(Blocker(zh, en, link))
    return found


def counter_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """What the counters did: receipts, how many with a second person, cash taken and paid in yuan."""
    found = figures_of_day(branch=branch, day=day)
    return {
        "receipts": found.count, "approved": found.approved,
        "cash_in": found.cash_in, "cash_out": found.cash_out,
    }  # fmt: skip


def figures(kept: Mapping[str, Any]) -> list[tuple[object, str]]:
    return [
        (_("Receipts"), f"{kept['receipts']:,}"), (_("With a second person"), f"{kept['approved']:,}"),
        (_("Cash in"), str(Money(kept["cash_in"], "CNY"))),
        (_("Cash out"), str(Money(kept["cash_out"], "CNY"))),
    ]  # fmt: skip


def appear() -> None:
    """Enter the gate, the step, and what stops a hand-over."""
    org.register_step(Step("teller.counter", gettext_lazy("Counter"), 12, counter_step, figures=figures))
    vault.register_part("counter", _no_part, blockers=unfinished, order=60)
    org.register_gate(Gate("teller.quotes", gettext_lazy("Quotes"), Duty.CASH, pending_quotes, order=30))
