"""The display 叫号屏: who is called where, in figures to be read from across the hall, and aloud."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from counterpoint.kit.access import allows, anybody
from counterpoint.kit.pages import is_fragment
from counterpoint.lobby import access_devices as access
from counterpoint.lobby import faces, services
from counterpoint.lobby.data import DeviceKind, DeviceRefused
from counterpoint.lobby.views.pairing import to_be_paired
from counterpoint.lobby.views.phone import join_address


@allows(anybody)
@never_cache
@require_GET
def display(request: HttpRequest, code: str) -> HttpResponse:
    """The whole screen, or what of it changes."""
    branch = access.branch_of(code)
    try:
        access.device_here(request, branch.id, DeviceKind.DISPLAY)
    except DeviceRefused as refusal:
        return to_be_paired(request, branch, DeviceKind.DISPLAY, refusal)
    with faces.spoken(request):
        context = _context(request, code, branch.id) | {"place": access.branch_of(code)}
        if is_fragment(request):
            return render(request, "lobby/public/display.html", context)
        context["live"] = faces.live_for(
            request, (f"display:{branch.id}",), reverse("lobby:display_pass", args=[code])
        )
        return render(request, "lobby/display.html", context)


@allows(access.paired_as(DeviceKind.DISPLAY))
@never_cache
@require_GET
def display_pass(request: HttpRequest, code: str) -> HttpResponse:
    """A fresh pass to listen with."""
    return faces.pass_for(request, (f"display:{access.branch_of(code).id}",))


def _context(request: HttpRequest, code: str, branch: int) -> dict[str, Any]:
    shown = services.display(branch)
    open_now = {one for window in services.windows_at(branch) for one in window.services}
    with override("en"):
        english = services.services_at(branch)
    waits = [
        (service, english[service.code].name, queue, max(1, faces.minutes(mid)), service.code in open_now)
        for service, queue, mid in shown.waits
    ]  # fmt: skip
    address = join_address(request, code, branch)
    return {
        "display": shown, "waits": waits, "news": services.news_at(branch),
        "join": address, "join_code": faces.code_image(address),
    }  # fmt: skip
