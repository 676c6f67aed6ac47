"""What a customer may take a number for now 可取业务, and what other rooms add to the customer's page."""

from __future__ import annotations

from collections.abc import Callable

from counterpoint.lobby.data import NobodyServes, Offer, PhonePart, Service, TicketView
from counterpoint.lobby.services.floor import Floor, floor
from counterpoint.lobby.services.promising import promise_to_newcomer
from counterpoint.lobby.services.tickets import check_served

#: Says what it offers for a ticket, or nothing.
PhoneOffer = Callable[[TicketView], PhonePart | None]
_parts: list[PhoneOffer] = []


def offers_at(branch: int) -> tuple[Offer, ...]:
    """Every service of a branch, in the order of the kiosk: its line and promise, or why not now."""
    here = floor(branch)
    return tuple(_offer(here, service) for service in here.services.values())


def _offer(here: Floor, service: Service) -> Offer:
    bar = remedy = ""
    low = mid = high = 0
    try:
        check_served(here, service)
    except NobodyServes as refusal:
        bar, remedy = str(refusal), str(refusal.why.remedy)
    else:
        made = promise_to_newcomer(here, service.code)
        low, mid, high = round(made.low), round(made.mid), round(made.high)
    queue = sum(row.service == service.code for row in here.line)
    return Offer(service.code, service.name, service.papers, queue, low, mid, high, bar, remedy)


def register_phone_part(part: PhoneOffer) -> None:
    """Let another room offer something on the customer's page 登记手机页附加项, such as a form."""
    if part not in _parts:
        _parts.append(part)


def phone_parts(ticket: TicketView) -> list[PhonePart]:
    """All that is offered for a ticket."""
    return [found for part in _parts if (found := part(ticket)) is not None]
