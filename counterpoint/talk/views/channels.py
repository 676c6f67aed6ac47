"""The conversations, one of them, what is said in it, what is new."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.people.services import actor_from
from counterpoint.talk import access, pages, services
from counterpoint.talk.data import TalkMalformed
from counterpoint.talk.views.answers import refused, said, spoken


@allows(access.talks)
@require_GET
def talk(request: HttpRequest) -> HttpResponse:
    """My conversations."""
    return render(request, "talk/talk.html", pages.listed(request, None))


@allows(access.talks)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The list alone; live."""
    small = request.GET.get("small") == "1"
    context = pages.listed(request, pages.number_of(request, "current"), small=small)
    return render(request, "talk/parts/list.html", context)


@allows(access.talks)
@require_GET
def pane(request: HttpRequest) -> HttpResponse:
    """The conversations in a dialog over whatever screen one is at."""
    return render(request, "talk/parts/pane.html", pages.listed(request, None, small=True))


@allows(access.talks)
@require_GET
def channel(request: HttpRequest, channel: int) -> HttpResponse:
    """One conversation; as a fragment all of it for the dialog, or with ``part`` its messages."""
    before, around = pages.number_of(request, "before"), pages.number_of(request, "around")
    found = services.messages(channel, by=actor_from(request), before=before, around=around)
    context = pages.talk(request, *found, before=before, around=around)
    if is_fragment(request):
        part = "messages" if "part" in request.GET else "small"
        return render(request, f"talk/parts/{part}.html", context)
    return render(request, "talk/channel.html", pages.listed(request, channel) | context)


@allows(access.talks)
@require_POST
def send(request: HttpRequest, channel: int) -> HttpResponse:
    """Say something."""
    try:
        spoken(request, lambda _by: channel)
    except Refusal as refusal:
        return refused(request, refusal)
    return said(request) if is_fragment(request) else redirect("talk:channel", channel=channel)


@allows(access.talks)
@require_POST
def read(request: HttpRequest, channel: int) -> HttpResponse:
    """I have read up to here."""
    upto = request.POST.get("upto", "")
    if not (upto.isascii() and upto.isdigit() and len(upto) < 19):
        raise TalkMalformed("upto is the number of a message", field="upto")
    services.mark_read(channel=channel, upto=int(upto), by=actor_from(request))
    return HttpResponse(status=204)


@allows(access.talks)
@never_cache
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """What is worth a notice on the screen now; who serves is let alone."""
    after = pages.number_of(request, "after") or 0
    found, last = services.news(by=actor_from(request), after=after)
    told = [
        {"channel": one.channel, "text": f"{one.author}: {one.text}" if one.text else one.author,
         "meaning": "danger" if one.urgent else "information"}
        for one in found
    ]  # fmt: skip
    return JsonResponse({"after": last, "news": told})


@allows(access.talks)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Words in what I may read."""
    query, page = request.GET.get("q", "").strip()[:80], pages.page_of(request)
    found = services.search(query=query, by=actor_from(request), page=page)
    address = f"{reverse('talk:search')}?{urlencode({'q': query})}"
    context = {
        "found": found.found, "q": query,
        "next": f"{address}&page={page + 1}" if found.more else "",
        "previous": f"{address}&page={page - 1}" if page > 1 else "",
    }  # fmt: skip
    return render(request, f"talk/{'parts/found' if is_fragment(request) else 'search'}.html", context)
