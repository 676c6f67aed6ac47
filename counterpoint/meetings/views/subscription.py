"""Calendars: the secret address to subscribe to, one invitation as a file, and the answers that come back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from counterpoint.kit.access import allows
from counterpoint.kit.data import NotFound, Refusal
from counterpoint.kit.forms import read
from counterpoint.meetings import access, pages, services
from counterpoint.meetings.calendars import LARGEST
from counterpoint.meetings.data import UnknownFeed
from counterpoint.meetings.forms import ReplyForm
from counterpoint.people import services as people


def _page(request: HttpRequest, *, secret: str = "", refusal: Refusal | None = None) -> HttpResponse:
    address = request.build_absolute_uri(reverse("meetings:feed", args=[secret])) if secret else ""
    context = {
        "tabs": pages.tabs("calendar"), "since": services.feed_since(people.actor_from(request).id),
        "address": address, "form": ReplyForm(label_suffix=""), "refusal": refusal,
    }  # fmt: skip
    answer = render(request, "meetings/calendar.html", context, status=refusal.status if refusal else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@allows(access.meets)
@require_GET
def subscription(request: HttpRequest) -> HttpResponse:
    """My calendar's address, and where answers are taken over."""
    return _page(request)


@allows(access.meets)
@require_POST
def act(request: HttpRequest, what: str) -> HttpResponse:
    """Make an address, make it void, take over an answer."""
    by = people.actor_from(request)
    try:
        if what == "address":
            return _page(request, secret=services.issue_feed(by=by))
        if what == "end":
            services.end_feed(by=by)
            messages.success(request, _("The address is void."))
        elif what == "reply":
            file = read(ReplyForm(request.POST, request.FILES))["file"]
            count = services.take_reply(content=file.read(LARGEST + 1), by=by)
            messages.success(request, _("%(n)s answer(s) taken over.") % {"n": count})
        else:
            raise NotFound(_("There is no such act."))
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    return redirect("meetings:calendar")


@allows(access.meets)
@require_GET
def invitation(request: HttpRequest, meeting: int) -> HttpResponse:
    """The invitation to a meeting as a file, for a calendar program."""
    found, by = access.meeting_for(request, meeting), people.actor_from(request)
    everybody = services.invitations(found.id)
    mine = next((one for one in everybody if one.person == by.id), None) or next(iter(everybody), None)
    if mine is None:
        raise NotFound(_("Nobody is invited to this meeting."))
    return HttpResponse(
        mine.ics, content_type=f"text/calendar; charset=utf-8; method={mine.method}",
        headers={
            "Content-Disposition": f'attachment; filename="{found.name}.ics"', "Cache-Control": "no-store",
        },
    )  # fmt: skip


@allows(access.subscribes)
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address; nothing is sent twice that did not change."""
    try:
        content, tag = services.feed(secret)
    except UnknownFeed:
        return HttpResponse(status=404)
    etag = f'"{tag}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
