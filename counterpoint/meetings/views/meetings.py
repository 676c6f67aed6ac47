"""Calling a meeting, its page, its big screen, changing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.meetings import access, pages, services
from counterpoint.meetings.data import Meeting
from counterpoint.meetings.forms import ChangeForm, PlanForm, initial
from counterpoint.people import services as people


def _form_page(
    request: HttpRequest, form: PlanForm, refusal: Refusal | None = None, found: Meeting | None = None
) -> HttpResponse:
    context = {"form": form, "refusal": None if form.errors else refusal, "meeting": found}
    return render(request, "meetings/plan.html", context, status=refusal.status if refusal else 200)


@allows(access.meets)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Call a meeting, or a series of them."""
    if request.method == "GET":
        given: dict[str, Any] = {
            "kind": "other", "repeat": "once", "day": clock.today(), "minutes": 30, "working_days": True,
        }  # fmt: skip
        return _form_page(request, PlanForm(initial=given))
    form, by = PlanForm(request.POST), people.actor_from(request)
    try:
        read(form)
        services.call(plan=form.plan(), by=by)
    except Refusal as refusal:
        return _form_page(request, form, refusal)
    messages.success(request, _("The meeting is called; its people are invited."))
    return redirect(f"{reverse('meetings:week')}?day={form.plan().start:%Y-%m-%d}")


@allows(access.meets)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, meeting: int) -> HttpResponse:
    """Change a meeting: it alone, or it and all that follow."""
    found, by = access.meeting_for(request, meeting), people.actor_from(request)
    if request.method == "GET":
        plan = services.plan_of(found)
        numbers = (
            [one.number for one in people.staff_of(people=plan.audience.people)]
            if plan.audience.people
            else []
        )
        return _form_page(request, ChangeForm(initial=initial(plan, numbers)), found=found)
    form = ChangeForm(request.POST)
    try:
        typed = read(form)
        plan = form.plan()
        if typed["scope"] == "following":
            services.change_following(meeting=found.id, plan=plan, by=by)
        else:
            services.move(
                meeting=found.id, start=plan.start, minutes=plan.minutes, place=plan.place,
                note=typed["note"], by=by,
            )  # fmt: skip
    except Refusal as refusal:
        return _form_page(request, form, refusal, found)
    messages.success(request, _("It is changed; its people are told."))
    return redirect(f"{reverse('meetings:week')}?day={plan.start:%Y-%m-%d}")


@allows(access.meets)
@require_GET
def meeting(request: HttpRequest, meeting: int) -> HttpResponse:
    """A meeting with its record; a signal fetches the record again."""
    found = access.meeting_for(request, meeting)
    if is_fragment(request):
        part = "attendance" if request.GET.get("part") == "attendance" else "record"
        return render(request, f"meetings/parts/{part}.html", pages.record(request, found))
    return render(request, "meetings/meeting.html", pages.meeting(request, found))


@allows(access.meets)
@require_GET
def screen(request: HttpRequest, meeting: int) -> HttpResponse:
    """A meeting on the wall: one item at a time, the minutes beside it."""
    found = access.meeting_for(request, meeting)
    if is_fragment(request):
        return render(request, "meetings/parts/stage.html", pages.record(request, found))
    return render(request, "meetings/screen.html", pages.meeting(request, found))
