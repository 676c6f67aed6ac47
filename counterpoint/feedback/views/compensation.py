"""Compensation of a complaint: its part of the page, proposing one, paying it, taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from counterpoint.feedback import access, pages, pages_compensation, pages_complaints, services
from counterpoint.feedback.data_compensation import CompensationMalformed, UnknownCompensation
from counterpoint.feedback.forms.items import ReasonForm
from counterpoint.feedback.views.complaints import NOTED
from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.forms import read
from counterpoint.people import services as people


@allows(access.reports)
@require_http_methods(["GET", "POST"])
def compensations(request: HttpRequest, complaint: int) -> HttpResponse:
    """The part of the page, again on a signal; or a new proposal."""
    found = access.complaint_for(request, complaint)
    if request.method == "POST":
        return _answer(request, complaint, _propose, gettext_lazy("It waits for approval."))
    context = pages_complaints.complaint(request, found, NOTED)
    return render(request, "feedback/parts/compensation.html", context)


def _propose(request: HttpRequest, complaint: int, by: Actor) -> None:
    form = pages_compensation.form(access.complaint_for(request, complaint), request.POST)
    if form is None:
        raise CompensationMalformed(_("The customer has no account for it."))
    typed = read(form)
    services.propose_compensation(
        complaint=complaint, amount=typed["amount"], account=typed["account"], reason=typed["reason"], by=by
    )


def _answer(
    request: HttpRequest, complaint: int, run: Callable[[HttpRequest, int, Actor], Any], said: Any
) -> HttpResponse:
    """Run it; a refusal is shown on the page, beside what was typed."""
    try:
        run(request, complaint, people.actor_from(request))
    except Refusal as refusal:
        now = access.complaint_for(request, complaint)
        context = pages_complaints.complaint(request, now, NOTED, refusal)
        pages.keep_typed(context, "compensation_form", request.POST)
        return render(request, "feedback/complaint.html", context, status=refusal.status)
    messages.success(request, said)
    return redirect("feedback:complaint", complaint=complaint)


@allows(access.reports)
@require_POST
def payment(request: HttpRequest, complaint: int, compensation: int) -> HttpResponse:
    """Pay what was approved."""

    def pay(request: HttpRequest, complaint: int, by: Actor) -> None:
        _check_of(complaint, compensation)
        services.pay_compensation(compensation=compensation, by=by)

    access.complaint_for(request, complaint)
    return _answer(request, complaint, pay, gettext_lazy("It is booked."))


@allows(access.reports)
@require_POST
def withdrawal(request: HttpRequest, complaint: int, compensation: int) -> HttpResponse:
    """Take a proposal back."""

    def withdraw(request: HttpRequest, complaint: int, by: Actor) -> None:
        _check_of(complaint, compensation)
        note = read(ReasonForm(request.POST))["reason"]
        services.withdraw_compensation(compensation=compensation, note=note, by=by)

    access.complaint_for(request, complaint)
    return _answer(request, complaint, withdraw, gettext_lazy("The proposal is withdrawn."))


@allows(access.reports)
@require_POST
def reversal(request: HttpRequest, complaint: int, compensation: int) -> HttpResponse:
    """Propose to take back what was paid."""

    def take_back(request: HttpRequest, complaint: int, by: Actor) -> None:
        _check_of(complaint, compensation)
        reason = read(ReasonForm(request.POST))["reason"]
        services.propose_taking_back(compensation=compensation, reason=reason, by=by)

    access.complaint_for(request, complaint)
    return _answer(request, complaint, take_back, gettext_lazy("It waits for approval."))


def _check_of(complaint: int, compensation: int) -> None:
    """A proposal is found under its own complaint alone."""
    if services.complaint_of_compensation(compensation) != complaint:
        raise UnknownCompensation(_("There is no such proposal."))
