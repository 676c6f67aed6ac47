"""Help: the one-key call, and what the helper sees of the asker's screen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import access, pages, services
from counterpoint.visits.data import HelpState, HelpView
from counterpoint.visits.forms.visits import CallForm
from counterpoint.visits.operations import operation_words
from counterpoint.visits.views.answers import changed


@allows(access.serves_customers)
@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """Call for help with the present screen as its context."""
    typed, by = read(CallForm(request.POST)), people.actor_from(request)
    duty = operation_words(typed["operation"]).duty if typed["operation"] else ""
    mine = services.current_visit(by.id)
    made = services.call_help(
        page=typed["page"], operation=typed["operation"], words=typed["words"], by=by,
        visit=mine.id if mine and mine.branch == by.branch else None, duty=Duty(duty) if duty else None,
    )  # fmt: skip
    return changed(request, to=reverse("visits:help", args=[made.id]))


@allows(access.sees_visits)
@require_POST
def join(request: HttpRequest, call: int) -> HttpResponse:
    """Come to help: look on, and change nothing."""
    services.join(call=access.help_here(request, call).id, by=people.actor_from(request))
    return changed(request, to=reverse("visits:help", args=[call]))


@allows(access.serves_customers)
@require_POST
def take_over(request: HttpRequest, call: int) -> HttpResponse:
    """Serve the asker's customer from now on: at one's own desk, or standing at the asker's."""
    by = people.actor_from(request)
    found = services.take_over(call=call, by=by, at_askers_desk=by.desk is None)
    to = "/" if by.desk else reverse("visits:visit", args=[found.id])
    return changed(request, to=to, said=_("You serve this visit now."))


@allows(access.sees_visits)
@require_POST
def end(request: HttpRequest, call: int) -> HttpResponse:
    """It is done; how long the asker waited is said."""
    found = services.end_help(call=access.help_here(request, call).id, by=people.actor_from(request))
    return changed(request, to=reverse("visits:inbox"), said=_took(found))


def _took(found: HelpView) -> str:
    if found.joined is None:
        return _("Help ended.")
    seconds = max(0, int((found.joined - found.at).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    return _("Help ended. It took %(time)s until somebody came.") % {"time": f"{minutes}:{rest:02d}"}


@allows(access.serves_customers)
@require_POST
def withdraw(request: HttpRequest, call: int) -> HttpResponse:
    """Nobody is needed any more."""
    services.withdraw_help(call=call, by=people.actor_from(request))
    return changed(request, to="/")


def page_context(request: HttpRequest, found: HelpView) -> dict[str, Any]:
    """The asker's customer, masked, and the form as typed so far; only for who is in the call."""
    who, desks = people.actor_from(request), pages.desk_numbers(found.branch)
    inside = who.id in (found.asker, found.helper)
    context: dict[str, Any] = {
        "call": found, "me": who, "branch": found.branch, "inside": inside,
        "desk": desks.get(found.desk or 0, ""), "open": found.state in (HelpState.CALLED, HelpState.JOINED),
        "operation": operation_words(found.operation) if found.operation else None,
        "nearest": services.nearest(found.id)[:3] if found.state is HelpState.CALLED else [],
        "waited": int(((found.joined or clock.now()) - found.at).total_seconds()),
    }  # fmt: skip
    if found.visit is None or not inside:
        return context
    visit = services.visit(found.visit)
    mine = visit.serving is not None and visit.serving.person == who.id
    at = next((one.field for one in services.onlookers(visit.id) if one.person == found.asker), "")
    return context | pages.customer(request, visit) | {
        "visit": visit, "line": pages.lines([visit])[0], "mine": mine,
        "takes": found.helper == who.id and access.serves(request)
        and visit.serving is not None and visit.serving.person == found.asker,
        "drafts": [pages.draft_line(one, clear=mine, at=at) for one in services.drafts_of(visit.id)],
        "notes": services.notes_of(visit.id), "papers": pages.paper_lines(visit.id),
    }  # fmt: skip


@allows(access.sees_visits)
@require_GET
def help_page(request: HttpRequest, call: int) -> HttpResponse:
    """What the asker has on the screen, live."""
    found, by = access.help_here(request, call), people.actor_from(request)
    if not is_fragment(request) and found.visit and by.id == found.helper:
        visit = services.visit(found.visit)
        if visit.ended is None:
            services.look(visit=visit.id, by=by)
    template = "visits/parts/help.html" if is_fragment(request) else "visits/help.html"
    return render(request, template, page_context(request, found))
