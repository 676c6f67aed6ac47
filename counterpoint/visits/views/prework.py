"""Before the counter: the lobby's list, the pass for the customer's phone, and the page that it opens."""

from __future__ import annotations

import io
from collections.abc import Callable, Container
from typing import Any
from uuid import UUID

import qrcode
import qrcode.image.svg
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.customers import services as customers
from counterpoint.customers.data import Purpose, QueryTooShort
from counterpoint.kit.access import allows, anybody
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.lobby import services as line
from counterpoint.lobby.data import TicketView
from counterpoint.people import services as people
from counterpoint.visits import access, pages, services
from counterpoint.visits.data import DraftSource, VisitState
from counterpoint.visits.forms.prework import PREWORK, PreworkForm
from counterpoint.visits.forms.visits import OpenForm
from counterpoint.visits.phone import forms_for
from counterpoint.visits.views.answers import changed

#: What is waiting fits a screen or two; a branch with more has a queue and no list.
WAITING = 60
HITS = 6
#: Whoever has the address has the pass, so no other place hears of it. Without any referrer at all the
#: browser would hide from our own form where it comes from, and the form would be refused.
PRIVATE = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow"}


def lobby_context(request: HttpRequest) -> dict[str, Any]:
    """Who waits, is parked or on the way to somebody, in the order of arrival; and who is served."""
    branch = people.actor_from(request).branch or 0
    found = pages.lines(services.open_visits(branch)[: 2 * WAITING])
    waiting = [one for one in found if one.visit.state is not VisitState.SERVING]
    drafts = {one.visit.id: services.drafts_of(one.visit.id) for one in waiting[:WAITING]}
    return {
        "branch": branch,
        "cards": [
            (one, [pages.draft_line(draft) for draft in drafts[one.visit.id]]) for one in waiting[:WAITING]
        ],
        "unprepared": _unprepared(branch, {one.visit.ticket for one in found}),
        "served": [one for one in found if one.visit.state is VisitState.SERVING],
        "desks": pages.desk_numbers(branch), "more": len(waiting) > WAITING,
    }  # fmt: skip


def _unprepared(branch: int, known: set[UUID | None]) -> list[TicketView]:
    """Numbers of the line for which nothing is prepared yet."""
    _total, heads = line.heads(branch, limit=WAITING)
    return [one for one in heads if one.key not in known]


