"""Short lists beside the line 队外名单: who was called and did not come, who left, who is called now."""

from __future__ import annotations

from datetime import timedelta

from counterpoint.kit import clock
from counterpoint.lobby import queries
from counterpoint.lobby.data import TicketState, TicketView
from counterpoint.lobby.models import Ticket
from counterpoint.lobby.services import book
from counterpoint.org import services as org

#: More than these do not come back within the grace.
MOST = 30


def could_return(branch: int) -> list[TicketView]:
    """Who did not come or left, and may still have the old place back 可返回; the latest first."""
    since = clock.now() - timedelta(minutes=int(book.value("grace_minutes")))
    rows = Ticket.objects.filter(
        branch_id=branch, business_date=org.business_day(branch).date, since__gt=since,
        state__in=(TicketState.NO_SHOW, TicketState.LEFT),
    )  # fmt: skip
    return [queries.ticket_view(row) for row in rows.order_by("-since", "-id")[:MOST]]
