"""The lobby's gate at the day's end 日终检查: numbers whose customers nobody has served or sent home."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import AT_DESK, TicketState
from counterpoint.lobby.models import Ticket
from counterpoint.lobby.rules.line import label
from counterpoint.lobby.services import book, reach
from counterpoint.lobby.services.opening import end_window, windows_at
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate, Report, Step
from counterpoint.people.data import Duty

#: So many are named.
NAMED = 30
STEP = "lobby.line"


def waiting_gate(branch: int, day: date) -> list[Finding]:
    """Nobody waits, nobody is at a desk, nobody is parked."""
    found = queries.unfinished(branch)
    lines = [Finding(_words(one)) for one in found[:NAMED]]
    if len(found) > NAMED:
        lines.append(Finding(_("%(count)s more numbers are not finished.") % {"count": len(found) - NAMED}))
    return lines


def _words(row: Ticket) -> str:
    facts = {"label": label(row.series, row.number)}
    if row.state in AT_DESK:
        return _("Number %(label)s is at a desk.") % facts
    if row.state == TicketState.PARKED:
        return _("Number %(label)s is parked.") % facts
    if row.state == TicketState.HANDED_OVER:
        return _("Number %(label)s was handed over and not taken up.") % facts
    return _("Number %(label)s still waits.") % facts


def waiting_stops(branch: int, day: date) -> bool:
    """Whether it stops the close or only warns is a dated rule."""
    return bool(book.value("waiting_stops_close", day))


def end_line(branch: int, day: date, report: Report) -> dict[str, int]:
    """What is left of the line ends with the day: made void, saying so; windows close."""
    left = queries.unfinished(branch)
    for done, row in enumerate(left):
        report(done, len(left))
        _end(ticket=row.pk, by=report.by)
    open_now = windows_at(branch)
    for window in open_now:
        end_window(desk=window.desk, by=report.by)
    return {"voided": len(left), "windows": len(open_now)}


@verb("lobby.ticket.ended_with_day")
def _end(*, ticket: int, by: Actor) -> None:
    """A number that nobody finished ended with the business day 随营业日作废."""
    row = Ticket.objects.select_for_update(no_key=True).get(pk=ticket)
    before = row.state
    reach.end_with_day(row)
    tell(
        Told(
            subject=f"ticket:{row.key}", branch=row.branch_id, business_date=row.business_date,
            correlation=row.key, data={"label": label(row.series, row.number), "before": before},
            channels=reach.channels_of(row),
        )
    )  # fmt: skip


def appear() -> None:
    """Enter the gate and the step."""
    org.register_gate(
        Gate(
            "lobby.waiting",
            gettext_lazy("Nobody waits in the lobby"),
            Duty.LOBBY,
            waiting_gate,
            blocking=waiting_stops,
            order=41,
        )
    )
    org.register_step(Step(STEP, gettext_lazy("Numbers of the lobby"), 20, end_line))
