"""The approval desk 授权台: the list left, the open request right, who is there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from counterpoint.approvals import access, services
from counterpoint.approvals.services.desk import QueueItem
from counterpoint.approvals.views import panel as panels
from counterpoint.approvals.views import showing
from counterpoint.kit.access import allows
from counterpoint.kit.data import AlreadyDone, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.people.data import Duty

#: The list draws no more; what follows comes up as it is decided.
MOST_LINES = 100


def opened(request: HttpRequest) -> int:
    """Which request the page has open; 0: none."""
    text = request.GET.get("open", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def signals(request: HttpRequest) -> list[str]:
    """The live channels of the requests that this person decides."""
    branch = people.actor_from(request).branch
    found = [f"approvals:{branch}"] if people.can(request, Duty.AUTHORIZE) else []
    return [*found, "approvals:remote"] if people.can(request, Duty.AUTHORIZE_REMOTE) else found


def queue_context(request: HttpRequest, items: list[QueueItem] | None = None) -> dict[str, Any]:
    """What waits, oldest first."""
    by = people.actor_from(request)
    items = services.queue(by=by) if items is None else items
    shown = items[:MOST_LINES]
    names, branches = showing.people_of(item.request for item in shown), showing.branch_names()
    return {
        "lines": [showing.line(item, by, names, branches) for item in shown],
        "more": len(items) - len(shown), "mine": sum(item.can for item in items), "open": opened(request),
        "signals": signals(request),
    }  # fmt: skip


def presence_context(request: HttpRequest) -> dict[str, Any]:
    """Who sits at my approval desk, with load and what each decided today."""
    by = people.actor_from(request)
    remote = people.can(request, Duty.AUTHORIZE_REMOTE)
    found = services.on_duty(branch=None if remote else by.branch)
    mine = next((one for one in found if one.person == by.id), None)
    others = [one for one in found if one.person != by.id]
    return {"mine_on_duty": mine, "others": others, "remote": remote, "signals": signals(request)}


def first(items: list[QueueItem], after: int = 0) -> QueueItem | None:
    """The oldest that I could take up behind this one, else the oldest of all."""
    able = [item for item in items if item.can and item.request.id != after]
    return next((item for item in able if item.request.id > after), able[0] if able else None)


@allows(access.decides)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The desk, with the request that the address names, or the oldest that I could take up."""
    items = services.queue(by=people.actor_from(request))
    context = queue_context(request, items) | presence_context(request)
    if context["open"]:
        view = access.readable(request, context["open"])
        context |= panels.panel_context(request, view)
    elif (item := first(items)) is not None:
        context |= panels.panel_context(request, item.request) | {"open": item.request.id}
    return render(request, "approvals/desk.html", context)


@allows(access.decides)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The list; with the request that opens by itself where the page has none open."""
    items = services.queue(by=people.actor_from(request))
    context = queue_context(request, items)
    if not context["open"] and (item := first(items)) is not None:
        context |= panels.panel_context(request, item.request) | {"open": item.request.id, "opens": True}
    return render(request, "approvals/parts/queue.html", context)


@allows(access.decides)
@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """The next request that I could take up; or that nothing waits."""
    item = first(services.queue(by=people.actor_from(request)), opened(request))
    if item is not None:
        return panels.panel(request, item.request)
    return render(request, "approvals/parts/nothing.html")


@allows(access.decides)
@require_http_methods(["GET", "POST", "DELETE"])
def presence(request: HttpRequest) -> HttpResponse:
    """Sit down at the approval desk 上岗, or leave it 离岗."""
    by, refusal = people.actor_from(request), None
    try:
        if request.method == "POST":
            services.enter_desk(by=by)
        elif request.method == "DELETE":
            services.leave_desk(by=by)
    except AlreadyDone:
        pass  # Another tab did it; what is drawn is how it stands.
    except Refusal as found:
        refusal = found
    if not is_fragment(request):
        return redirect("approvals:desk")
    context = presence_context(request) | {"refusal": refusal}
    return render(
        request, "approvals/parts/presence.html", context, status=refusal.status if refusal else 200
    )


@allows(access.decides)
@require_GET
def panel(request: HttpRequest, id: int) -> HttpResponse:
    """One request on the right side."""
    return panels.panel(request, access.readable(request, id))


@allows(access.decides)
@require_GET
def strip(request: HttpRequest, id: int) -> HttpResponse:
    """What changes of it."""
    return panels.strip(request, access.readable(request, id))
