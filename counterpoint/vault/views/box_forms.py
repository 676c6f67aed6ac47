"""Setting up a box, setting its limits, and writing down what was sorted out of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.data import BoxView
from counterpoint.vault.forms_boxes import (
    BoxForm,
    FaceGrid,
    LimitsForm,
    SortForm,
    limits_filled,
    sorted_filled,
)
from counterpoint.vault.labels import face_name
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.boxes import box_here


def _template(request: HttpRequest, name: str) -> str:
    return f"vault/parts/{name}.html" if is_fragment(request) else f"vault/{name}.html"


@allows(access.authorizes)
@require_http_methods(["GET", "POST"])
def box_new(request: HttpRequest) -> HttpResponse:
    """Set up a box of any kind."""
    by = people.actor_from(request)
    desks = [(str(desk.id), f"{desk.number} {desk.name}") for desk in org.desks(by.branch or 0)]
    form = BoxForm(request.POST if request.method == "POST" else None, desks=desks)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = services.make_box(branch=by.branch or 0, by=by, **form.asked())
                return go(request, "vault:box", made.id)
            except Refusal as found:
                refusal, status = found, found.status
    return render(request, _template(request, "box_new"), {"form": form, "refusal": refusal}, status=status)


def _grid(request: HttpRequest, name: str, box: BoxView, form: FaceGrid, **more: Any) -> HttpResponse:
    refusal = more.get("refusal")
    status = refusal.status if refusal else 422 if form.errors else 200
    context = {"box": box, "form": form, "rows": form.grid(), **more}
    return render(request, _template(request, name), context, status=status)


@allows(access.authorizes)
@require_http_methods(["GET", "POST"])
def box_limits(request: HttpRequest, box: int) -> HttpResponse:
    """How much the box should and may hold, in all and of each face."""
    view = box_here(request, box)
    filled = limits_filled(services.limit_of(view), view.currency)
    form = LimitsForm(request.POST if request.method == "POST" else None, box=view, initial=filled)
    if request.method == "GET" or not form.is_valid():
        return _grid(request, "box_limits", view, form)
    typed = form.cleaned_data
    try:
        services.set_limits(
            box=box, soft=typed["soft"] or 0, hard=typed["hard"] or 0, faces=form.faces(),
            by=people.actor_from(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _grid(request, "box_limits", view, form, refusal=refusal)
    services.note_breaches(branch=view.branch)
    messages.success(request, _("The limits of box %(box)s are set.") % {"box": view.number})
    return go(request, "vault:box", box)


@allows(access.handles_cash)
@require_http_methods(["GET", "POST"])
def box_sort(request: HttpRequest, box: int) -> HttpResponse:
    """What was sorted out of one's own box."""
    view = box_here(request, box)
    filled = sorted_filled(view.unfit, view.damaged)
    form = SortForm(request.POST if request.method == "POST" else None, box=view, initial=filled)
    old = services.old_series(at=org.business_day(view.branch).date) if view.currency == "CNY" else []
    more: dict[str, Any] = {"old": [face_name(face, view.currency) for face in old]}
    if request.method == "GET" or not form.is_valid():
        return _grid(request, "box_sort", view, form, **more)
    try:
        services.sort_notes(
            box=box, unfit=form.pieces("unfit"), damaged=form.pieces("damaged"),
            by=people.actor_from(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _grid(request, "box_sort", view, form, refusal=refusal, **more)
    messages.success(request, _("What was sorted out of box %(box)s is written down.") % {"box": view.number})
    return go(request, "vault:box", box)
