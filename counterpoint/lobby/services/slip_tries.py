"""Slips that did not print 未出票, tried again by the clock 自动重新出票, with pauses that grow.

Only what surely lies in nobody's hand, only as long as its customer waits, at most as often as the rule
``lobby.slip_pauses`` has pauses. A printer in trouble is tried with one slip; when it prints, the others
follow.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Refusal
from counterpoint.kit.watch import repeat
from counterpoint.lobby import queries
from counterpoint.lobby.data import IN_LINE, SlipState, SlipTrouble
from counterpoint.lobby.models import Slip
from counterpoint.lobby.services import book
from counterpoint.lobby.services.slips import print_slip

#: What is looked at in one go; the next go takes the others.
PORTION = 200
EVERY_SECONDS = 5.0
#: A number does not outlive its business day; longer ago nothing is looked for.
OLDEST = timedelta(days=2)
#: The printer was reached too late or not at all, so there is no paper.
SURE = (SlipTrouble.UNREACHABLE, SlipTrouble.PAPER_OUT, SlipTrouble.OFFLINE)


@dataclass(frozen=True, slots=True)
class _Failed:
    """A slip to be tried again, and how long after the last failure of its printer."""

    slip: Slip
    pause: timedelta


def watch_slips(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Try again until ``stop`` is set; beside the lobby's clock, for a printer that is off takes seconds."""
    repeat(retry_slips, stop=stop, every=every)


def retry_slips(*, by: Actor = SYSTEM) -> int:
    """Print what could not be printed, where the printer's pause is over 自动重新出票; how many were."""
    return sum(_retry_at(failed, by) for failed in _by_device(Q()).values())


def next_tries(branch: int) -> dict[int, datetime]:
    """By failed slip of a branch, when its printer is tried again 下次重试; others are not by themselves."""
    found: dict[int, datetime] = {}
    for device, failed in _by_device(Q(branch_id=branch)).items():
        due = _due(device, failed[0])
        found |= {one.slip.pk: due for one in failed}
    return found


def _retry_at(failed: list[_Failed], by: Actor) -> int:
    """One slip where the printer was in trouble last; the others when it prints."""
    if _due(failed[0].slip.device_id, failed[0]) > clock.now():
        return 0
    printed = 0
    for one in failed:
        slip = one.slip
        try:
            made = print_slip(
                ticket=queries.ticket_view(slip.ticket), device=slip.device_id, origin=slip.origin, by=by,
                failed_copy=slip.copy,
            )  # fmt: skip
        except Refusal:  # called, gone, or of another day since it was looked at
            continue
        if made.state is SlipState.FAILED:
            break
        printed += 1
    return printed


def _due(device: int, first: _Failed) -> datetime:
    """At once, where something was printed since."""
    last = Slip.objects.filter(device=device).latest("id")
    return last.asked_at + (timedelta(0) if last.state == SlipState.PRINTED else first.pause)


def _by_device(where: Q) -> dict[int, list[_Failed]]:
    """By printer, what is to be tried again, the first number first."""
    pauses = book.value("slip_pauses")
    newer = Slip.objects.filter(ticket=OuterRef("ticket"), copy__gt=OuterRef("copy"))
    rows = (
        Slip.objects.filter(
            where, ~Exists(newer), state=SlipState.FAILED, trouble__in=SURE, device__ended_at=None,
            asked_at__gt=clock.now() - OLDEST, ticket__state__in=IN_LINE,
        )
        .annotate(tries=Count("ticket__slips", filter=Q(ticket__slips__by_clock=True)))
        .filter(tries__lt=len(pauses))
        .select_related("ticket")
        .order_by("ticket_id")[:PORTION]
    )  # fmt: skip
    found: dict[int, list[_Failed]] = {}
    for row in rows:
        failed = _Failed(row, timedelta(seconds=pauses[row.tries]))
        found.setdefault(row.device_id, []).append(failed)
    return found
