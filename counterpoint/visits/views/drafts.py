"""Drafts as they are typed: kept with their version, compared, confirmed; and in which field somebody is."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Malformed, Refusal
from counterpoint.kit.pages import problem
from counterpoint.people import services as people
from counterpoint.visits import access, services
from counterpoint.visits.data import DraftView, UnknownDraft
from counterpoint.visits.operations import operation_words
from counterpoint.visits.rules_screens import names_of, shown_value

#: Sixty fields of five hundred letters, with room for their names.
LARGEST = 200_000


def _body(request: HttpRequest) -> dict[str, Any]:
    """What the page sends, or ``Malformed``."""
    if len(request.body) > LARGEST:
        raise Malformed(_("This is too much."))
    try:
        sent = json.loads(request.body)
    except ValueError as error:
        raise Malformed(_("This is no JSON.")) from error
    if not isinstance(sent, dict):
        raise Malformed(_("This is no JSON object."))
    return sent


def _version(sent: dict[str, Any]) -> int | None:
    """The version that the page knows; ``None`` where it knows of no draft yet."""
    version = sent.get("version")
    if version is not None and (type(version) is not int or not 0 <= version < 2**31):
        raise Malformed(_("This is no version."), field="version")
    return version or None


@sensitive_variables("sent")
def _save(visit: int, operation: str, sent: dict[str, Any], by: Actor) -> DraftView:
    fields: Any = sent.get("fields")
    kept = services.save_draft(
        visit=visit, operation=operation, fields=fields, version=_version(sent), by=by
    )  # fmt: skip
    ticked = sent.get("confirmed") or []
    if not isinstance(ticked, list) or not all(isinstance(one, str) for one in ticked):
        raise Malformed(_("These are no fields."), field="confirmed")
    names = names_of(ticked, services.unconfirmed(kept))
    if names:
        kept = services.confirm_fields(
            visit=visit, operation=operation, names=names, version=kept.version, by=by
        )
    return kept


@allows(access.touches_visits)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, visit: int, operation: str) -> HttpResponse:
    """Keep what is typed, as JSON; or show what somebody else has changed, as a part of the page."""
    found, by = access.visit_here(request, visit), people.actor_from(request)
    if request.method == "GET":
        return render(request, "visits/parts/draft_change.html", _change(request, found.id, operation))
    try:
        kept = _save(found.id, operation, _body(request), by)
    except Refusal as refusal:
        return problem(refusal)
    return JsonResponse({"version": kept.version, "confirmed": sorted(kept.confirmed)})


def _change(request: HttpRequest, visit: int, operation: str) -> dict[str, Any]:
    """The fields that differ, as they stand in the draft now, and who has changed them."""
    services.check_serving(visit=visit, by=people.actor_from(request))
    words = operation_words(operation)
    names = request.GET.get("fields", "")[:4000].split(",")[:60]
    try:
        theirs = services.draft(visit, operation)
    except UnknownDraft:
        return {"draft": None}
    lines = [
        (name, words.label(name), shown_value(theirs.fields.get(name, "")) or "—",
         json.dumps(theirs.fields.get(name)))
        for name in words.ordered(name for name in names if name)
    ]  # fmt: skip
    who = people.person(theirs.person).name if theirs.person else _("The customer")
    return {"draft": theirs, "lines": lines, "who": who}


@allows(access.sees_visits)
@require_POST
def presence(request: HttpRequest, visit: int) -> HttpResponse:
    """In which field somebody is, or that they have gone."""
    found, by = access.visit_here(request, visit), people.actor_from(request)
    try:
        sent = _body(request)
        if sent.get("gone") is True:
            services.gone(visit=found.id, by=by)
        elif found.ended is None:
            services.look(visit=found.id, by=by, field=sent.get("field", ""))
    except Refusal as refusal:
        return problem(refusal)
    return HttpResponse(status=204)
