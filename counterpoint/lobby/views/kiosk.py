"""The kiosk 取号机: choose, press once, take the number. Paired by the lobby, used by everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows, anybody
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.lobby import access_devices as access
from counterpoint.lobby import faces, services
from counterpoint.lobby.data import DeviceKind, DeviceRefused, TicketChannel
from counterpoint.lobby.forms.public import TakeForm
from counterpoint.lobby.slip_words import number_context, origin_of
from counterpoint.lobby.views.pairing import to_be_paired

#: What a customer sees of a service at once.
ICONS = {
    "cash": "cash", "transfer": "transfer", "account": "credit-card", "query": "search", "loan": "coins",
}  # fmt: skip


def channels(branch: int) -> tuple[str, ...]:
    return (f"display:{branch}",)


@allows(anybody)
@never_cache
@require_GET
def kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """The choices, live; or how this browser becomes a kiosk."""
    branch = access.branch_of(code)
    try:
        device = access.device_here(request, branch.id, DeviceKind.KIOSK)
    except DeviceRefused as refusal:
        return to_be_paired(request, branch, DeviceKind.KIOSK, refusal)
    with faces.spoken(request):
        context = choices(branch.id) | {"place": access.branch_of(code), "device": device}
        if is_fragment(request):
            return render(request, "lobby/public/services.html", context)
        context["live"] = faces.live_for(
            request, channels(branch.id), reverse("lobby:kiosk_pass", args=[code])
        )
        return render(request, "lobby/kiosk.html", context)


def choices(branch: int) -> dict[str, Any]:
    """What may be chosen, at the kiosk or on a phone."""
    priorities = [one for one in services.priorities().values() if one.self_chosen]
    offers = [
        (one, ICONS.get(one.code, "help"), faces.range_in_words(one.low, one.high))
        for one in services.offers_at(branch)
    ]
    return {"offers": offers, "priorities": priorities, "groups": range(1, 7)}


@allows(access.paired_as(DeviceKind.KIOSK))
@never_cache
@require_GET
def kiosk_pass(request: HttpRequest, code: str) -> HttpResponse:
    """A fresh pass to listen with."""
    return faces.pass_for(request, channels(access.branch_of(code).id))


@allows(access.paired_as(DeviceKind.KIOSK))
@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    """One number for one press, however often it is pressed."""
    branch = access.branch_of(code)
    with faces.spoken(request):
        try:
            device = access.device_here(request, branch.id, DeviceKind.KIOSK)
            source = services.source_of_device(device)
            taken = take_number(request, branch.id, TicketChannel.KIOSK, source)
        except Refusal as refusal:
            return render(request, "lobby/public/not_taken.html", {"refusal": refusal}, status=refusal.status)
        token = taken.token
        address = request.build_absolute_uri(reverse("lobby:phone", args=[token]))
        shown = number_context(taken.ticket) | {
            "address": address, "code": faces.code_image(address), "token": token, "place": branch,
            "printer": bool(device.printer),
        }  # fmt: skip
        return render(request, "lobby/public/taken.html", shown)


def take_number(request: HttpRequest, branch: int, channel: TicketChannel, source: str) -> Any:
    """What was pressed, as a number."""
    typed = read(TakeForm(request.POST))
    return services.take_ticket(
        branch=branch, service=typed["service"], channel=channel, priority=typed["priority"],
        group=typed["group"] or 1, client_key=typed["idempotency_key"], source=source,
        by=services.self_service(branch),
    )  # fmt: skip


@allows(access.paired_as(DeviceKind.KIOSK))
@require_POST
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """Print what was just taken. The number counts, whatever the printer says."""
    branch = access.branch_of(code)
    device = access.device_here(request, branch.id, DeviceKind.KIOSK)
    with faces.spoken(request):
        ticket = services.ticket_of_token(request.POST.get("token", ""))
        if ticket.branch != branch.id:
            raise DeviceRefused(_("This screen is not paired with the branch, or no longer."))
        printed = services.print_slip(
            ticket=ticket, device=device.id, origin=origin_of(request), by=services.self_service(branch.id)
        )
        shown = {"slip": printed, "token": request.POST.get("token", ""), "place": branch}
        return render(request, "lobby/public/slip.html", shown)
