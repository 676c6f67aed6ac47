"""One number on the lobby tablet: everything about it, and the steps that the lobby may take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.forms import read
from counterpoint.lobby import services
from counterpoint.lobby.access import runs_lobby
from counterpoint.lobby.data import TicketState
from counterpoint.lobby.floor_pages import card
from counterpoint.lobby.forms.floor import MoveForm, NoteForm, VoidForm
from counterpoint.lobby.labels import TICKET_STATES
from counterpoint.lobby.views.answers import changed
from counterpoint.org import services as org
from counterpoint.people import services as people

TEMPLATE = "lobby/parts/ticket_dialog.html"


def _done(request: HttpRequest, said: str = "", dialog: str = "ticket-dialog") -> HttpResponse:
    return changed(request, to=reverse("lobby:floor"), said=said, dialog=dialog)


@allows(runs_lobby)
@require_GET
def ticket(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Everything about a number: why it is or is not next, its times, what may be done."""
    return render(request, TEMPLATE, _context(request, ticket))


def _context(request: HttpRequest, ticket: UUID) -> dict[str, Any]:
    by = people.actor_from(request)
    found = services.ticket(ticket, by=by)
    made, numbers = card(found), {desk.id: desk.number for desk in org.desks(found.branch)}
    periods = [
        (TICKET_STATES[one.state], one.start, numbers.get(one.desk or 0, ""), one.note)
        for one in services.history_of(ticket, by=by)
    ]
    initial = {
        "priority": found.priority, "priority_reason": found.priority_reason, "group": found.group,
        "papers_missing": list(found.papers_missing),
    }  # fmt: skip
    return {
        "card": made, "ticket": found, "periods": periods, "why": services.explain(ticket=ticket, by=by),
        "note_form": NoteForm(initial=initial), "void_form": VoidForm(),
        "move_form": MoveForm(found.branch, initial={"service": found.service}),
        "prework": services.service_at(found.service, found.branch).prework,
    }  # fmt: skip


@allows(runs_lobby)
@require_POST
def note(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Priority with its reason, the group, papers missing."""
    typed = read(NoteForm(request.POST))
    services.describe_ticket(ticket=ticket, by=people.actor_from(request), **typed)
    return _done(request)


@allows(runs_lobby)
@require_POST
def move(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Another service; the arrival stays."""
    by = people.actor_from(request)
    typed = read(MoveForm(by.branch or 0, request.POST))
    services.transfer_ticket(ticket=ticket, by=by, **typed)
    return _done(request)


@allows(runs_lobby)
@require_POST
def leave(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """The customer has left."""
    found = services.leave_line(ticket=ticket, by=people.actor_from(request))
    return _done(request, _("%(label)s has left.") % {"label": found.label})


@allows(runs_lobby)
@require_POST
def void(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """The number is void, for a reason."""
    typed = read(VoidForm(request.POST))
    found = services.void_ticket(ticket=ticket, by=people.actor_from(request), **typed)
    return _done(request, _("%(label)s is void.") % {"label": found.label})


@allows(runs_lobby)
@require_POST
def back(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Somebody who did not come, or had left, is back: the old place within the grace."""
    by = people.actor_from(request)
    found = services.ticket(ticket, by=by)
    if found.state is TicketState.NO_SHOW:
        services.come_back(ticket=ticket, by=by)
    else:
        services.reopen_ticket(ticket=ticket, reason=_("The customer is back."), by=by)
    return _done(request, _("%(label)s is back in the line.") % {"label": found.label})


@allows(runs_lobby)
@require_http_methods(["POST"])
def prework(request: HttpRequest, ticket: UUID) -> HttpResponse:
    """Forms are filled in now, or are done: then less time is expected at the desk."""
    by = people.actor_from(request)
    found = services.ticket(ticket, by=by)
    if found.state is TicketState.PREWORK:
        operations = services.service_at(found.service, found.branch).prework
        services.finish_prework(ticket=ticket, operations=operations, by=by)
    else:
        services.begin_prework(ticket=ticket, by=by)
    return _done(request)