@allows(access.arranges_visits)
@require_POST
def prepare(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Begin to prepare for a number of the line; what is filled in waits at the desk that calls it."""
    services.visit_of_ticket(ticket=ticket, by=people.actor_from(request))
    return changed(request, to=reverse("visits:lobby"))


@allows(access.arranges_visits)
@require_http_methods(["GET", "POST"])
def lobby(request: HttpRequest) -> HttpResponse:
    """The lobby, live; POST opens a visit."""
    if request.method == "POST":
        typed, by = read(OpenForm(request.POST)), people.actor_from(request)
        services.open_in_lobby(party=typed["party"], reason=typed["reason"], by=by)
        return changed(request, to=reverse("visits:lobby"), dialog="new-visit-dialog")
    if is_fragment(request):
        return render(request, "visits/parts/lobby.html", lobby_context(request))
    return render(request, "visits/lobby.html", lobby_context(request) | {"form": OpenForm()})


@allows(access.touches_visits)
@sensitive_post_parameters("q")
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Customers whom the lobby may mean, to be chosen; posted, so that no log holds what was looked for."""
    query, by = request.POST.get("q", "").strip()[:60], people.actor_from(request)
    try:
        hits = customers.search(query=query, purpose=Purpose.COUNTER, by=by, limit=HITS) if query else []
    except QueryTooShort:
        hits = []
    return render(request, "visits/parts/found.html", {"query": query, "hits": hits})


@allows(access.touches_visits)
@require_http_methods(["GET", "POST"])
def pre_fill(request: HttpRequest, visit: int, operation: str = "") -> HttpResponse:
    """The lobby fills a draft for the customer; it stays a draft until a teller has confirmed it."""
    found, by = access.visit_here(request, visit), people.actor_from(request)
    operation = operation or request.GET.get("operation", "")
    sent = request.POST if request.method == "POST" else None
    form = PREWORK[operation][0](sent) if operation in PREWORK else None
    if request.method == "POST" and form is not None and form.is_valid():
        there = next((one for one in services.drafts_of(found.id) if one.operation == operation), None)
        services.save_draft(
            visit=found.id, operation=operation, fields=form.fields_typed(), by=by,
            version=there.version if there else None, source=DraftSource.LOBBY,
        )  # fmt: skip
        return changed(request, to=reverse("visits:lobby"), said=_("Filled in."), dialog="pre-fill-dialog")
    context = {"visit": found, "form": form, "operation": operation, "choices": _choices()}
    bad = form is not None and request.method == "POST"
    return render(request, "visits/parts/pre_fill_dialog.html", context, status=422 if bad else 200)


def _choices(codes: Container[str] = PREWORK) -> list[tuple[str, Any, str]]:
    return [(code, words, icon) for code, (_form, words, icon) in PREWORK.items() if code in codes]


@allows(access.touches_visits)
@require_POST
def issue(request: HttpRequest, visit: int) -> HttpResponse:
    """A pass for the customer's phone, shown once as a QR code; an earlier one is void from now on."""
    found = access.visit_here(request, visit)
    made, token = services.issue_pass(visit=found.id, by=people.actor_from(request))
    address = request.build_absolute_uri(reverse("visits:pre", args=[token]))
    context = {"visit": found, "pass": made, "token": token, "address": address}
    return render(request, "visits/parts/pass_dialog.html", context)


@allows(access.touches_visits)
@never_cache
@require_GET
def code(request: HttpRequest, token: str) -> HttpResponse:
    """The QR code of a pass, drawn here so that its address leaves the house by nobody else."""
    services.pass_of(token)
    address = request.build_absolute_uri(reverse("visits:pre", args=[token]))
    drawing = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, border=2)
    out = io.BytesIO()
    drawing.save(out)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml", headers=PRIVATE)


@allows(anybody)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def pre(request: HttpRequest, token: str) -> HttpResponse:
    """The customer's phone: choose, fill in, send. What was sent is not shown again to whoever comes."""
    here = reverse("visits:pre", args=[token])
    return _filled(request, here, lambda: {"pass": services.pass_of(token)}, services.pre_fill, token)


@allows(anybody)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def pre_number(request: HttpRequest, token: str) -> HttpResponse:
    """The same from the page of a number, for the forms of its service, while it stands in the line."""

    def known() -> dict[str, Any]:
        ticket = services.number_of(token)
        back = reverse("lobby:phone", args=[token])
        return {"number": ticket, "back": back, "choices": _choices(forms_for(ticket))}

    here = reverse("visits:pre_number", args=[token])
    return _filled(request, here, known, services.pre_fill_number, token)


def _filled(
    request: HttpRequest, here: str, known: Callable[[], dict[str, Any]], fill: Callable[..., Any], token: str
) -> HttpResponse:
    try:
        context = {"here": here, "choices": _choices()} | known()
        operation = request.POST.get("operation") or request.GET.get("operation", "")
        form: PreworkForm | None = None
        if operation in {code for code, _words, _icon in context["choices"]}:
            form = PREWORK[operation][0](request.POST if request.method == "POST" else None)
        if request.method == "POST" and form is not None and form.is_valid():
            fill(token=token, operation=operation, fields=form.fields_typed())
            return _private(redirect(f"{here}?sent=1"))
    except Refusal as refusal:
        return _private(render(request, "visits/pre_over.html", {"refusal": refusal}, status=refusal.status))
    context |= {
        "operation": operation, "form": form, "sent": request.GET.get("sent") == "1",
        "chosen": PREWORK[operation][1] if form is not None else "",
    }  # fmt: skip
    bad = form is not None and form.is_bound
    return _private(render(request, "visits/pre.html", context, status=422 if bad else 200))


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE.items():
        response.headers[name] = value
    return response
