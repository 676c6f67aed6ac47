"""Appointments 预约: the slots of a day with their places, made, cancelled, checked in; the calendar file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.lobby import services
from counterpoint.lobby.access import branch_here, runs_lobby
from counterpoint.lobby.data import AppointmentView, UnknownAppointment
from counterpoint.lobby.forms.appointments import AppointmentForm, CodeForm, DayForm
from counterpoint.lobby.invitation import invitation
from counterpoint.lobby.labels import APPOINTMENT_STATES
from counterpoint.lobby.views.answers import changed
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import services as vault

CASH = "cash"


def _context(request: HttpRequest) -> dict[str, Any]:
    branch, form = branch_here(request), DayForm(branch_here(request), request.GET)
    day, service = form.asked(clock.today())
    found, names = services.appointments_of(branch=branch, day=day), services.services_at(branch)
    parties = customers.parties_by_id(one.party for one in found if one.party is not None)
    lines = [
        {
            "one": one, "who": parties.get(one.party or 0), "state": APPOINTMENT_STATES[one.state],
            "service": names[one.service].name if one.service in names else one.service,
        }
        for one in found
    ]  # fmt: skip
    return {
        "branch": branch, "form": DayForm(branch, initial={"day": day, "service": service}), "day": day,
        "service": service, "lines": lines, "now": clock.now(),
        "slots": services.slots(branch=branch, service=service, day=day) if service else [],
        "before": _address(day - timedelta(days=1), service), "query": _address(day, service),
        "after": _address(day + timedelta(days=1), service), "make": AppointmentForm(initial={"group": 1}),
        "bookings": _bookings(branch, day) if service == CASH else [], "code_form": CodeForm(),
    }  # fmt: skip


def _address(day: date, service: str) -> str:
    return "?" + urlencode({"day": day.isoformat(), "service": service})


def _bookings(branch: int, day: date) -> list[dict[str, Any]]:
    """Large cash that the vault has promised for the day 大额现金预约."""
    return [
        {"id": one.id, "number": one.number, "name": customers.mask_name(one.name), "amount": one.amount,
         "currency": one.currency}
        for one in vault.bookings_of(branch=branch, day=day, open_only=True)
    ]  # fmt: skip


@allows(runs_lobby)
@require_http_methods(["GET", "POST"])
def appointments(request: HttpRequest) -> HttpResponse:
    """A day's appointments and slots, live; POST takes a place."""
    if request.method == "POST":
        typed, by = read(AppointmentForm(request.POST)), people.actor_from(request)
        made = services.make_appointment(branch=by.branch or 0, by=by, **typed)
        said = _("Appointment %(code)s is made.") % {"code": made.code}
        return changed(request, to=_home(made), said=said, dialog="make-dialog")
    part = "lobby/parts/appointments.html" if is_fragment(request) else "lobby/appointments.html"
    return render(request, part, _context(request))


def _home(made: AppointmentView) -> str:
    day = made.start.astimezone(clock.CHINA).date()
    return reverse("lobby:appointments") + _address(day, made.service)


def _here(request: HttpRequest, appointment: int) -> AppointmentView:
    found = services.appointment(appointment)
    if found.branch != branch_here(request):
        raise UnknownAppointment(_("There is no such appointment."))
    return found


@allows(runs_lobby)
@require_POST
def cancel(request: HttpRequest, appointment: int) -> HttpResponse:
    """Cancel; the place is free again."""
    ended = services.cancel_appointment(
        appointment=_here(request, appointment).id, by=people.actor_from(request)
    )
    return changed(
        request, to=_home(ended), said=_("Appointment %(code)s is cancelled.") % {"code": ended.code}
    )


@allows(runs_lobby)
@require_POST
def check_in(request: HttpRequest) -> HttpResponse:
    """The customer is here: a number that keeps the turn of the appointment."""
    typed = read(CodeForm(request.POST))
    taken = services.check_in(code=typed["code"], by=people.actor_from(request))
    said = _("Checked in: number %(label)s.") % {"label": taken.ticket.label}
    return changed(request, to=reverse("lobby:appointments"), said=said)


@allows(runs_lobby)
@require_GET
def calendar(request: HttpRequest, appointment: int) -> HttpResponse:
    """The calendar file of an appointment, to be sent to the customer."""
    found = _here(request, appointment)
    service = services.service_at(found.service, found.branch)
    content = invitation(found, service, org.branch(found.branch))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.ics"'
    return response
