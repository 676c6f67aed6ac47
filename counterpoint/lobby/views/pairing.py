"""Which browser is which screen 设备绑定: paired once, by somebody of the lobby who is signed in."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.lobby import access_devices as access
from counterpoint.lobby import services
from counterpoint.lobby.data import DeviceKind
from counterpoint.lobby.forms.public import PairForm
from counterpoint.lobby.slip_words import origin_of
from counterpoint.org import services as org
from counterpoint.org.data import BranchView
from counterpoint.people import services as people
from counterpoint.people.data import Duty

#: A screen on a wall is not paired again every month. Browsers keep a cookie no longer than this.
COOKIE_SECONDS = 400 * 24 * 3600


def to_be_paired(
    request: HttpRequest, branch: BranchView, kind: DeviceKind, refusal: Refusal
) -> HttpResponse:  # fmt: skip
    """How a browser becomes this screen; for somebody of the lobby, the form that does it."""
    signed_in = request.user.is_authenticated
    may = signed_in and people.can(request, Duty.LOBBY) and people.actor_from(request).branch == branch.id
    context = {
        "place": branch, "kind": kind, "refusal": refusal, "form": PairForm() if may else None,
        "stranger": not signed_in, "is_kiosk": kind is DeviceKind.KIOSK,
    }  # fmt: skip
    return render(request, "lobby/pair.html", context, status=refusal.status)


@allows(people.has_duty(Duty.LOBBY))
@require_POST
def pair(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """This browser is a screen of the lobby from now on."""
    branch, typed = access.branch_of(code), read(PairForm(request.POST))
    device = services.pair_device(
        branch=branch.id, kind=DeviceKind(kind), name=typed["name"], printer=typed["printer"],
        by=people.actor_from(request),
    )  # fmt: skip
    response = redirect(reverse(f"lobby:{kind}", args=[code]))
    response.set_cookie(
        access.cookie_name(device.kind), services.device_token(device), max_age=COOKIE_SECONDS,
        path="/lobby/", secure=settings.HTTPS, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


@allows(people.has_duty(Duty.LOBBY))
@never_cache
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """The screens of my branch, what has no paper yet, and what was printed last."""
    branch = people.actor_from(request).branch or 0
    found = services.devices_of(branch)
    names = {one.id: one.name for one in found}
    seen, slips = set[UUID](), []
    for one in services.slips_of(branch):
        slips.append((one, names.get(one.device, ""), one.ticket not in seen))
        seen.add(one.ticket)
    tries = services.next_tries(branch)
    context = {
        "place": org.branch(branch), "devices": found, "slips": slips,
        "printers": [one for one in found if one.printer], "branch": branch,
        "unprinted": [
            (one, names.get(one.device, ""), tries.get(one.id)) for one in services.unprinted_of(branch)
        ],
    }  # fmt: skip
    name = "lobby/parts/slips.html" if is_fragment(request) else "lobby/devices.html"
    return render(request, name, context)


@allows(people.has_duty(Duty.LOBBY))
@require_POST
def end(request: HttpRequest, device: int) -> HttpResponse:
    """A screen that was lost, moved or replaced."""
    services.end_device(device=device, by=people.actor_from(request))
    return redirect(reverse("lobby:devices"))


@allows(people.has_duty(Duty.LOBBY))
@require_POST
def try_again(request: HttpRequest) -> HttpResponse:
    """Print every number that has no paper for sure, at one printer or where it was asked for."""
    by = people.actor_from(request)
    services.try_slips_again(branch=by.branch or 0, origin=origin_of(request), by=by, device=_device(request))
    return redirect(reverse("lobby:devices"))


def _device(request: HttpRequest) -> int | None:
    chosen = request.POST.get("device", "")
    return int(chosen) if chosen.isdecimal() else None


@allows(people.has_duty(Duty.LOBBY))
@require_POST
def reprint(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Print a number once more, marked as a copy."""
    by = people.actor_from(request)
    found = services.ticket(ticket, by=by)
    services.print_slip(
        ticket=found, device=_device(request) or 0, origin=origin_of(request), by=by, again=True
    )
    return redirect(reverse("lobby:devices"))
