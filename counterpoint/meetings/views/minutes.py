"""The minutes: written as one types, never over somebody else's words; and as a paper."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.meetings import access, pages, services
from counterpoint.meetings import paper as papers
from counterpoint.meetings.data import Meeting
from counterpoint.meetings.forms import MinutesForm
from counterpoint.people import services as people


def _standing(
    request: HttpRequest, found: Meeting, *, saved: bool = False, refusal: Refusal | None = None
) -> HttpResponse:
    context = pages.minutes(request, found, refusal) | {"saved": saved}
    status = refusal.status if refusal else 200
    return render(request, "meetings/parts/minutes_state.html", context, status=status)


@allows(access.meets)
@require_http_methods(["GET", "POST"])
def minutes(request: HttpRequest, meeting: int) -> HttpResponse:
    """How the minutes stand; and writing them, by the revision that one saw."""
    found, by = access.meeting_for(request, meeting), people.actor_from(request)
    if request.method == "GET":
        return _standing(request, found)
    try:
        typed = read(MinutesForm(request.POST))
        services.write(meeting=found.id, text=typed["text"], revision=typed["revision"], by=by)
    except Refusal as refusal:
        return _standing(request, access.meeting_for(request, meeting), refusal=refusal)
    return _standing(request, found, saved=True)


@allows(access.meets)
@require_GET
def paper(request: HttpRequest, meeting: int, version: int) -> HttpResponse:
    """A finalised version of the minutes, as PDF."""
    found = access.meeting_for(request, meeting)
    one = next((one for one in services.minutes_of(found.id) if one.version == version), None)
    if one is None or one.finalised is None:
        raise Http404
    return HttpResponse(
        papers.minutes_pdf(found, one), content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{found.name}-{version}.pdf"',
            "Cache-Control": "no-store",
        },
    )  # fmt: skip
