"""Slips that did not print 未出票, tried again by the clock 自动重新出票, with pauses that grow.

Only what surely lies in nobody's hand, only as long as its customer waits, at most as often as the rule
``lobby.slip_pauses`` has pauses. A printer in trouble is tried with one slip; when it prints, the others
follow.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Refusal
from counterpoint.kit.watch import repeat
from counterpoint.lobby import queries
from counterpoint.lobby.data import IN_LINE, SlipState, SlipTrouble
from counterpoint.lobby.models import Slip
from counterpoint.lobby.services import book
from counterpoint.lobby.services.slips import print_slip

#: So many are printed in one go; the next go takes the others.
PORTION = 200
EVERY_SECONDS = 5.0
#: A number does not outlive its business day; longer ago nothing is looked for.
OLDEST = timedelta(days=2)
#: The printer was reached too late or not at all, so there is no paper.
SURE = (SlipTrouble.UNREACHABLE, SlipTrouble.PAPER_OUT, SlipTrouble.OFFLINE)


def watch_slips(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Try again until ``stop`` is set; beside the lobby's clock, for a printer that is off takes seconds."""
    repeat(retry_slips, stop=stop, every=every)


def retry_slips(*, by: Actor = SYSTEM) -> int:
    """Print what could not be printed, where the printer's pause is over 自动重新出票; how many were."""
    firsts = list(_failed().order_by("device_id", "ticket_id").distinct("device_id"))
    return sum(_retry_at(first.device_id, by) for first in firsts if _due(first) <= clock.now())


def next_tries(branch: int) -> dict[int, datetime]:
    """By failed slip of a branch, when its printer is tried again 下次重试; others are not by themselves."""
    found: dict[int, datetime] = {}
    due: dict[int, datetime] = {}
    for row in _failed().filter(branch_id=branch).order_by("ticket_id")[:PORTION]:
        if row.device_id not in due:
            due[row.device_id] = _due(row)
        found[row.pk] = due[row.device_id]
    return found


def _retry_at(device: int, by: Actor) -> int:
    """One slip where the printer was in trouble last; the others when it prints."""
    printed = 0
    for row in _failed().filter(device=device).select_related("ticket").order_by("ticket_id")[:PORTION]:
        try:
            made = print_slip(
                ticket=queries.ticket_view(row.ticket), device=device, origin=row.origin, by=by,
                failed_copy=row.copy,
            )  # fmt: skip
        except Refusal:  # called, gone, or of another day since it was looked at
            continue
        if made.state is SlipState.FAILED:
            break
        printed += 1
    return printed


def _due(first: Any) -> datetime:
    """When a printer is tried with the first of its slips: at once, where something was printed since."""
    last = Slip.objects.filter(device=first.device_id).latest("id")
    pause = 0 if last.state == SlipState.PRINTED else book.value("slip_pauses")[first.tries]
    return last.asked_at + timedelta(seconds=pause)


def _failed() -> QuerySet[Slip]:
    """What surely was not printed and may be tried again, with the ``tries`` of the clock so far."""
    newer = Slip.objects.filter(ticket=OuterRef("ticket"), copy__gt=OuterRef("copy"))
    by_clock = Slip.objects.filter(ticket=OuterRef("ticket"), by_clock=True).order_by()
    tries = by_clock.values("ticket").annotate(n=Count("id")).values("n")
    return Slip.objects.filter(
        ~Exists(newer), state=SlipState.FAILED, trouble__in=SURE, device__ended_at=None,
        asked_at__gt=clock.now() - OLDEST, ticket__state__in=IN_LINE,
    ).annotate(tries=Coalesce(Subquery(tries), 0)).filter(
        tries__lt=len(book.value("slip_pauses"))
    )  # fmt: skip
