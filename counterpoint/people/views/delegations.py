"""Delegations 转授权: my own, and for who administers staff those of a branch."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people import queries, queries_delegations
from counterpoint.people.access import has_duty, signed_in
from counterpoint.people.data import WHOLE_BANK, Duty
from counterpoint.people.forms_delegations import DelegationForm, form_for
from counterpoint.people.services import delegations, proving
from counterpoint.people.services.permission import holds
from counterpoint.people.services.presence import actor_from
from counterpoint.people.views.delegation_lines import lines
from counterpoint.people.views.paging import neighbours, page_of
from counterpoint.people.views.staff import person_page


def give(request: HttpRequest, giver: int, form: DelegationForm) -> None:
    """Authority is given away only by somebody who proves anew to be here."""
    proving.step_up(
        request=request,
        code=request.POST.get("code", "")[:12],
        password=request.POST.get("password", "")[:128],
        credential=request.POST.get("credential", "")[:20_000],
    )
    data = form.cleaned_data
    duty, branch = data["right"]
    delegations.delegate(
        giver=giver, receiver=data["receiver"], duty=duty, branch=branch, valid_from=data["valid_from"],
        valid_until=data["valid_until"], reason=data["reason"], by=actor_from(request),
    )  # fmt: skip
    messages.success(request, _("The duty is delegated."))


@allows(signed_in)
@sensitive_post_parameters("code", "password", "credential")
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What I delegated and what was delegated to me; a POST delegates one of my duties."""
    me, refusal = actor_from(request).id, None
    form = form_for(me, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            give(request, me, form)
        except Refusal as found:
            refusal = found
        else:
            return redirect("people:delegations")
    page = page_of(request)
    rows, more = queries_delegations.given_or_received(me, page=page)
    context = {
        "lines": lines(rows), "form": form, "refusal": refusal, "me": me,
        "ending": "people:delegation_ending", **neighbours(page, more=more),
    }  # fmt: skip
    template = "delegation_list" if is_fragment(request) and request.method == "GET" else "delegations"
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, f"people/{template}.html", context, status=status)


@allows(signed_in)
@require_POST
def ending(request: HttpRequest, delegation: int) -> HttpResponse:
    """End a delegation that I gave or received."""
    delegations.end_delegation(delegation=delegation, by=actor_from(request))
    messages.success(request, _("The delegation has ended."))
    return redirect("people:delegations")


administers = has_duty(Duty.PEOPLE_ADMIN)


@allows(administers)
@require_GET
def everybodys(request: HttpRequest) -> HttpResponse:
    """All delegations at the branch; who administers the whole bank sees every branch."""
    who, page = actor_from(request), page_of(request)
    whole = holds(person=who.id, duty=Duty.PEOPLE_ADMIN, branch=WHOLE_BANK)
    rows, more = queries_delegations.delegations_at(None if whole else who.branch or 0, page=page)
    context = {
        "lines": lines(rows),
        "ending": "people:staff_delegation_ending",
        **neighbours(page, more=more),
    }
    return render(request, "people/staff_delegations.html", context)


@allows(administers)
@require_POST
def staff_ending(request: HttpRequest, delegation: int) -> HttpResponse:
    """End somebody else's delegation."""
    delegations.end_delegation(delegation=delegation, by=actor_from(request))
    messages.success(request, _("The delegation has ended."))
    return redirect("people:staff_delegations")


@allows(administers)
@sensitive_post_parameters("code", "password", "credential")
@require_POST
def for_somebody(request: HttpRequest, person: int) -> HttpResponse:
    """Delegate a duty of somebody who cannot do it themselves."""
    queries.staff(person)
    form = form_for(person, request.POST)
    if not form.is_valid():
        return person_page(request, person, status=422, delegation_form=form)
    try:
        give(request, person, form)
    except Refusal as refusal:
        return person_page(request, person, status=refusal.status, refusal=refusal, delegation_form=form)
    return redirect("people:staff_page", person)
