"""Requests for approval: the list, and one with everything that happened to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from counterpoint.approvals import access, labels, queries_desk, services
from counterpoint.approvals.data import MarkKind, RequestView
from counterpoint.approvals.forms import WAITS, ListForm, period_start
from counterpoint.approvals.queries_desk import Name, Scope
from counterpoint.approvals.services.desk import Reader
from counterpoint.approvals.views import panel as panels
from counterpoint.approvals.views import showing
from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people

PAGE = 50
#: What the statistics ask for: shown as a line above the list, and taken off by a link.
LINKED = ("rule", "reason", "person", "wait", "period", "branch")


def scope(request: HttpRequest) -> Scope:
    """Own requests; those of the branch for who watches it; all for who watches the whole bank."""
    by = people.actor_from(request)
    if not any(people.can(request, duty) for duty in access.WATCHERS):
        return Scope(by.id, ())
    return Scope(by.id, None if access.watches_everywhere(request) else (by.branch or 0,))


def line(view: RequestView, by: Actor, names: dict[int, Name], branches: dict[int, str]) -> dict[str, Any]:
    """One request in the list."""
    words, meaning, icon = labels.STATES[view.state]
    return {
        "request": view, "title": view.title(showing.language()), "words": words, "meaning": meaning,
        "icon": icon, "maker": names.get(view.maker, showing.NOBODY), "branch": branches.get(view.branch, ""),
        "decider": names.get(view.end.person or 0, showing.NOBODY) if view.end else showing.NOBODY,
        "reason": labels.reason(view.end.reason) if view.end else "",
        "blind": "amount" in showing.blind(view, by),
        "waited": labels.lasted((view.end.at - view.at).total_seconds()) if view.end else "",
    }  # fmt: skip


def list_context(request: HttpRequest) -> dict[str, Any]:
    """A page of the list. What this reader may not look at falls out of it."""
    by, form = people.actor_from(request), ListForm(request.GET)
    wanted = form.wanted(by.id)
    before = form.cleaned_data["before"]
    found = queries_desk.page(wanted, scope(request), before=before, limit=PAGE)
    reader = Reader(by)
    shown = [view for view in found if reader.reads(view)]
    names, branches = showing.people_of(shown), showing.branch_names()
    asked = {name: value for name, value in request.GET.items() if value and name != "before"}
    older = f"?{urlencode(asked | {'before': found[-1].id})}" if len(found) == PAGE else ""
    return {
        "lines": [line(view, by, names, branches) for view in shown], "form": form, "older": older,
        "newest": f"?{urlencode(asked)}" if before else "", "linked": linked(form.cleaned_data, branches),
    }  # fmt: skip


def linked(asked: dict[str, Any], branches: dict[int, str]) -> list[str]:
    """In words what the statistics asked for."""
    found = [asked["rule"], labels.reason(asked["reason"])]
    if asked["person"]:
        who = queries_desk.names([asked["person"]]).get(asked["person"], showing.NOBODY)
        found.append(_("decided by %(name)s") % {"name": who.name})
    if asked["wait"] is not None:
        low, high = WAITS[asked["wait"]]
        found.append(_("waited %(low)s–%(high)s s") % {"low": low, "high": "∞" if high is None else high})
    if asked["period"]:
        found.append(_("decided since %(day)s") % {"day": f"{period_start(asked['period']):%Y-%m-%d}"})
    if asked["branch"]:
        found.append(branches.get(asked["branch"], ""))
    return [one for one in found if one]


@allows(access.signed_in)
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """The list with its filters."""
    return render(request, "approvals/requests.html", list_context(request))


def moments(view: RequestView, names: dict[int, Name]) -> list[dict[str, Any]]:
    """Everything that happened to it, in order."""

    def name(person: int | None) -> str:
        return names.get(person or 0, showing.NOBODY).name

    found = [{"at": view.at, "title": _("Asked for"), "who": name(view.maker), "icon": "send"}]
    for step in queries_desk.steps(view.id):
        if step.kind in list(MarkKind):
            words, meaning, icon = labels.MARKS[MarkKind(step.kind)]
            found.append({"at": step.at, "title": words, "meaning": meaning, "icon": icon})
            continue
        found.append({"at": step.at, "title": _("Taken up"), "who": name(step.person), "icon": "eye"})
        if step.ended and step.why in labels.CLAIM_ENDS:
            words = labels.CLAIM_ENDS[step.why]
            found.append({"at": step.ended, "title": words, "who": name(step.person), "icon": "arrow-right"})
    for one in view.approvals:
        title = _("Approved %(place)s") % {"place": labels.MODES[one.mode]}
        found.append(
            {"at": one.at, "title": title, "who": name(one.approver), "meaning": "success", "icon": "check"}
        )
    if view.end is not None:
        words, meaning, icon = labels.STATES[view.end.state]
        text = " · ".join(filter(None, (labels.reason(view.end.reason), view.end.words)))
        found.append({"at": view.end.at, "title": words, "who": name(view.end.person), "text": text,
                      "meaning": meaning, "icon": icon})  # fmt: skip
    return sorted(found, key=lambda item: item["at"])


@allows(access.signed_in)
@require_GET
def request_page(request: HttpRequest, id: int) -> HttpResponse:
    """One request, for who made it, may decide it, or watches the branch."""
    view = access.readable(request, id)
    steps = queries_desk.steps(id)
    names = queries_desk.names(
        [view.maker, view.end.person if view.end else None, *(one.approver for one in view.approvals)]
        + [step.person for step in steps]
    )
    context = panels.panel_context(request, view) | {
        "moments": moments(view, names), "followed_by": queries_desk.followed_by(id),
        "state": labels.STATES[view.state], "may_decide": access.may_decide(request) and view.open,
    }  # fmt: skip
    template = "approvals/parts/request.html" if is_fragment(request) else "approvals/request.html"
    return render(request, template, context)


@allows(access.looks_at_customers)
@require_GET
def concerning(request: HttpRequest, kind: str, id: int) -> HttpResponse:
    """What waits for approval and concerns a customer or an account: a part of their pages."""
    by = people.actor_from(request)
    found = services.pending_for(f"{kind}:{id}", by=by)
    names, branches, reader = showing.people_of(found), showing.branch_names(), Reader(by)
    lines = [line(view, by, names, branches) | {"opens": reader.reads(view)} for view in found]
    return render(request, "approvals/parts/concerning.html", {"lines": lines, "kind": kind, "subject": id})
