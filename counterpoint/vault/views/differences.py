"""Differences: the open ones with their age, one with its workbench, and how it ends."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.data_cash import DifferenceState
from counterpoint.vault.data_counts import Cause, DifferenceView, UnknownDifference
from counterpoint.vault.forms_differences import ExplainForm, ResolveForm
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_counts import CAUSES, DIFFERENCE_STATES, RESOLUTIONS
from counterpoint.vault.services.differences import approving_unit, tier_of
from counterpoint.vault.services.resolutions import FITS
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.damaged import cursor
from counterpoint.vault.views.proposing import in_words
from counterpoint.vault.views.signing import prove

PAGE = 50


def _seen(request: HttpRequest, id: int) -> DifferenceView:
    found = services.difference(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownDifference(_("There is no such difference."), difference=id)
    return found


def list_context(request: HttpRequest) -> dict[str, Any]:
    branch = people.actor_from(request).branch or 0
    every = request.GET.get("all") == "1"
    found = services.differences_of(branch=branch, open_only=not every, before=cursor(request))
    day = org.business_day(branch).date
    lines = [
        {
            "one": one, "age": (day - one.date).days, "who": people.person(one.person).name,
            "state": DIFFERENCE_STATES[one.state][0], "meaning": DIFFERENCE_STATES[one.state][1],
        }
        for one in found
    ]  # fmt: skip
    older = ""
    if len(found) == PAGE:
        older = f"{reverse('vault:differences')}?{'all=1&' if every else ''}before={found[-1].id}"
    return {"lines": lines, "older": older, "every": every, "branch": branch}


@allows(access.sees)
@require_GET
def differences(request: HttpRequest) -> HttpResponse:
    """The open ones with their age; all of them on demand."""
    template = "vault/parts/differences.html" if is_fragment(request) else "vault/differences.html"
    return render(request, template, list_context(request))


def page_context(
    request: HttpRequest, one: DifferenceView, *, refusal: Refusal | None = None,
    explain: ExplainForm | None = None, resolve: ResolveForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    count = services.cash_count(one.count)
    words, meaning = DIFFERENCE_STATES[one.state]
    steps, proposals = services.difference_steps(difference=one.id), in_words(count)
    taken = _taken(request, proposals)
    found = [step.entry for step in steps if step.state is DifferenceState.EXPLAINED and step.cause]
    account = _account_of(taken["proposal"].entry if taken else found[-1] if found else None)
    resolve = resolve or ResolveForm(one=one, initial={"amount": _amount(one), "account": account})
    return {
        "one": one, "count": count, "state": words, "meaning": meaning, "refusal": refusal,
        "faces": [(face_name(face, one.currency), pieces) for face, pieces in one.faces.items()],
        "proposals": proposals, "moments": [_step(step, one) for step in steps],
        "who": people.person(one.person), "open": one.state is not DifferenceState.RESOLVED,
        "explain": explain or ExplainForm(initial=_explained(taken)), "takes": True,
        "entries": [step.entry for step in steps if step.entry],
        "resolve": resolve, **resolve.grids(),
    }  # fmt: skip


def _taken(request: HttpRequest, proposals: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The proposal of the workbench that the reader takes up."""
    asked = request.GET.get("cause", "")
    if asked.isdecimal() and len(asked) < 3 and int(asked) < len(proposals):
        return proposals[int(asked)]
    return None


def _explained(taken: dict[str, Any] | None) -> dict[str, Any]:
    """What is written down when a proposal is taken up."""
    if taken is None:
        return {}
    one = taken["proposal"]
    return {"cause": str(one.cause), "entry": one.entry, "note": taken["words"]}


def _account_of(entry: int | None) -> str:
    """The customer's account that an entry moved: there the money of a wrong figure went, or came from."""
    if entry is None:
        return ""
    accounts = ledger.accounts([leg.account for leg in ledger.entry(entry).legs]).values()
    mine = [one.number for one in accounts if one.kind is not AccountKind.INTERNAL]
    return mine[0] if len(mine) == 1 else ""


def _amount(one: DifferenceView) -> str:
    whole, part = divmod(abs(one.remaining), 100)
    return f"{whole:,}.{part:02d}"


def _step(step: Any, one: DifferenceView) -> dict[str, Any]:
    names = {str(cause): words for cause, words in CAUSES.items()}
    names |= {str(how): words for how, words in RESOLUTIONS.items()}
    title = names.get(step.cause) or _("Booked as a difference")
    who = people.person(step.person).name
    if step.second:
        who = _("%(who)s, approved by %(second)s") % {"who": who, "second": people.person(step.second).name}
    entry = _("Entry %(id)s") % {"id": step.entry} if step.entry else ""
    return {
        "at": step.at, "title": title, "who": who, "text": " · ".join(t for t in (entry, step.note) if t),
        "meaning": DIFFERENCE_STATES[step.state][1],
    }  # fmt: skip


def _page(request: HttpRequest, one: DifferenceView, **more: Any) -> HttpResponse:
    refusal = more.get("refusal")
    forms_wrong = any(form is not None and form.errors for form in (more.get("explain"), more.get("resolve")))
    template = "vault/parts/difference.html" if is_fragment(request) else "vault/difference.html"
    status = refusal.status if refusal else 422 if forms_wrong else 200
    return render(request, template, page_context(request, one, **more), status=status)


@allows(access.sees)
@require_GET
def difference(request: HttpRequest, difference: int) -> HttpResponse:
    """The case with its workbench."""
    return _page(request, _seen(request, difference))


@allows(access.sees)
@require_POST
def difference_explain(request: HttpRequest, difference: int) -> HttpResponse:
    """What was found."""
    one, form = _seen(request, difference), ExplainForm(request.POST)
    if not form.is_valid():
        return _page(request, one, explain=form)
    given = form.cleaned_data
    try:
        services.explain_difference(
            difference=one.id, cause=Cause(given["cause"]), note=given["note"], entry=given["entry"],
            by=people.actor_from(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, one, explain=form, refusal=refusal)
    messages.success(request, _("Written down."))
    return go(request, "vault:difference", one.id)


@allows(access.sees)
@sensitive_post_parameters("second_password")
@require_POST
def difference_resolve(request: HttpRequest, difference: int) -> HttpResponse:
    """Clear it or a part of it; somebody approves it here."""
    one = _seen(request, difference)
    form = ResolveForm(request.POST, one=one)
    if not form.is_valid():
        return _page(request, one, resolve=form)
    try:
        _resolve(request, one, form)
    except Refusal as refusal:
        return _page(request, one, resolve=form, refusal=refusal)
    messages.success(request, _("The entry is booked."))
    return go(request, "vault:difference", one.id)


def _resolve(request: HttpRequest, one: DifferenceView, form: ResolveForm) -> None:
    given, by = form.cleaned_data, people.actor_from(request)
    how = given["how"]
    if how not in FITS[one.long]:
        raise Malformed(_("A difference of this side does not end like that."), field="how")
    tier = tier_of(how=str(how), amount=given["amount"], at=org.business_day(one.branch).date)
    unit = approving_unit(tier=tier, branch=one.branch)
    approver = prove(request, duties=(Duty.AUTHORIZE,), branch=unit)
    account = ledger.account_by_number(given["account"]).id if given["account"] else None
    faces = form.faces() or None
    services.resolve_difference(
        difference=one.id, how=how, amount=given["amount"], note=given["note"], by=by, approver=approver,
        key=given["idempotency_key"], faces=faces, account=account,
        box=services.box_of(person=by.id).id if faces else None,
    )  # fmt: skip
