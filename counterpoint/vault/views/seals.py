"""Seals, keys and code machines on the screen 印章、钥匙、押码机: who holds which since when; giving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Refusal, Why
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.data_vouchers import Part, SealView, SecondPersonMissing, UnknownSeal
from counterpoint.vault.forms_vouchers import SealForm
from counterpoint.vault.labels_vouchers import PARTS, SEAL_KINDS
from counterpoint.vault.services.separation import parts_of
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.hands import authorizes, chinese, colleagues, names
from counterpoint.vault.views.signing import prove

#: Each act, and under which name the other person signs.
ACTS = {"give": "second", "retire": "witness"}
SECONDS = (Duty.CASH, Duty.AUTHORIZE)
#: The columns of who holds what; the first three are 印、押、证.
APART = (Part.SEAL, Part.CODE, Part.VOUCHER, Part.KEY, Part.COMBINATION)


def line(one: SealView, who: dict[int, str], reader: int) -> dict[str, Any]:
    words, icon = SEAL_KINDS[one.kind]
    return {
        "seal": one, "title": one.name_zh if chinese() else one.name_en, "kind": words, "icon": icon,
        "part": PARTS[one.part], "holder": who.get(one.custodian or 0, ""), "mine": one.custodian == reader,
    }  # fmt: skip


def grid(people_ids: list[int], who: dict[int, str]) -> list[dict[str, Any]]:
    """By person: which of the parts that must be apart are in this hand."""
    rows = []
    for id in people_ids:
        held = parts_of(id)
        rows.append({"name": who[id], "cells": [part in held for part in APART]})
    return rows


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Everything in use at the branch; one's own first; and who holds which part."""
    by = people.actor_from(request)
    branch = by.branch or 0
    found = services.seals_of(branch=branch)
    boxes = services.boxes_of(branch=branch)
    who = names([*(one.custodian for one in found), *(box.custodian for box in boxes)])
    lines = sorted((line(one, who, by.id) for one in found), key=lambda row: not row["mine"])
    return {
        "lines": lines, "branch": branch, "grid": grid(list(who), who),
        "columns": [PARTS[part] for part in APART], "registers": authorizes(by),
    }  # fmt: skip


@allows(access.sees)
@require_GET
def seals(request: HttpRequest) -> HttpResponse:
    """Who holds which, live."""
    template = "vault/parts/seals.html" if is_fragment(request) else "vault/seals.html"
    return render(request, template, list_context(request))


def _seen(request: HttpRequest, id: int) -> SealView:
    found = services.seal(id)
    if found.branch != people.actor_from(request).branch:
        raise UnknownSeal(_("There is no such seal or key."), seal=id)
    return found


def page_context(request: HttpRequest, id: int, **more: Any) -> dict[str, Any]:
    """One of them: its way from hand to hand, and what its custodian may do."""
    found, by = _seen(request, id), people.actor_from(request)
    moves = services.seal_moves(seal=id)
    who = names([found.custodian, *(x for one in moves for x in (one.giver, one.receiver, one.second))])
    steps = [
        {
            "at": one.at, "icon": "id" if not one.giver else "arrows-exchange" if one.receiver else "archive",
            "title": _("Registered") if not one.giver else _("Handed over") if one.receiver
            else _("Taken out of use"),
            "who": " → ".join(who[x] for x in (one.giver, one.receiver) if x), "meaning": "neutral",
            "text": one.reason if one.giver else "",
        }
        for one in reversed(moves)
    ]  # fmt: skip
    return line(found, who, by.id) | {"moments": steps, "branch": by.branch, **more}


@allows(access.sees)
@require_GET
def seal(request: HttpRequest, seal: int) -> HttpResponse:
    """One of them, live."""
    template = "vault/parts/seal.html" if is_fragment(request) else "vault/seal.html"
    return render(request, template, page_context(request, seal))


def _take(request: HttpRequest, act: str, id: int) -> str:
    by = people.actor_from(request)
    second = prove(request, duties=SECONDS, branch=by.branch or 0, prefix=ACTS[act])
    if second is None:
        raise SecondPersonMissing(
            _("Two people are needed for this."),
            why=Why(rule="vault.seals", remedy=_("A second person signs in at this screen.")),
        )
    reason = request.POST.get("reason", "")
    if act == "give":
        services.give_seal(seal=id, receiver=second, by=by, reason=reason)
        return _("It is handed over; both have signed.")
    services.retire_seal(seal=id, reason=reason, by=by, second=second)
    return _("It is taken out of use.")


@allows(access.holds_something)
@sensitive_post_parameters("second_password", "witness_password")
@require_POST
def seal_act(request: HttpRequest, seal: int, act: str) -> HttpResponse:
    """Hand it over, or take it out of use; the other person signs in the dialog."""
    _seen(request, seal)
    if act not in ACTS:
        raise UnknownSeal(_("There is no such step."))
    try:
        words = _take(request, act, seal)
    except Refusal as refusal:
        template = "vault/parts/seal.html" if is_fragment(request) else "vault/seal.html"
        told = {"asked": act, "refusal": refusal, "typed": request.POST}
        return render(request, template, page_context(request, seal, **told), status=refusal.status)
    messages.success(request, words)
    return go(request, "vault:seals")


@allows(access.authorizes)
@require_http_methods(["GET", "POST"])
def seal_new(request: HttpRequest) -> HttpResponse:
    """Enter a seal, key or code machine into the register with its first custodian."""
    by = people.actor_from(request)
    me = people.person(by.id)
    choices = [(str(one.id), f"{one.number} {one.name}") for one in (me, *colleagues(by))]
    form = SealForm(request.POST or None, people=choices)
    template = "vault/parts/seal_new.html" if is_fragment(request) else "vault/seal_new.html"
    if request.method == "GET":
        return render(request, template, {"form": form})
    if not form.is_valid():
        return render(request, template, {"form": form}, status=422)
    try:
        made = services.register_seal(branch=by.branch or 0, by=by, **form.asked())
    except Refusal as refusal:
        return render(request, template, {"form": form, "refusal": refusal}, status=refusal.status)
    messages.success(request, _("It stands in the register."))
    return go(request, "vault:seal", made.id)
