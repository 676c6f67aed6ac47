"""What the page of a number offers 手机页预填: the forms of its service, filled in while one waits."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import PhonePart, TicketView
from counterpoint.visits.forms.prework import PREWORK


def forms_for(ticket: TicketView) -> list[str]:
    """The operations of the ticket's service that have a form for the phone."""
    found = lobby.services_at(ticket.branch).get(ticket.service)
    return [code for code in found.prework if code in PREWORK] if found else []


def offer(ticket: TicketView) -> PhonePart | None:
    """The way to the forms, where there are any; it says when one is filled in already."""
    codes = forms_for(ticket)
    if not codes:
        return None
    token = lobby.token_of(ticket.key, by=lobby.self_service(ticket.branch))
    filled = any(code in ticket.prework for code in codes)
    words = _("Filled in. Change or add") if filled else _("Fill in before the counter")
    return PhonePart(words, reverse("visits:pre_number", args=[token]), "check" if filled else "edit")


def appear() -> None:
    """Offer it on the customer's page."""
    lobby.register_phone_part(offer)
