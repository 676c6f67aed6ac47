"""Reading: the list, one notice, acknowledging it, letting an operation pass, who has not read."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.kit.pages import is_fragment
from counterpoint.notices import access, pages, services
from counterpoint.notices.data import Kind
from counterpoint.notices.forms import OverrideForm, answers_of
from counterpoint.notices.labels import KINDS
from counterpoint.people import services as people
from counterpoint.people.data import Duty

SHOWS = ("", "unread", "past", "writing")


def page_of(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _list(request: HttpRequest, show: str) -> HttpResponse:
    query, kind = request.GET.get("q", "")[:80], request.GET.get("kind", "")
    kind, page, all_of_them = kind if kind in set(Kind) else "", page_of(request), access.sees_all(request)
    by = people.actor_from(request)
    if page == 1 and not is_fragment(request):
        services.join(person=by.id)
    found = services.search(by=by, query=query, kind=kind, show=show, page=page, all_of_them=all_of_them)
    asked = urlencode({"q": query, "kind": kind, "show": show})
    context = {
        "lines": [pages.line(one) for one in found.lines], "fuzzy": found.fuzzy, "q": query, "kind": kind,
        "show": show, "kinds": [(str(one), KINDS[one].words) for one in Kind], "person": by.id,
        "address": f"{reverse('notices:notices')}?{asked}&page={page}", "writes": all_of_them,
        "next": f"?{asked}&page={page + 1}" if found.more else "",
        "previous": f"?{asked}&page={page - 1}" if page > 1 else "",
        "may_write": people.can(request, Duty.RULES_DRAFT),
    }  # fmt: skip
    return render(request, f"notices/{'parts/lines' if is_fragment(request) else 'notices'}.html", context)


@allows(access.reads)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The notices that are for this person, found and filtered."""
    show = request.GET.get("show", "")
    return _list(request, show if show in SHOWS else "")


@allows(access.reads)
@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """What this person must read."""
    return _list(request, "unread")


def _page(request: HttpRequest, version: int, refusal: Refusal | None = None, **more: object) -> HttpResponse:
    context = pages.reader(request, access.version_for(request, version), refusal) | more
    context.setdefault("override_form", OverrideForm(label_suffix=""))
    status = refusal.status if refusal else 200
    template = "notices/parts/version.html" if is_fragment(request) else "notices/version.html"
    return render(request, template, context, status=status)


@allows(access.reads)
@require_GET
def version(request: HttpRequest, version: int) -> HttpResponse:
    """One version of a notice, to read."""
    return _page(request, version)


@allows(access.reads)
@require_GET
def notice(request: HttpRequest, notice: int) -> HttpResponse:
    """The version of a notice that counts for this person."""
    found = services.current(notice, by=people.actor_from(request))
    return redirect("notices:version", version=found.id)


@allows(access.reads)
@require_POST
def acknowledgement(request: HttpRequest, version: int) -> HttpResponse:
    """I have read it; with the answers to its questions."""
    try:
        services.acknowledge(version=version, answers=answers_of(request.POST), by=people.actor_from(request))
    except Refusal as refusal:
        return _page(request, version, refusal)
    return _page(request, version)


@allows(access.reads)
@sensitive_post_parameters()
@require_POST
def override(request: HttpRequest, version: int) -> HttpResponse:
    """A second person signs in here and now, and lets an operation pass once."""
    by, form = people.actor_from(request), OverrideForm(request.POST, label_suffix="")
    operation = request.POST.get("operation", "")[:8]
    try:
        typed = read(form)
        second = people.verify_second_person(
            username=typed["number"], password=typed["password"], code=typed["code"] or None,
            branch=by.branch or 0, duty=Duty.AUTHORIZE, not_person=by.id, request=request,
        )  # fmt: skip
        services.override(
            version=version, person=by.id, operation=operation, reason=typed["reason"], by=second
        )
    except Refusal as refusal:
        return _page(request, version, refusal, override_form=form)
    return _page(request, version, passed=True)


@allows(access.watches)
@require_GET
def readers(request: HttpRequest, version: int) -> HttpResponse:
    """Who has not read it yet; live."""
    context = pages.coverage(request, access.version_for(request, version), page_of(request))
    return render(request, f"notices/{'parts/readers' if is_fragment(request) else 'readers'}.html", context)


def said(request: HttpRequest, text: str, version: int) -> HttpResponse:
    """Say what was done, on the page of the version."""
    messages.success(request, text)
    return redirect("notices:version", version=version)
