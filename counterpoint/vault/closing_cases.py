"""What bookings and counterfeit cases bring to the day's end: who did not come, what is due."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.money import Money
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate, Report, Step
from counterpoint.people.data import Duty
from counterpoint.vault import queries_cases as queries
from counterpoint.vault.services.appraisals import counterfeit_clocks
from counterpoint.vault.services.bookings import bookings_of, miss_bookings


def booking_gate(branch: int, day: date) -> list[Finding]:
    """Bookings of today that nobody came for 逾期未取: their notes are free again after the close."""
    return [
        Finding(
            _("Booking %(number)s of %(sum)s was not collected.")
            % {"number": one.number, "sum": Money(one.amount, one.currency)},
            reverse("vault:booking", args=[one.id]),
        )
        for one in bookings_of(branch=branch, day=day, open_only=True)
    ]


def counterfeit_gate(branch: int, day: date) -> list[Finding]:
    """Counterfeit cases that have to be reported, or with a term that has run out."""
    found = []
    for one in queries.cases(queries.unfinished(branch)):
        link = reverse("vault:counterfeit", args=[one.id])
        if one.must_report and one.reported is None:
            found.append(
                Finding(_("Case %(number)s has to be reported at once.") % {"number": one.number}, link)
            )
        elif any(clock.late for clock in counterfeit_clocks(case=one, at=day)):
            found.append(Finding(_("A term of case %(number)s has run out.") % {"number": one.number}, link))
    return found


def missed_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """Free the notes of today's bookings that nobody came for."""
    return {"missed": miss_bookings(branch=branch, day=day, by=report.by)}


def appear() -> None:
    """Enter the gates and the step."""
    org.register_gate(
        Gate("vault.bookings", gettext_lazy("Bookings not collected"), Duty.CASH, booking_gate, False, 26)
    )
    org.register_gate(
        Gate("vault.counterfeit", gettext_lazy("Counterfeit cases"), Duty.CASH, counterfeit_gate, False, 27)
    )
    org.register_step(Step("vault.bookings", gettext_lazy("Bookings not collected"), 15, missed_step))
