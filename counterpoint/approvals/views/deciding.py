"""Taking a request up, laying it down, handing it on, and deciding it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import retarget

from counterpoint.approvals import access, services
from counterpoint.approvals.data import Mode, RequestEnded, RequestView
from counterpoint.approvals.forms import ReasonForm, RekeyForm
from counterpoint.approvals.services.desk import DUTY_OF
from counterpoint.approvals.views import panel as panels
from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, AlreadyDone, Malformed, Refusal
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.ui import services as ui

SECRETS = ("password", "code", "credential", "rekey-amount", "rekey-account")


def take(id: int, by: Actor) -> None:
    """Take it up, unless I have it already; who was slower is told by whom it was taken."""
    try:
        services.claim(request=id, by=by)
    except RequestEnded:
        raise
    except AlreadyDone:
        return


def dialog(
    request: HttpRequest, view: RequestView, act: str, refusal: Refusal | None = None
) -> HttpResponse:  # fmt: skip
    """What a decision asks for: a reason in a dialog; blind values and a fresh proof beside the papers."""
    context = panels.strip_context(request, view, refusal=refusal) | {"act": act}
    if act == "approval":
        context["rekey"] = RekeyForm(view)
    else:
        context["form"] = ReasonForm(panels.ENDS[act], request.POST if "reason" in request.POST else None)
    status = refusal.status if refusal else 200
    answer = render(request, f"approvals/parts/{panels.DIALOGS[act]}.html", context, status=status)
    return retarget(answer, "#approval-slot" if act == "approval" else "#approval-dialog")


@allows(access.decides)
@require_http_methods(["POST", "DELETE"])
def claim(request: HttpRequest, id: int) -> HttpResponse:
    """Take a request up or lay it down; ``for`` opens the dialog of a decision on it."""
    view, by, act = access.readable(request, id), people.actor_from(request), request.GET.get("for", "")
    if act and act not in panels.DIALOGS:
        raise Http404
    try:
        if request.method == "DELETE":
            services.release(request=id, by=by)
        else:
            take(id, by)
    except Refusal as refusal:
        return panels.refused(request, id, refusal)
    view = services.request(id)
    return dialog(request, view, act) if act else panels.strip(request, view)


def _decided(request: HttpRequest, view: RequestView, words: str) -> HttpResponse:
    """The request as it stands now. Nothing opens by itself: a second press must not decide the next one."""
    return ui.toast(panels.panel(request, view), words)


def _trouble(request: HttpRequest, id: int, act: str, refusal: Refusal) -> HttpResponse:
    if "dialog" not in request.POST:
        return panels.refused(request, id, refusal)
    return dialog(request, services.request(id), act, refusal)


def _prove(request: HttpRequest) -> str:
    post = request.POST
    return people.step_up(
        request=request, code=post.get("code", "")[:12], password=post.get("password", "")[:128],
        credential=post.get("credential", "")[:8000],
    ).method  # fmt: skip


@allows(access.decides)
@sensitive_post_parameters(*SECRETS)
@require_POST
def approval(request: HttpRequest, id: int) -> HttpResponse:
    """Agree 同意. The proof comes before any transaction: a failure counts even where nothing is written."""
    view, by = access.readable(request, id), people.actor_from(request)
    try:
        if panels.asks(view):
            take(id, by)
        typed = RekeyForm(view, request.POST).values()
        services.check_rekey(request=id, rekey=typed, by=by)
        proof = _prove(request) if view.requirement.step_up else ""
        done = services.approve(request=id, by=by, proof=proof, rekey=typed)
    except Refusal as refusal:
        return _trouble(request, id, "approval", refusal)
    return _decided(request, done, _("Approved") if done.end else _("Approved; others still have to."))


def _end(request: HttpRequest, id: int, act: str) -> HttpResponse:
    access.readable(request, id)
    by, form = people.actor_from(request), ReasonForm(panels.ENDS[act], request.POST)
    verb = services.send_back if act == "return" else services.refuse
    try:
        if not form.is_valid():
            raise Malformed(_("Choose the reason."))
        given: dict[str, Any] = {name: form.cleaned_data[name] for name in ("reason", "words")}
        done = verb(request=id, by=by, **given)
    except Refusal as refusal:
        return _trouble(request, id, act, refusal)
    return _decided(
        request, done, _("Returned to its maker") if act == "return" else _("Refused; it ends here")
    )


@allows(access.decides)
@require_POST
def returning(request: HttpRequest, id: int) -> HttpResponse:
    """Return it for correction 退回."""
    return _end(request, id, "return")


@allows(access.decides)
@require_POST
def refusing(request: HttpRequest, id: int) -> HttpResponse:
    """Refuse it 拒绝."""
    return _end(request, id, "refusal")


def colleagues(view: RequestView, by: Actor) -> list[dict[str, Any]]:
    """Who could decide it instead: those at the desk with their load, then those who are not there."""
    found: dict[int, dict[str, Any]] = {}
    steps = {step for path in view.requirement.paths for step in path if step.mode in DUTY_OF}
    for mode, duty in sorted({(step.mode, step.duty) for step in steps}):
        branch = None if mode is Mode.REMOTE else view.branch
        there = {one.person: one for one in services.on_duty(branch=branch)}
        able = people.people_with(duty=Duty(duty), branch=view.branch)[:50]
        found |= {one.id: {"person": one, "duty": there.get(one.id)} for one in able}
    away = {by.id, view.maker, *(one.approver for one in view.approvals)}
    away |= {view.claim.person} if view.claim else set()
    rest = [one for id, one in found.items() if id not in away]
    return sorted(rest, key=lambda one: (one["duty"] is None, one["duty"].busy if one["duty"] else 0))


@allows(access.decides)
@require_http_methods(["GET", "POST"])
def reassigning(request: HttpRequest, id: int) -> HttpResponse:
    """Give it to a colleague 转派."""
    view, by, refusal = access.readable(request, id), people.actor_from(request), None
    if request.method == "POST":
        chosen = request.POST.get("person", "")
        try:
            if not chosen.isascii() or not chosen.isdigit() or len(chosen) > 18:
                raise Malformed(_("Choose a colleague."))
            services.reassign(request=id, person=int(chosen), by=by)
            return _decided(request, services.request(id), _("Handed on."))
        except Refusal as found:
            refusal = found
    context = panels.strip_context(request, view, refusal=refusal) | {"colleagues": colleagues(view, by)}
    status = refusal.status if refusal else 200
    answer = render(request, "approvals/parts/reassign.html", context, status=status)
    return retarget(answer, "#approval-dialog") if refusal else answer
