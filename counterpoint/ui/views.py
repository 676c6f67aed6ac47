"""The face's own views: the language, the palette, the live ticket, the style guide."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from counterpoint.kit.access import allows, anybody
from counterpoint.kit.pages import is_fragment
from counterpoint.ui import services
from counterpoint.ui.access import somebody_or_demo
from counterpoint.ui.context import Frame
from counterpoint.ui.guide import guide_context


@allows(anybody)
def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke: a page for a page, and for a part of a page a note in its place."""
    name = "ui/parts/broken.html" if is_fragment(request) else "500.html"
    return HttpResponseServerError(render_to_string(name))


@allows(anybody)
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page."""
    answer: HttpResponseBase = require_POST(set_language)(request)
    assert isinstance(answer, HttpResponse)
    return answer


@allows(anybody)
@never_cache
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """What Ctrl+K offers; only what the asker may use."""
    query = request.GET.get("q", "").strip()[:80]
    items = [
        {
            "title": str(item.title),
            "url": item.url,
            "icon": item.icon,
            "hint": str(item.hint),
            "code": item.code,
            "words": f"{item.words} {services.pinyin(str(item.title))}".strip(),
            "found": item.found,
        }
        for item in services.palette(request, query)
    ]
    return JsonResponse({"items": items})


@allows(anybody)
@never_cache
@require_GET
def counters(request: HttpRequest) -> HttpResponse:
    """The counts of the top bar; nothing for a stranger."""
    return render(request, "ui/counters.html")


@allows(anybody)
@never_cache
@require_GET
def ticket(request: HttpRequest) -> HttpResponse:
    """A fresh pass for the live door, worked out from what the person may hear now."""
    frame = Frame(request)
    if not frame.ticket:
        return JsonResponse({"ticket": ""}, status=403)
    return JsonResponse({"ticket": frame.ticket, "channels": list(frame.channels)})


@allows(somebody_or_demo)
@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """Every part of the screens on one page."""
    return render(request, "ui/guide.html", guide_context())
