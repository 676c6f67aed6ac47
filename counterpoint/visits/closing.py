"""The visits' gate at the day's end 日终检查: customers whom nobody has sent home."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits.data import VisitState, VisitView
from counterpoint.visits.services.visits import open_visits

STOPS = "visits.open_stops_close"
#: So many are named; the list of visits shows the others.
NAMED = 50


def open_gate(branch: int, day: date) -> list[Finding]:
    """Every visit was finished. What is parked for another day may stay, where the rule lets it."""
    found = open_visits(branch)
    lines = [Finding(_words(one), reverse("visits:visit", args=[one.id])) for one in found[:NAMED]]
    if len(found) > NAMED:
        more = _("%(count)s more visits are not finished.") % {"count": len(found) - NAMED}
        lines.append(Finding(more, reverse("visits:visits")))
    return lines


def _words(one: VisitView) -> str:
    if one.serving is not None:
        return _("Visit %(number)s is still served by %(name)s.") % {
            "number": one.number, "name": one.serving.name,
        }  # fmt: skip
    if one.hand_off is not None:
        return _("Visit %(number)s was handed on by %(name)s and not accepted yet.") % {
            "number": one.number, "name": one.hand_off.giver_name,
        }  # fmt: skip
    if one.state is VisitState.PARKED and one.parked_by is not None:
        return _("Visit %(number)s is parked by %(name)s.") % {
            "number": one.number, "name": people.person(one.parked_by).name,
        }  # fmt: skip
    return _("Visit %(number)s still waits.") % {"number": one.number}


def open_stops(branch: int, day: date) -> bool:
    """Whether it stops the close or only warns is a dated rule."""
    return bool(org.value(key=STOPS, at=day))


def appear() -> None:
    """Enter the gate."""
    org.register_gate(
        Gate(
            "visits.open",
            gettext_lazy("Visits finished"),
            Duty.CASH,
            open_gate,
            blocking=open_stops,
            order=42,
        )
    )
