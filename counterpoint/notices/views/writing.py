"""Writing and approving."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.forms import read
from counterpoint.notices import access, pages, services
from counterpoint.notices.data import Draft, Kind, NoticeMalformed, Version, VersionState, WrongState
from counterpoint.notices.forms import NoteForm, NoticeForm, initial
from counterpoint.notices.views.reading import said
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.papers.data import PaperKind
from counterpoint.people import services as people
from counterpoint.people.data import Role


def _form(data: Any = None, **more: Any) -> NoticeForm:
    codes = tuple(services.operations())
    return NoticeForm(
        data, operations=list(zip(codes, pages.operation_names(codes), strict=True)),
        branches=[(one.id, one.name) for one in org.units()],
        roles=[(str(one), people.role_name(one)) for one in Role], **more,
    )  # fmt: skip


def _numbers(version: Version) -> list[str]:
    return [people.person(one).number for one in version.draft.audience.people]


def _entered(request: HttpRequest, form: NoticeForm, version: Version | None) -> Draft:
    """What was entered; files are kept as papers."""
    typed, ids = read(form), []
    for number in typed["people"].replace(",", " ").split():
        found = people.person_by_number(number)
        if found is None:
            raise NoticeMalformed(
                _("There is nobody with the number %(n)s.") % {"n": number[:20]}, field="people"
            )
        ids.append(found.id)
    kept = [
        one
        for one in request.POST.getlist("papers")[:20]
        if one.isascii() and one.isdigit() and len(one) < 19
    ]
    known = set(version.draft.papers) if version else set()
    by, held = people.actor_from(request), [int(one) for one in kept if int(one) in known]
    for file in request.FILES.getlist("files")[:10]:
        paper = papers.keep(
            content=file.read(), name=file.name or "", kind=PaperKind.OTHER, branch=by.branch or 0, by=by,
            office=True,
        )  # fmt: skip
        held.append(paper.id)
    return form.draft(tuple(ids), tuple(held))


def _refused(request: HttpRequest, form: NoticeForm, refusal: Refusal, **more: Any) -> HttpResponse:
    field = str(refusal.details.get("field", ""))
    if field in form.fields and not form.errors:
        form.add_error(field, str(refusal))
    shown = None if form.errors else refusal
    context = {"form": form, "refusal": shown} | more
    return render(request, "notices/write.html", context, status=refusal.status)


@allows(access.drafts)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a notice."""
    if request.method == "GET":
        return render(request, "notices/write.html", {"form": _form(initial={"material": True})})
    form = _form(request.POST)
    try:
        draft = _entered(request, form, None)
        made = services.draft_notice(
            kind=Kind(form.cleaned_data["kind"]), draft=draft, by=people.actor_from(request)
        )
    except Refusal as refusal:
        return _refused(request, form, refusal)
    return said(request, _("The draft is kept."), made.id)


@allows(access.drafts)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, version: int) -> HttpResponse:
    """Write on at a draft; or, for a published version, begin the next one."""
    seen = access.version_for(request, version)
    more: dict[str, Any] = {"version": seen, "kept": papers.papers_of(list(seen.draft.papers))}
    if request.method == "GET":
        values = initial(seen, _numbers(seen))
        if seen.state is VersionState.PUBLISHED:
            values |= {"effective": None, "material": True}
        return render(request, "notices/write.html", more | {"form": _form(initial=values)})
    form, by = _form(request.POST), people.actor_from(request)
    try:
        draft = _entered(request, form, seen)
        if seen.state is VersionState.PUBLISHED:
            made = services.revise_notice(notice=seen.notice, draft=draft, by=by)
        else:
            made = services.change_draft(
                version=version, draft=draft, edition=form.cleaned_data["edition"] or 0, by=by
            )
    except Refusal as refusal:
        return _refused(request, form, refusal, **more)
    return said(request, _("The draft is kept."), made.id)


@allows(access.drafts)
@require_POST
def submission(request: HttpRequest, version: int) -> HttpResponse:
    """Hand the draft in."""
    services.submit(version=access.version_for(request, version).id, by=people.actor_from(request))
    return said(request, _("The draft waits for approval."), version)


@allows(access.drafts)
@require_POST
def dropping(request: HttpRequest, version: int) -> HttpResponse:
    """Give the draft up."""
    services.drop(version=access.version_for(request, version).id, by=people.actor_from(request))
    return said(request, _("The draft is given up."), version)


@allows(access.approves)
@require_POST
def decision(request: HttpRequest, version: int, what: str) -> HttpResponse:
    """Publish it, return it or withdraw it."""
    by, seen = people.actor_from(request), access.version_for(request, version)
    if what == "publication":
        reached = services.publish(version=seen.id, by=by)
        return said(request, _("It is published and reaches %(n)s people.") % {"n": reached}, version)
    acts = {"return": services.send_back, "withdrawal": services.withdraw}
    if what not in acts:
        raise WrongState(_("There is no such decision."))
    acts[what](version=seen.id, note=read(NoteForm(request.POST))["note"], by=by)
    words = {"return": _("It is back with its author."), "withdrawal": _("The notice is withdrawn.")}
    return said(request, words[what], version)
