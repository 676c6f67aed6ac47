"""Calling from the desk 叫号: the next customer, once more, not come, here; and the window itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from counterpoint.desk import column
from counterpoint.desk.access import at_the_counter
from counterpoint.desk.views import served
from counterpoint.kit.access import allows
from counterpoint.lobby import services as lobby
from counterpoint.people import services as people
from counterpoint.visits import services as visits


@require_POST
@allows(at_the_counter)
def call(request: HttpRequest) -> HttpResponse:
    """Call whoever is next."""
    called = visits.call_next(by=people.actor_from(request))
    return render(request, "desk/parts/visit.html", column.context(request) | {"why": called.why})


@require_POST
@allows(at_the_counter)
def begin(request: HttpRequest) -> HttpResponse:
    """The called customer stands at the desk."""
    visits.begin(by=people.actor_from(request))
    return served(request)


@require_POST
@allows(at_the_counter)
def recall(request: HttpRequest) -> HttpResponse:
    """Call the same number once more."""
    by = people.actor_from(request)
    lobby.recall(ticket=visits.called_here(by).key, by=by)
    return render(request, "desk/parts/visit.html", column.context(request))


@require_POST
@allows(at_the_counter)
def not_come(request: HttpRequest) -> HttpResponse:
    """Nobody came."""
    by = people.actor_from(request)
    lobby.no_show(ticket=visits.called_here(by).key, by=by)
    return render(request, "desk/parts/visit.html", column.context(request))


@require_http_methods(["POST", "DELETE"])
@allows(at_the_counter)
def window(request: HttpRequest) -> HttpResponse:
    """Open the window for everything that its teller may serve, or close it."""
    by = people.actor_from(request)
    desk = visits.desk_needed(by)
    if request.method == "DELETE":
        lobby.close_window(desk=desk, by=by)
    else:
        lobby.open_window(desk=desk, by=by)
    return render(request, "desk/parts/visit.html", column.context(request))
