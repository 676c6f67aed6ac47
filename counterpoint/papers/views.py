"""Papers: today's own with the upload, one with its pages, its content, its previews."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from counterpoint.kit.access import allows
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.pages import is_fragment, problem
from counterpoint.papers import access, services
from counterpoint.papers.data import Paper, PaperDamaged, PaperDiscarded, PaperRefused
from counterpoint.papers.labels import KINDS, MEDIA, RETENTIONS
from counterpoint.papers.services.rights import watches
from counterpoint.people import services as people

#: What came from outside is never part of our pages: no script, no form, no cookie, no other type.
SEALED = {
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


# The token is asked for inside, as looking for it in the form reads the whole body.
@allows(access.keeps)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The papers that somebody has kept today; POST keeps one more."""
    if request.method == "GET":
        kept = services.kept_today(by=people.actor_from(request))
        # What is sent next stands below, so the newest is the last.
        return render(request, "papers/mine.html", {"papers": kept[::-1]})
    try:
        length = request.META.get("CONTENT_LENGTH") or "0"
        services.check_length(int(length) if length.isdecimal() else 0)
        return csrf_protect(_keep)(request)
    except Refusal as refusal:
        if _asks_for_json(request):
            return problem(refusal)
        raise


def _keep(request: HttpRequest) -> HttpResponse:
    by, file = people.actor_from(request), request.FILES.get("file")
    if file is None or len(request.FILES) != 1 or not file.name:
        raise PaperRefused(_("Send one file at a time."), word="one")
    kept = services.keep(
        content=file.read(), name=file.name, kind=request.POST.get("kind", ""), branch=by.branch or 0, by=by
    )
    if _asks_for_json(request):
        return JsonResponse(asdict(kept), status=201)
    field = request.POST.get("field", "")
    context = {"paper": kept, "field": field if field.isidentifier() and len(field) <= 40 else ""}
    return render(request, "papers/parts/paper.html", context, status=201)


def _asks_for_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


@allows(access.signed_in)
@require_GET
def paper(request: HttpRequest, id: int) -> HttpResponse:
    """One paper, large, page by page; opening it is a look."""
    found, subject = access.shown(request, id)
    refusal: Refusal | None = None
    try:
        services.look_once(paper=id, subject=subject, by=people.actor_from(request))
    except (PaperDiscarded, PaperDamaged) as raised:
        refusal = raised
    context = _page_context(request, found) | {"refusal": refusal}
    template = "papers/parts/viewer.html" if is_fragment(request) else "papers/paper.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


def _page_context(request: HttpRequest, found: Paper) -> dict[str, Any]:
    asked = request.GET.get("page", "1")
    page = min(max(int(asked), 1), found.pages) if asked.isdecimal() and len(asked) < 6 else 1
    context = {
        "paper": found, "page": page, "before": page - 1, "after": page + 1 if page < found.pages else 0,
        "kind": KINDS[found.kind], "media": MEDIA[found.media], "retention": RETENTIONS[found.retention],
        "until": services.retained_until(found), "keeper": _name(found.person),
    }  # fmt: skip
    if watches(by=people.actor_from(request), branch=found.branch):
        looks = services.looks_of(found.id)
        names = {person: _name(person) for person in {look.person for look in looks}}
        context["looks"] = [(look, names[look.person]) for look in looks]
    return context


def _name(person: int) -> str:
    return people.person(person).name if person != SYSTEM.id else SYSTEM.name


@allows(access.signed_in)
@require_GET
def content(request: HttpRequest, id: int) -> HttpResponse:
    """The paper as it came; a picture is shown, everything else is saved."""
    found, subject = access.shown(request, id)
    body = services.look(paper=id, subject=subject, by=people.actor_from(request))
    place = content_disposition_header(not found.is_picture, found.name) or "attachment"
    return HttpResponse(body, content_type=str(found.media), headers=SEALED | {"Content-Disposition": place})


@allows(access.signed_in)
@require_GET
def preview(request: HttpRequest, id: int, page: int) -> HttpResponse:
    """A page as a picture. A small one cannot be read and is no look; a large one is."""
    _found, subject = access.shown(request, id)
    small = request.GET.get("size") == "small"
    if not small:
        services.look_once(paper=id, subject=subject, by=people.actor_from(request))
    body = services.preview(paper=id, page=page, small=small)
    return HttpResponse(body, content_type="image/jpeg", headers=SEALED)
