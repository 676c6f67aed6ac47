"""A new case: what a visit goes on in, or what somebody noticed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from counterpoint.customers import services as customers
from counterpoint.customers.data import UnknownParty
from counterpoint.kit.access import allows
from counterpoint.kit.data import NotFound, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import access_cases as access
from counterpoint.visits import services
from counterpoint.visits.forms.cases import CaseForm
from counterpoint.visits.queries_cases import in_words


def _form(request: HttpRequest, data: Any = None, **more: Any) -> CaseForm:
    kinds = [(key, in_words(one.zh, one.en)) for key, one in services.kinds().items() if not one.task]
    teams = services.teams_of(branch=people.actor_from(request).branch or 0)
    return CaseForm(data, kinds=kinds, teams=teams, **more)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def initial(request: HttpRequest) -> dict[str, Any]:
    """What the page from which one comes knows already."""
    found: dict[str, Any] = {"idempotency_key": new_key(), "kind": request.GET.get("kind", "")[:40]}
    visit, party = (_whole(request.GET.get(name, "")) for name in ("visit", "party"))
    if visit is not None:
        found["visit"] = visit
        try:
            party = services.visit_here(visit, people.actor_from(request)).party or party
        except NotFound:
            del found["visit"]
    if party is not None and people.can(request, Duty.CUSTOMER_VIEW):
        with suppress(UnknownParty):
            found["customer"] = customers.party(party).number
    return found


@allows(access.uses_cases)
@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """The form, and opening."""
    template = "visits/cases/parts/new.html" if is_fragment(request) else "visits/cases/new.html"
    if request.method == "GET":
        return render(request, template, {"form": _form(request, initial=initial(request))})
    form, by = _form(request, request.POST), people.actor_from(request)
    if not form.is_valid():
        return render(request, template, {"form": form}, status=422)
    typed = form.cleaned_data
    try:
        made = services.open_case(
            kind=typed["kind"], branch=by.branch or 0, title=typed["title"], about=typed["about"],
            party=typed["customer"], team=typed["team"], visit=typed["visit"], key=typed["idempotency_key"],
            by=by,
        )  # fmt: skip
    except Refusal as refusal:
        return render(request, template, {"form": form, "refusal": refusal}, status=refusal.status)
    messages.success(request, _("The case %(number)s is opened.") % {"number": made.number})
    address = reverse("visits:case", args=[made.id])
    return HttpResponseClientRedirect(address) if is_fragment(request) else redirect(address)
