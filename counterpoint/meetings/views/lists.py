"""The lists: my week, my actions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.meetings import access, pages, queries, services
from counterpoint.meetings.data import ActionState
from counterpoint.meetings.forms import HandForm, NoteForm, ReasonForm
from counterpoint.meetings.labels import ACTIONS
from counterpoint.people import services as people


@allows(access.meets)
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """The meetings of a week to which I am invited."""
    monday = pages.monday_of(request.GET.get("day", ""))
    context = pages.week(monday, people.actor_from(request)) | {
        "tabs": pages.tabs("week"), "signals": pages.signals(request),
        "address": f"{reverse('meetings:week')}?day={monday}",
    }  # fmt: skip
    part = "parts/week" if is_fragment(request) else "week"
    return render(request, f"meetings/{part}.html", context)


@allows(access.meets)
@require_GET
def actions(request: HttpRequest) -> HttpResponse:
    """What I have to do, and what was told me because it is late."""
    by, page = people.actor_from(request), pages.page_of(request)
    show = "all" if request.GET.get("show") == "all" else ""
    found, more = queries.actions_for(by.id, show=show, page=page)
    address = f"{reverse('meetings:actions')}?show={show}"
    context = {
        "lines": [pages.action(one, by) for one in found], "show": show, "tabs": pages.tabs("actions"),
        "signals": pages.signals(request), "address": f"{address}&page={page}",
        "next": f"{address}&page={page + 1}" if more else "",
        "previous": f"{address}&page={page - 1}" if page > 1 else "",
    }  # fmt: skip
    part = "parts/actions" if is_fragment(request) else "actions"
    return render(request, f"meetings/{part}.html", context)


def action_page(request: HttpRequest, id: int, refusal: Refusal | None = None) -> HttpResponse:
    """One action, and what this person may do with it."""
    one, by = access.action_for(request, id), people.actor_from(request)
    hands, is_open = services.may_hand(one, by), one.state is ActionState.OPEN
    context = pages.action(one, by) | {
        "refusal": refusal,
        "steps": [(row, ACTIONS[ActionState(row.state)]) for row in queries.action_steps(id)],
        "closes": is_open and (hands or one.owner == by.id), "hands": is_open and hands,
        "note_form": NoteForm(label_suffix="", auto_id="note_%s"),
        "reason_form": ReasonForm(label_suffix="", auto_id="reason_%s"),
        "hand_form": HandForm(label_suffix="", auto_id="hand_%s"),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return render(request, "meetings/action.html", context, status=status)


@allows(access.meets)
@require_GET
def action(request: HttpRequest, action: int) -> HttpResponse:
    """An action with what became of it."""
    return action_page(request, action)
