"""What a maker sees while a request waits: a part of the maker's own page, wherever that is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from counterpoint.approvals import access, labels, services
from counterpoint.approvals.data import MarkKind, Mode, RequestEnded, RequestView
from counterpoint.approvals.views import showing
from counterpoint.approvals.views.panel import end_line
from counterpoint.kit.access import allows
from counterpoint.people import services as people


def stamp(view: RequestView) -> str:
    """What of a request matters to the page around the panel."""
    return f"{view.state}.{len(view.approvals)}.{int(MarkKind.FELL_BACK in view.marks)}"


def context(request: HttpRequest, view: RequestView) -> dict[str, Any]:
    names = showing.people_of([view])
    site = Mode.SITE in view.requirement.modes
    return {
        "request_view": view, "title": view.title(showing.language()), "stamp": stamp(view),
        "claimer": names.get(view.claim.person, showing.NOBODY) if view.claim else None,
        "end": end_line(view.end, names), "by": people.actor_from(request), "site": site,
        "fell_back": MarkKind.FELL_BACK in view.marks, "people": view.requirement.people,
        "given": [names.get(one.approver, showing.NOBODY) for one in view.approvals],
        "needed": labels.still_needed(view) if view.open else "",
    } | (_outlook(view) if view.open else {})  # fmt: skip


def _outlook(view: RequestView) -> dict[str, Any]:
    found = services.outlook(view)
    return {"outlook": found, "expected": labels.seconds_words(found.seconds)}


def drawn(request: HttpRequest, view: RequestView) -> HttpResponse:
    """The panel; and word to the page around it when something has changed since it was drawn."""
    answer = render(request, "approvals/parts/waiting.html", context(request, view))
    seen = (request.POST or request.GET).get("seen", "")
    if seen and seen != stamp(view):
        detail = {"target": "body", "request": view.id, "state": str(view.state)}
        trigger_client_event(answer, "approval-changed", detail)
    return answer


@allows(access.signed_in)
@require_GET
def waiting(request: HttpRequest, id: int) -> HttpResponse:
    """How the request stands, for its maker."""
    return drawn(request, access.own(request, id))


@allows(access.signed_in)
@require_POST
def withdrawal(request: HttpRequest, id: int) -> HttpResponse:
    """Take it back 撤回. What was decided in the same moment stays decided, and is shown."""
    access.own(request, id)
    with suppress(RequestEnded):
        services.withdraw(request=id, by=people.actor_from(request))
    return drawn(request, services.request(id))
