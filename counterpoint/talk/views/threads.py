"""The thread beside a piece of work, on that work's own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.talk import access, pages, services
from counterpoint.talk.views.answers import refused, said, spoken


@allows(access.talks)
@require_GET
def panel(request: HttpRequest, kind: str, id: int) -> HttpResponse:
    """The thread as a part of a page; with ``part`` its messages alone."""
    subject = access.subject_for(request, kind, id)
    part = "messages" if "part" in request.GET else "panel"
    return render(request, f"talk/parts/{part}.html", pages.panel(request, subject))


@allows(access.talks)
@require_POST
def send(request: HttpRequest, kind: str, id: int) -> HttpResponse:
    """Say something about it; the first word opens the thread."""
    subject = access.subject_for(request, kind, id)
    try:
        channel = spoken(request, lambda by: services.thread(subject=subject, by=by))
    except Refusal as refusal:
        return refused(request, refusal)
    return said(request) if is_fragment(request) else redirect("talk:channel", channel=channel)
