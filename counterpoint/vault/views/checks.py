"""Surprise checks: the list with what is due, one with its steps, the report as a paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import NotFound, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty, PersonView
from counterpoint.vault import access, services
from counterpoint.vault.data_cash import CheckState
from counterpoint.vault.data_counts import CashCountView, CheckView, UnknownCheck
from counterpoint.vault.forms_differences import PlanForm
from counterpoint.vault.labels_counts import CHECK_STATES
from counterpoint.vault.papers_counts import check_paper
from counterpoint.vault.services.checks import PLANNERS
from counterpoint.vault.services.counts import COUNTERS, binding_on
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.counting import bound, grid, typed_from
from counterpoint.vault.views.damaged import cursor, paper
from counterpoint.vault.views.signing import prove

PAGE = 50
OPEN = (CheckState.PLANNED, CheckState.STARTED)


def _inspectors(branch: int) -> list[PersonView]:
    found: dict[int, PersonView] = {}
    for duty in COUNTERS:
        found |= {one.id: one for one in people.people_with(duty=duty, branch=branch)}
    return sorted(found.values(), key=lambda one: one.number)


def _may_plan(request: HttpRequest) -> bool:
    by = people.actor_from(request)
    return any(people.may(person=by.id, duty=duty, branch=by.branch or 0) for duty in PLANNERS)


def _form(request: HttpRequest, data: Any = None) -> PlanForm:
    branch = people.actor_from(request).branch or 0
    named = _inspectors(branch)
    two = dict(zip(("inspector", "witness"), (one.id for one in named), strict=False))
    return PlanForm(
        data, boxes=services.boxes_of(branch=branch), people=named,
        initial={"day": org.business_day(branch).date, **two},
    )  # fmt: skip


def list_context(
    request: HttpRequest, form: PlanForm | None = None, refusal: Refusal | None = None
) -> dict[str, Any]:
    by = people.actor_from(request)
    branch = by.branch or 0
    found = services.checks_of(branch=branch, viewer=by.id, before=cursor(request))
    plans = _may_plan(request)
    lines = [
        {
            "check": one, "state": CHECK_STATES[one.state][0], "meaning": CHECK_STATES[one.state][1],
            "inspector": people.person(one.inspector).name, "witness": people.person(one.witness).name,
            "mine": by.id in (one.inspector, one.witness) and one.state in OPEN,
        }
        for one in found
    ]  # fmt: skip
    day = org.business_day(branch).date
    older = f"{reverse('vault:checks')}?before={found[-1].id}" if len(found) == PAGE else ""
    return {
        "lines": lines, "older": older, "plans": plans, "refusal": refusal,
        "form": (form or _form(request)) if plans else None,
        "overdue": services.overdue_boxes(branch=branch, date=day) if plans else [],
    }  # fmt: skip


@allows(access.sees)
@require_http_methods(["GET", "POST"])
def checks(request: HttpRequest) -> HttpResponse:
    """The list; who may, plans one here, of a named box or of one drawn by lot."""
    if request.method != "POST":
        return render(request, "vault/checks.html", list_context(request))
    form, by, refusal = _form(request, request.POST), people.actor_from(request), None
    if form.is_valid():
        given = dict(form.cleaned_data)
        box = given.pop("box")
        try:
            made = (
                services.draw_check(branch=by.branch or 0, by=by, **given) if box is None
                else services.plan_check(box=box, by=by, **given)
            )  # fmt: skip
        except Refusal as caught:
            refusal = caught
        else:
            messages.success(request, _("Check %(number)s is planned.") % {"number": made.number})
            return go(request, "vault:checks")
    context = list_context(request, form, refusal)
    template = "vault/parts/checks.html" if is_fragment(request) else "vault/checks.html"
    return render(request, template, context, status=refusal.status if refusal else 422)


def _seen(request: HttpRequest, id: int) -> CheckView:
    by = people.actor_from(request)
    found = services.surprise_check(id, viewer=by.id)
    if found.branch != by.branch:
        raise UnknownCheck(_("There is no such check."), check=id)
    return found


def _unsettled(result: CashCountView) -> bool:
    return not result.agrees and services.settlement_of(result) is None


def page_context(request: HttpRequest, one: CheckView, refusal: Refusal | None = None) -> dict[str, Any]:
    by, box = people.actor_from(request), services.box(one.box)
    named = by.id in (one.inspector, one.witness)
    words, meaning = CHECK_STATES[one.state]
    result = services.cash_count(one.count) if one.count else None
    other = one.witness if by.id == one.inspector else one.inspector
    context: dict[str, Any] = {
        "check": one, "state": words, "meaning": meaning, "refusal": refusal, "box": box,
        "inspector": people.person(one.inspector), "witness": people.person(one.witness),
        "planner": people.person(one.planner), "other": people.person(other),
        "custodian": people.person(box.custodian) if box.custodian else None,
        "starts": named and one.state is CheckState.PLANNED,
        "counts": named and one.state is CheckState.STARTED,
        "cancels": one.state in OPEN and (named or _may_plan(request)),
        "result": result, "frozen": result is not None and _unsettled(result),
        "remarks": request.POST.get("remarks", ""),
    }  # fmt: skip
    if context["counts"]:
        day = org.business_day(one.branch).date
        faces, binding = services.countable_faces(box=box, at=day), binding_on(day)
        wrong = str(refusal.details.get("field", "")) if refusal else ""
        context |= {
            "rows": grid(box, faces, binding, typed_from(request.POST, faces), wrong),
            "bound": bound(binding), "currency": box.currency,
        }  # fmt: skip
    return context


def _page(request: HttpRequest, one: CheckView, refusal: Refusal | None = None) -> HttpResponse:
    template = "vault/parts/check.html" if is_fragment(request) else "vault/check.html"
    status = refusal.status if refusal else 200
    return render(request, template, page_context(request, one, refusal), status=status)


@allows(access.sees)
@require_GET
def check(request: HttpRequest, check: int) -> HttpResponse:
    """One check with its next step."""
    return _page(request, _seen(request, check))


@allows(access.sees)
@require_POST
def check_start(request: HttpRequest, check: int) -> HttpResponse:
    """Freeze the box and begin."""
    one = _seen(request, check)
    try:
        services.start_check(check=check, by=people.actor_from(request))
    except Refusal as refusal:
        return _page(request, one, refusal)
    return go(request, "vault:check", check)


@allows(access.sees)
@sensitive_post_parameters("second_password", "custodian_password")
@require_POST
def check_finish(request: HttpRequest, check: int) -> HttpResponse:
    """The count of the two is the result; the custodian signs that he watched."""
    one, by = _seen(request, check), people.actor_from(request)
    box = services.box(one.box)
    try:
        faces = services.countable_faces(box=box, at=org.business_day(one.branch).date)
        witness = prove(request, duties=COUNTERS, branch=one.branch)
        custodian = prove(request, duties=(Duty.CASH,), branch=one.branch, prefix="custodian")
        done = services.finish_check(
            check=check, typed=typed_from(request.POST, faces), by=by, witness=witness or by,
            custodian=custodian, remarks=request.POST.get("remarks", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, one, refusal)
    messages.success(request, _("The check is finished."))
    return go(request, "vault:count", done.count) if done.count else go(request, "vault:check", check)


@allows(access.sees)
@require_POST
def check_cancel(request: HttpRequest, check: int) -> HttpResponse:
    """Give it up, with a reason."""
    one = _seen(request, check)
    try:
        services.cancel_check(
            check=check, reason=request.POST.get("reason", ""), by=people.actor_from(request)
        )
    except Refusal as refusal:
        return _page(request, one, refusal)
    return go(request, "vault:checks")


@allows(access.sees)
@require_GET
def check_report(request: HttpRequest, check: int) -> HttpResponse:
    """The report 查库报告 of a finished check."""
    one = _seen(request, check)
    if one.count is None:
        raise NotFound(_("There is no such paper."))
    count = services.cash_count(one.count)
    return paper(org.paper_pdf(check_paper(one, count), count.date), one.number)
