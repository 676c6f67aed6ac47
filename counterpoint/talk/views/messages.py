"""One message: worded anew, withdrawn, answered with a sign; who has read it, its numbers in clear."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.forms import read
from counterpoint.people.services import actor_from
from counterpoint.talk import access, services
from counterpoint.talk.data import TalkMalformed
from counterpoint.talk.forms import EditForm, SignForm
from counterpoint.talk.views.answers import refused, said
from counterpoint.ui import services as ui


@allows(access.talks)
@require_GET
def message(request: HttpRequest, message: int) -> HttpResponse:
    """A message of one's own, to word anew."""
    by = actor_from(request)
    found = services.message(message, by=by)
    # Its author sees it as it was written, or the mask would go into the new wording.
    form = EditForm(initial={"text": services.wording_of(message, by=by)}, label_suffix="")
    return render(request, "talk/parts/edit.html", {"message": found, "form": form})


@allows(access.talks)
@require_GET
def receipts(request: HttpRequest, message: int) -> HttpResponse:
    """Who has read it and when, and how it was worded before."""
    by = actor_from(request)
    context: dict[str, Any] = {
        "message": services.message(message, by=by), "receipts": services.receipts(message, by=by),
        "wordings": services.wordings(message, by=by),
    }  # fmt: skip
    return render(request, "talk/parts/receipts.html", context)


@allows(access.sees_customers)
@never_cache
@require_POST
def unmasked(request: HttpRequest, message: int) -> HttpResponse:
    """The text with its numbers in clear; that is recorded."""
    text = services.unmask(message=message, by=actor_from(request))
    return render(request, "talk/parts/clear.html", {"text": text})


def _edit(message: int, data: Any, by: Actor) -> None:
    services.edit(message=message, text=read(EditForm(data))["text"], by=by)


def _withdraw(message: int, data: Any, by: Actor) -> None:
    services.withdraw(message=message, by=by)


def _sign(message: int, data: Any, by: Actor) -> None:
    services.react(message=message, sign=read(SignForm(data))["sign"], by=by)


ACTS = {"edit": _edit, "withdrawal": _withdraw, "sign": _sign}


@allows(access.talks)
@require_POST
def act(request: HttpRequest, message: int, what: str) -> HttpResponse:
    """Do something with a message."""
    if what not in ACTS:
        raise TalkMalformed(_("There is no such act."))
    try:
        ACTS[what](message, request.POST, actor_from(request))
    except Refusal as refusal:
        if what == "edit":
            form = EditForm(request.POST, label_suffix="")
            found = services.message(message, by=actor_from(request))
            context = {"message": found, "form": form, "refusal": refusal}
            return render(request, "talk/parts/edit.html", context, status=refusal.status)
        return refused(request, refusal)
    if what == "edit":
        return trigger_client_event(ui.close_dialog(HttpResponse()), "talk-said", {"target": "body"})
    return said(request)
