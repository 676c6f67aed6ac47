"""What the pages show."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from counterpoint.mail import access, services
from counterpoint.mail.data import TROUBLED, Bot, LetterState, Line
from counterpoint.mail.labels import BOTS, OWN_KIND, STATES
from counterpoint.org import services as org


def page_of(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def line(one: Line) -> dict[str, Any]:
    kind = services.kinds().get(one.kind, OWN_KIND)
    return {
        "one": one, "state": STATES[one.state], "kind": kind, "subject": one.subject or kind,
        "troubled": one.state in TROUBLED, "waits": one.state is LetterState.WAITING,
    }  # fmt: skip


def bot(one: Bot) -> dict[str, Any]:
    place = org.branch(one.branch).name if one.branch else ""
    kinds = services.kinds()
    return {
        "one": one,
        "kind": BOTS[one.kind],
        "place": place,
        "says": [kinds.get(key, key) for key in one.kinds],
    }


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """The tabs above the pages of who answers for the post."""
    names = ["letters"]
    if access.may_run_post(request):
        names += ["bots", "addresses"]
    if settings.MAIL_FOLDER:
        names.append("arrived")
    tabs = [{"name": one, "url": reverse(f"mail:{one}"), "current": one == current} for one in names]
    return {"tabs": tabs}
