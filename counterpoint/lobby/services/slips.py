"""Slips 号条: printed once for the customer, a copy only by staff and marked 补打; trouble is on record.

The number is taken before and stays, whatever the printer does. The row of a print is written first,
then the printer is spoken to outside of any transaction, then what came of it is written. What surely was
not printed the clock tries again (``slip_tries``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.lobby.data import (
    ENDED,
    IN_LINE,
    DeviceRefused,
    SlipNotNow,
    SlipState,
    SlipTrouble,
    SlipUnderWay,
    SlipView,
    TicketView,
)
from counterpoint.lobby.models import Device, Slip, Ticket
from counterpoint.lobby.printing import line
from counterpoint.lobby.rules.line import label
from counterpoint.lobby.services import reach
from counterpoint.org import services as org

#: Makes the bytes of a ticket's slip: told where the phone's page is, and whether it is marked as a copy.
Composer = Callable[[TicketView, str, bool], bytes]
SHOWN = 20
#: No line has more numbers without paper.
MOST = 200
#: What is being sent for longer was lost with its process: it may have been printed.
LONGEST_PRINT = timedelta(minutes=1)
_composers: list[Composer] = []


def register_composer(compose: Composer) -> None:
    """Bring the words of a slip 登记号条版式; the last one holds."""
    _composers[:] = [compose]


def print_slip(
    *, ticket: TicketView, device: int, origin: str, by: Actor, again: bool = False,
    failed_copy: int | None = None,
) -> SlipView:  # fmt: skip
    """Print a number 出票. What was printed, or is just being, is printed once more only ``again``.

    ``origin`` is where the phone's page is found. With ``failed_copy`` it is the clock that asks, since that
    one failed.
    """
    last = _last(ticket)
    if last is not None and last.state != SlipState.FAILED and not again:
        return _view(last)
    try:
        slip, printer, marked = _ask(
            ticket=ticket, device=device, origin=origin, again=again, failed_copy=failed_copy, by=by
        )
    except SlipUnderWay:
        return _view(Slip.objects.filter(ticket=ticket.id).latest("copy"))
    try:
        line.send(printer, _composers[0](ticket, origin, marked))
    except line.PrinterTrouble as error:
        return _fail(slip=slip.id, trouble=error.trouble, by=by)
    return _end(slip=slip.id, by=by)


def _last(ticket: TicketView) -> Slip | None:
    return Slip.objects.filter(ticket=ticket.id).order_by("-copy").first()


@verb("lobby.slip.asked")
def _ask(
    *, ticket: TicketView, device: int, origin: str, again: bool, failed_copy: int | None, by: Actor
) -> tuple[SlipView, str, bool]:
    """A number is to be printed 出票: which copy, and whether an earlier one may be in somebody's hand."""
    row = reach.locked(ticket.key, by)
    if row.state in ENDED:
        raise SlipNotNow(_("Nothing is printed for a number that has ended."))
    if failed_copy is not None and row.state not in IN_LINE:
        raise SlipNotNow(_("This number does not wait any more."))
    place = Device.objects.filter(pk=device, branch_id=row.branch_id, ended_at=None).first()
    if place is None:
        raise DeviceRefused(_("This screen is not paired with the branch, or no longer."))
    before = list(Slip.objects.filter(ticket=row).order_by("copy").values_list("copy", "state", "trouble"))
    moved_on = failed_copy is not None and before[-1][0] != failed_copy
    if moved_on or (before and before[-1][1] != SlipState.FAILED and not again):
        # Behind the lock: somebody else has asked since it was looked at.
        raise SlipUnderWay(_("This number is being printed already."))
    marked = any(state != SlipState.FAILED or why == SlipTrouble.CUT_OFF for _copy, state, why in before)
    slip = Slip.objects.create(
        ticket=row, branch_id=row.branch_id, device=place, origin=origin, asked_by=by.key,
        asked_at=clock.now(), by_clock=failed_copy is not None, copy=1 + (before[-1][0] if before else 0),
    )  # fmt: skip
    reach.tell_of(row, copy=slip.copy, device=place.pk, marked=marked, by_clock=slip.by_clock)
    return _view(slip), place.printer, marked


@verb("lobby.slip.printed")
def _end(*, slip: int, by: Actor) -> SlipView:
    """The printer has said that it printed 出票完成."""
    return _became(slip, SlipState.PRINTED, "")


@verb("lobby.slip.failed")
def _fail(*, slip: int, trouble: SlipTrouble, by: Actor) -> SlipView:
    """Nothing was printed, or not for sure 出票失败; the number counts all the same."""
    return _became(slip, SlipState.FAILED, trouble)


def _became(slip: int, state: SlipState, trouble: str) -> SlipView:
    row = Slip.objects.select_related("ticket").get(pk=slip)
    row.state, row.trouble = state, trouble
    row.save(update_fields=["state", "trouble"])
    reach.tell_of(row.ticket, copy=row.copy, device=row.device_id, trouble=str(trouble))
    return _view(row)


def unprinted_of(branch: int) -> list[SlipView]:
    """Numbers of today that still count and have no paper 未出票, the first first."""
    rows = Slip.objects.filter(branch_id=branch, ticket__business_date=org.business_day(branch).date)
    newest = rows.exclude(ticket__state__in=ENDED).order_by("ticket_id", "-copy").distinct("ticket_id")
    lost = clock.now() - LONGEST_PRINT
    return [
        _view(row) for row in newest.select_related("ticket")[:MOST]
        if row.state == SlipState.FAILED or (row.state == SlipState.SENDING and row.asked_at < lost)
    ]  # fmt: skip


def try_slips_again(*, branch: int, origin: str, by: Actor, device: int | None = None) -> int:
    """Print what surely lies in nobody's hand 重新出票; how many were. A printer in trouble is left alone.

    Each is printed where it was asked for, or at ``device``.
    """
    printed, in_trouble = 0, set[int]()
    for slip in unprinted_of(branch):
        place = device or slip.device
        if slip.unsure or place in in_trouble:
            continue
        ticket = reach.view_here(slip.ticket, by)
        try:
            made = print_slip(ticket=ticket, device=place, origin=origin, by=by)
        except DeviceRefused:  # the kiosk is there no more: another printer is chosen
            in_trouble.add(place)
            continue
        if made.state is SlipState.FAILED:
            in_trouble.add(place)
        else:
            printed += 1
    return printed


def slips_of(branch: int) -> list[SlipView]:
    """The last prints of a branch, the newest first."""
    rows = Slip.objects.filter(branch_id=branch).select_related("ticket").order_by("-id")
    return [_view(row) for row in rows[:SHOWN]]


def _view(row: Slip) -> SlipView:
    ticket: Ticket = row.ticket
    return SlipView(
        id=row.pk, ticket=ticket.key, label=label(ticket.series, ticket.number), copy=row.copy,
        state=SlipState(row.state), trouble=SlipTrouble(row.trouble) if row.trouble else None,
        device=row.device_id, at=row.asked_at, by_clock=row.by_clock,
    )  # fmt: skip
