"""For how long talk is kept: holds, and classes of keeping."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor
from counterpoint.kit.forms import read
from counterpoint.people import services as people
from counterpoint.people.services import actor_from
from counterpoint.talk import access, pages, services
from counterpoint.talk.data import TalkMalformed
from counterpoint.talk.forms import ClassForm, HoldForm
from counterpoint.talk.labels import KINDS, RETENTIONS


@allows(access.examines)
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """What is held, or was."""
    open_only, page = request.GET.get("show") != "all", pages.page_of(request)
    found, more = services.holds(by=actor_from(request), open_only=open_only, page=page)
    asked = f"{reverse('talk:holds')}?show={'' if open_only else 'all'}"
    number = request.GET.get("number", "").strip()[:20]
    context = _of(request, number) if number else {}
    context |= {
        "number": number, "form": HoldForm(label_suffix=""),
        "holds": found, "all": not open_only, 
        "days": [(RETENTIONS[one], days) for one, days in services.days_of_classes().items()],
        "next": f"{asked}&page={page + 1}" if more else "",
        "previous": f"{asked}&page={page - 1}" if page > 1 else "",
    }  # fmt: skip
    return render(request, "talk/holds.html", context)


def _of(request: HttpRequest, number: str) -> dict[str, Any]:
    """The conversations of the person with this number."""
    who = people.person_by_number(number)
    if who is None:
        return {"who": None, "kept": []}
    page = max(1, pages.number_of(request, "of") or 1)
    kept, more = services.conversations_of(person=who.id, by=actor_from(request), page=page)
    asked = f"{reverse('talk:holds')}?number={who.number}"
    return {
        "who": who, "kept": [(one, KINDS[one.kind], RETENTIONS[one.retention]) for one in kept],
        "kept_next": f"{asked}&of={page + 1}" if more else "",
        "kept_previous": f"{asked}&of={page - 1}" if page > 1 else "",
    }  # fmt: skip


def _hold(channel: int, data: Any, by: Actor) -> None:
    services.hold(channel=channel, reason=read(HoldForm(data))["reason"], by=by)


def _release(channel: int, data: Any, by: Actor) -> None:
    services.release(channel=channel, by=by)


def _classify(channel: int, data: Any, by: Actor) -> None:
    services.classify(channel=channel, retention=read(ClassForm(data))["retention"], by=by)


ACTS = {
    "hold": (_hold, gettext_lazy("Nothing of this conversation is purged until the hold ends.")),
    "release": (_release, gettext_lazy("The hold has ended.")),
    "class": (_classify, gettext_lazy("The class of keeping is changed.")),
}


@allows(access.examines)
@require_POST
def keep(request: HttpRequest, channel: int, what: str) -> HttpResponse:
    """Hold a conversation, let it go, or keep it for another time."""
    if what not in ACTS:
        raise TalkMalformed(_("There is no such act."))
    run, words = ACTS[what]
    run(channel, request.POST, actor_from(request))
    messages.success(request, words)
    return redirect("talk:holds")
