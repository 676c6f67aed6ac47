"""What was sent, and the answers to it: a refusal stands beside the words, which stay where they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.forms import read
from counterpoint.papers import services as papers
from counterpoint.papers.data import PaperKind
from counterpoint.people.services import actor_from
from counterpoint.talk import services
from counterpoint.talk.forms import MessageForm
from counterpoint.talk.services import parts
from counterpoint.talk.services.sending import MOST_PAPERS


def spoken(request: HttpRequest, channel: Callable[[Actor], int]) -> int:
    """Send what the form holds into the channel, which may come to be for it; returns the channel."""
    by = actor_from(request)
    typed = read(MessageForm(request.POST))
    files = request.FILES.getlist("files")[: MOST_PAPERS + 1]
    # A text that is refused must neither open a channel nor leave papers behind.
    parts.words(typed["text"], field="text", needed=not files)
    id = channel(by)
    services.channel(id, by=by)
    attached = [_kept(file, by) for file in files]
    services.send(
        channel=id, text=typed["text"], key=typed["idempotency_key"], answers=typed["answers"],
        urgent=typed["urgent"], attached=attached, by=by,
    )  # fmt: skip
    return id


def _kept(file: Any, by: Actor) -> int:
    made = papers.keep(
        content=file.read(), name=file.name or "", kind=PaperKind.OTHER, branch=by.branch or 0, by=by
    )
    return made.id


def said(request: HttpRequest) -> HttpResponse:
    """The words went out: the open conversation fetches itself again."""
    return trigger_client_event(render(request, "talk/parts/answer.html"), "talk-said", {"target": "body"})


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "talk/parts/answer.html", {"refusal": refusal}, status=refusal.status)
