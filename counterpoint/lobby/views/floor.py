"""The lobby tablet 大堂平板: who waits as cards, the windows, the suggestion on top; one tap each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import retarget

from counterpoint.customers import services as customers
from counterpoint.customers.data import Purpose, QueryTooShort
from counterpoint.kit.access import allows
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.lobby import services
from counterpoint.lobby.access import branch_here, runs_lobby
from counterpoint.lobby.data import TicketChannel
from counterpoint.lobby.faces import code_image
from counterpoint.lobby.floor_pages import card, floor_context
from counterpoint.lobby.forms.floor import TakeForm, WindowForm
from counterpoint.lobby.views.answers import changed
from counterpoint.org import services as org
from counterpoint.people import services as people

HITS = 6


def _home() -> str:
    return reverse("lobby:floor")


@allows(runs_lobby)
@require_GET
def floor(request: HttpRequest) -> HttpResponse:
    """The lobby, live."""
    if is_fragment(request):
        return render(request, "lobby/parts/floor.html", floor_context(request))
    more = {"form": TakeForm(branch_here(request))}
    return render(request, "lobby/floor.html", floor_context(request) | more)


@allows(runs_lobby)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """A number for a customer; pressed twice, it is one number."""
    branch = branch_here(request)
    typed = read(TakeForm(branch, request.POST))
    taken = services.take_ticket(
        branch=branch, channel=TicketChannel.LOBBY, by=people.actor_from(request), **typed
    )
    made = card(taken.ticket)
    if not is_fragment(request):
        return changed(request, to=_home(), said=_("Number %(label)s.") % {"label": taken.ticket.label})
    address = request.build_absolute_uri(reverse("lobby:phone", args=[taken.token]))
    context = {"card": made, "address": address, "code": code_image(address)}
    response = changed(request, to=_home(), dialog="take-dialog")
    response.content = render(request, "lobby/parts/taken.html", context).content
    return retarget(response, "#floor-dialog")


@allows(runs_lobby)
@sensitive_post_parameters("q")
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Customers whom the lobby may mean; posted, so that no log holds what was looked for."""
    query, by = request.POST.get("q", "").strip()[:60], people.actor_from(request)
    try:
        hits = customers.search(query=query, purpose=Purpose.COUNTER, by=by, limit=HITS) if query else []
    except QueryTooShort:
        hits = []
    return render(request, "lobby/parts/floor_found.html", {"query": query, "hits": hits})


@allows(runs_lobby)
@require_http_methods(["GET", "POST"])
def window(request: HttpRequest, desk: int) -> HttpResponse:
    """Which services a window serves: opened, or given others at once; what is not possible says why."""
    view, by = org.desk(desk), people.actor_from(request)
    names = services.services_at(view.branch)
    choices = [(code, one.name) for code, one in names.items()]
    if request.method == "POST":
        typed = read(WindowForm(choices, request.POST))
        own = [code for code in typed["own"] if code in typed["services"]]
        services.open_window(desk=desk, services=typed["services"], own=own or None, by=by)
        said = _("Window %(number)s is open.") % {"number": view.number}
        return changed(request, to=_home(), said=said, dialog="window-dialog")
    if view.branch != by.branch:
        return render(request, "lobby/parts/floor_found.html", {}, status=404)
    return render(request, "lobby/parts/window_dialog.html", _window_context(desk))


def _window_context(desk: int) -> dict[str, Any]:
    view = org.desk(desk)
    now = next((one for one in services.windows_at(view.branch) if one.desk == desk), None)
    bars, names = services.could_serve(desk=desk), services.services_at(view.branch)
    serves = now.services if now else tuple(code for code, why in bars.items() if not why)
    own = now.primary if now else serves
    rows = [(one, bars.get(code, ""), code in serves, code in own) for code, one in names.items()]
    holder = people.names_of([view.holder]).get(view.holder or 0, "")
    return {"desk": view, "now": now, "rows": rows, "holder": holder}


@allows(runs_lobby)
@require_POST
def close(request: HttpRequest, desk: int) -> HttpResponse:
    """Close a window."""
    closed = services.close_window(desk=desk, by=people.actor_from(request))
    said = _("Window %(number)s is closed.") % {"number": closed.desk_number}
    return changed(request, to=_home(), said=said, dialog="window-dialog")


@allows(runs_lobby)
@require_POST
def accept(request: HttpRequest, suggestion: int) -> HttpResponse:
    """Do what was suggested."""
    done = services.accept_suggestion(suggestion=suggestion, by=people.actor_from(request))
    said = _("Window %(number)s is open.") % {"number": done.desk_number}
    return changed(request, to=_home(), said=said)


@allows(runs_lobby)
@require_POST
def decline(request: HttpRequest, suggestion: int) -> HttpResponse:
    """Not now."""
    services.decline_suggestion(suggestion=suggestion, by=people.actor_from(request))
    return changed(request, to=_home())
