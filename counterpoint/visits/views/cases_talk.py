"""Comments and links of a case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.visits import access_cases as access
from counterpoint.visits import services
from counterpoint.visits.forms.cases import CommentForm, LinkForm
from counterpoint.visits.services.cases_links import find_subject, subject_kinds
from counterpoint.visits.views.cases_page import answer, heard, refused, talk_context


def _talk(request: HttpRequest, id: int, form: CommentForm | None = None, **more: Any) -> HttpResponse:
    """The comments with their form."""
    found, by = access.case_for(request, id), people.actor_from(request)
    context = talk_context(request, found, by) | {
        "heard": heard(request, found),
        "comment_form": form or CommentForm(initial={"idempotency_key": new_key()}),
    } | more  # fmt: skip
    refusal = more.get("refusal")
    status = refusal.status if refusal else 422 if form is not None else 200
    return render(request, "visits/cases/parts/comments.html", context, status=status)


@allows(access.uses_cases)
@require_POST
def comments(request: HttpRequest, case: int) -> HttpResponse:
    """Write a comment."""
    access.case_for(request, case)
    form = CommentForm(request.POST)
    whole = not is_fragment(request)
    if not form.is_valid():
        return refused(request, case, comment_form=form) if whole else _talk(request, case, form)
    typed, by = form.cleaned_data, people.actor_from(request)
    try:
        services.comment_case(case=case, words=typed["words"], key=typed["idempotency_key"], by=by)
    except Refusal as refusal:
        if whole:
            return refused(request, case, refusal, comment_form=form)
        return _talk(request, case, form, refusal=refusal)
    return redirect("visits:case", case) if whole else _talk(request, case)


@allows(access.uses_cases)
@require_POST
def withdrawal(request: HttpRequest, case: int, comment: int) -> HttpResponse:
    """Withdraw one's own comment."""
    access.case_for(request, case)
    try:
        services.withdraw_comment(comment=comment, by=people.actor_from(request))
    except Refusal as refusal:
        return refused(request, case, refusal)
    return answer(request, case, _("The comment is withdrawn."))


@allows(access.uses_cases)
@require_POST
def links(request: HttpRequest, case: int) -> HttpResponse:
    """Link something by its number."""
    access.case_for(request, case)
    form, by = LinkForm(request.POST, kinds=subject_kinds()), people.actor_from(request)
    if not form.is_valid():
        return refused(request, case, link_form=form)
    try:
        subject = find_subject(kind=form.cleaned_data["kind"], text=form.cleaned_data["text"], by=by)
        services.link_case(case=case, subject=subject, by=by)
    except Refusal as refusal:
        return refused(request, case, refusal, link_form=form)
    return answer(request, case, _("It is linked."))


@allows(access.uses_cases)
@require_POST
def removal(request: HttpRequest, case: int, link: int) -> HttpResponse:
    """Take a link away."""
    access.case_for(request, case)
    try:
        services.unlink_case(case=case, link=link, by=people.actor_from(request))
    except Refusal as refusal:
        return refused(request, case, refusal)
    return answer(request, case, _("The link is taken away."))
