"""Complaints: the list, registering one, one complaint and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.customers import services as customers
from counterpoint.feedback import access, pages, pages_complaints, services
from counterpoint.feedback.data_complaints import (
    Channel,
    ComplaintElsewhere,
    ComplaintMalformed,
    ComplaintState,
    Finding,
    Stage,
    UnknownComplaint,
)
from counterpoint.feedback.forms.complaints import AnswerForm, CauseForm, ComplaintForm, ConcernedForm
from counterpoint.feedback.forms.items import ReasonForm, TextForm
from counterpoint.feedback.labels import COMPLAINT_STATES
from counterpoint.feedback.views.items import one_of
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.visits import services as visits

NOTED = gettext_lazy("Note of the investigation")


@allows(access.reports)
@require_GET
def complaints(request: HttpRequest) -> HttpResponse:
    """The complaints with which this person deals, or which they registered."""
    by, state = people.actor_from(request), one_of(request, "state", set(ComplaintState))
    page = pages.page_of(request)
    found = services.complaints(by=by, state=state, page=page)
    address, asked = reverse("feedback:complaints"), urlencode({"state": state})
    context = {
        "lines": pages_complaints.lines(found.lines, by), "state": state,
        "states": [(str(one), COMPLAINT_STATES[one].words) for one in ComplaintState],
        "tabs": pages.tabs(request, "complaints"), "signals": f"complaints complaints:{by.branch or 0}",
        "address": f"{address}?{asked}&page={page}",
        "next": f"{address}?{asked}&page={page + 1}" if found.more else "",
        "previous": f"{address}?{asked}&page={page - 1}" if page > 1 else "",
    }  # fmt: skip
    part = "parts/complaints" if is_fragment(request) else "complaints"
    return render(request, f"feedback/{part}.html", context)


@allows(access.registers)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a customer's complaint."""
    if request.method == "GET":
        served = visits.visit_served(request)
        party = customers.party(served.party).number if served and served.party else ""
        form = ComplaintForm(label_suffix="", initial={"received": clock.today(), "party": party})
        return render(request, "feedback/register.html", {"form": form})
    form, by = ComplaintForm(request.POST, label_suffix=""), people.actor_from(request)
    try:
        typed = read(form)
        made = services.register_complaint(
            channel=Channel(typed["channel"]), text=typed["text"], party=typed["party"],
            operation=typed["operation"], concerned=typed["concerned"], received=typed["received"], by=by,
        )  # fmt: skip
    except Refusal as refusal:
        context = {"form": form, "refusal": None if form.errors else refusal}
        return render(request, "feedback/register.html", context, status=refusal.status)
    messages.success(request, _("%(name)s is registered.") % {"name": f"K{made:05d}"})
    return _to(request, made)


def _to(request: HttpRequest, complaint: int) -> HttpResponse:
    """To the complaint; or to the list for whom it turns out to concern."""
    try:
        access.complaint_for(request, complaint)
    except UnknownComplaint:
        return redirect("feedback:complaints")
    return redirect("feedback:complaint", complaint=complaint)


@allows(access.reports)
@require_GET
def complaint(request: HttpRequest, complaint: int) -> HttpResponse:
    """One complaint; a signal fetches what stands of it."""
    found = access.complaint_for(request, complaint)
    part = "parts/complaint_standing" if is_fragment(request) else "complaint"
    context = pages_complaints.complaint(request, found, NOTED)
    return render(request, f"feedback/{part}.html", context)


def _take(id: int, data: Any, by: Actor) -> None:
    services.take_complaint(complaint=id, by=by)


def _note(id: int, data: Any, by: Actor) -> None:
    services.note_complaint(complaint=id, text=read(TextForm(data))["text"], by=by)


def _name(id: int, data: Any, by: Actor) -> None:
    number = read(ConcernedForm(data))["number"]
    person = people.person_by_number(number)
    if person is None:
        raise ComplaintMalformed(_("There is nobody with the number %(n)s.") % {"n": number}, field="number")
    services.name_concerned(complaint=id, person=person.id, by=by)


def _extend(id: int, data: Any, by: Actor) -> None:
    stage = Stage.SPECIAL if data.get("stage") == Stage.SPECIAL else Stage.COMPLEX
    services.extend_complaint(complaint=id, stage=stage, reason=read(ReasonForm(data))["reason"], by=by)


def _answer(id: int, data: Any, by: Actor) -> None:
    typed = read(AnswerForm(data))
    services.answer_complaint(complaint=id, finding=Finding(typed["finding"]), text=typed["text"], by=by)


def _close(id: int, data: Any, by: Actor) -> None:
    services.close_complaint(complaint=id, cause=read(CauseForm(data))["cause"], by=by)


def _withdraw(id: int, data: Any, by: Actor) -> None:
    services.withdraw_complaint(complaint=id, note=read(ReasonForm(data))["reason"], by=by)


ACTS: dict[str, tuple[Callable[[int, Any, Actor], None], Any]] = {
    "taking": (_take, gettext_lazy("The complaint is yours.")),
    "note": (_note, gettext_lazy("The note is kept.")),
    "concerned": (_name, gettext_lazy("This person has no part in it from now on.")),
    "extension": (_extend, gettext_lazy("The clock is extended.")),
    "answer": (_answer, gettext_lazy("The answer is kept; hand it to the customer in writing.")),
    "closure": (_close, gettext_lazy("The complaint is closed.")),
    "withdrawal": (_withdraw, gettext_lazy("The complaint has ended.")),
}


#: Where on the page the form of an act stands.
FORMS = {
    "note": "note_form", "concerned": "concerned_form", "extension": "extend_form", "answer": "answer_form",
    "closure": "close_form", "withdrawal": "withdraw_form",
}  # fmt: skip


@allows(access.reports)
@require_POST
def act(request: HttpRequest, complaint: int, what: str) -> HttpResponse:
    """Do something with a complaint; a refusal is shown on its page, beside what was typed."""
    if what not in ACTS:
        raise ComplaintElsewhere(_("There is no such act."))
    run, said = ACTS[what]
    found = access.complaint_for(request, complaint)
    try:
        run(found.id, request.POST, people.actor_from(request))
    except Refusal as refusal:
        now = access.complaint_for(request, complaint)
        context = pages_complaints.complaint(request, now, NOTED, refusal)
        pages.keep_typed(context, FORMS.get(what, ""), request.POST)
        return render(request, "feedback/complaint.html", context, status=refusal.status)
    messages.success(request, said)
    return _to(request, complaint)
