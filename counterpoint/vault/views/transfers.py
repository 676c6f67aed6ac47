"""Transfers of cash: the list, a new one, and one with the steps that its reader may take."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.data import FACES, BoxKind
from counterpoint.vault.data_cash import Place, TransferState
from counterpoint.vault.data_transfers import TransferView, UnknownTransfer
from counterpoint.vault.forms_cases import FacesForm
from counterpoint.vault.forms_transfers import CENTRAL_BANK, StepForm, TransferForm
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_transfers import TRANSFER_STATES
from counterpoint.vault.views.bookings import go, is_fragment
from counterpoint.vault.views.damaged import cursor
from counterpoint.vault.views.second import second_of, signed

PAGE = 50


def _place(kind: Place, name: str, branch: int) -> str:
    return _("Central bank") if kind is Place.CENTRAL_BANK else f"{name} · {org.branch(branch).name_zh}"


def line(one: TransferView, me: int) -> dict[str, Any]:
    """A transfer as the list and the page show it; ``turn``: the reader has to act."""
    words, meaning = TRANSFER_STATES[one.state]
    return {
        "transfer": one, "state": words, "meaning": meaning, "turn": bool(_acts(one, me)),
        "source": _place(one.source_kind, one.source_name, one.source_branch),
        "target": _place(one.target_kind, one.target_name, one.target_branch),
    }  # fmt: skip


def _holds(box: int | None, me: int, branch: int) -> bool:
    """At the central bank's end whoever handles cash in our branch acts."""
    if box is None:
        return bool(people.may(person=me, duty=Duty.CASH, branch=branch))
    return services.box(box).custodian == me


def _acts(one: TransferView, me: int) -> list[str]:
    """What the reader may do next: issue, carry, count, receive, reject, cancel."""
    if not one.open:
        return []
    gives, takes = _holds(one.source, me, one.target_branch), _holds(one.target, me, one.source_branch)
    if one.state is TransferState.REQUESTED:
        return [*(["issue"] if gives else []), *(["cancel"] if gives or me == one.requester else [])]
    acts = []
    travels = one.between_branches or Place.CENTRAL_BANK in (one.source_kind, one.target_kind)
    if one.state is TransferState.ISSUED and gives:
        acts += ["carry"] if travels else []
        acts.append("cancel")
    if takes and (one.state is TransferState.IN_TRANSIT or not one.between_branches):
        acts += ["count", "reject"] if one.target is not None else ["receive"]
    return acts


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Transfers from and to the branch, the open ones of the reader first."""
    by = people.actor_from(request)
    branch = by.branch or 0
    found = services.transfers_of(branch=branch, before=cursor(request))
    lines = [line(one, by.id) for one in found]
    lines.sort(key=lambda row: (not row["turn"], not row["transfer"].open))
    older = f"{reverse('vault:transfers')}?before={found[-1].id}" if len(found) == PAGE else ""
    return {"lines": lines, "older": older, "branch": branch}


@allows(access.sees)
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """The list, live."""
    template = "vault/parts/transfers.html" if is_fragment(request) else "vault/transfers.html"
    return render(request, template, list_context(request))


def _places(by: Actor) -> list[tuple[str, str]]:
    """The boxes of the branch, the vaults of the others, and the central bank."""
    branch = by.branch or 0
    mine = [(str(box.id), f"{box.number}") for box in services.boxes_of(branch=branch)]
    others = [
        (str(box.id), f"{box.number} · {unit.name_zh}")
        for unit in org.branches() if unit.id != branch
        for box in services.boxes_of(branch=unit.id) if box.kind is BoxKind.VAULT
    ]  # fmt: skip
    return [*mine, *others, (CENTRAL_BANK, _("Central bank"))]


def _filled(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """From the branch's vault to the reader's box, or what the address asks for."""
    boxes = services.boxes_of(branch=by.branch or 0)
    vault = next((str(box.id) for box in boxes if box.kind is BoxKind.VAULT), CENTRAL_BANK)
    mine = next((str(box.id) for box in boxes if box.custodian == by.id), CENTRAL_BANK)
    source, target = (vault, mine) if mine != vault else (CENTRAL_BANK, vault)
    return {"source": request.GET.get("source", source), "target": request.GET.get("target", target)}


def new_context(request: HttpRequest, form: TransferForm | None = None, **more: Any) -> dict[str, Any]:
    by = people.actor_from(request)
    form = form or TransferForm(places=_places(by), initial=_filled(request, by))
    grid = form.grid()
    return {
        "form": form, "notes": [row for row in grid if not row["coin"]], "currency": form.currency,
        "coins": [row for row in grid if row["coin"]], **more,
    }  # fmt: skip


@allows(access.sees)
@require_http_methods(["GET", "POST"])
def transfer_new(request: HttpRequest) -> HttpResponse:
    """Ask for cash to be moved."""
    template = "vault/parts/transfer_new.html" if is_fragment(request) else "vault/transfer_new.html"
    if request.method == "GET":
        return render(request, template, new_context(request))
    by = people.actor_from(request)
    form = TransferForm(request.POST, places=_places(by))
    if not form.is_valid():
        return render(request, template, new_context(request, form), status=422)
    try:
        made = services.request_transfer(
            source=form.place("source"), target=form.place("target"), faces=form.faces(), by=by,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
    except Refusal as refusal:
        context = new_context(request, form, refusal=refusal)
        return render(request, template, context, status=refusal.status)
    return go(request, "vault:transfer", made.id)


def _mine(request: HttpRequest, id: int) -> TransferView:
    found = services.transfer(id)
    if people.actor_from(request).branch not in (found.source_branch, found.target_branch):
        raise UnknownTransfer(_("There is no such transfer."))
    return found


def page_context(request: HttpRequest, id: int, **more: Any) -> dict[str, Any]:
    """One transfer; who still has to count it is not told its notes."""
    found, me = _mine(request, id), people.actor_from(request).id
    acts = _acts(found, me)
    blind = "count" in acts and not _holds(found.source, me, found.target_branch)
    grid = FacesForm(currency=found.currency).grid()
    steps = services.transfer_steps(transfer=id)
    return line(found, me) | {
        "acts": acts, "blind": blind, "branch": found.target_branch, "currency": found.currency,
        "faces": [
            (face_name(face, found.currency), found.faces[face]) for face in FACES[found.currency]
            if found.faces.get(face)
        ],
        "notes": [row for row in grid if not row["coin"]], "coins": [row for row in grid if row["coin"]],
        "two": found.open and services.people_to_move(found) > 1,
        "moments": [_moment(step) for step in steps],
        "requester": people.person(found.requester), **more,
    }  # fmt: skip


def _moment(step: Any) -> dict[str, Any]:
    words, meaning = TRANSFER_STATES[step.state]
    who = people.person(step.person).name
    if step.second:
        who = f"{who}、{people.person(step.second).name}"
    return {"at": step.at, "title": words, "who": who, "text": step.reason, "meaning": meaning,
            "icon": "circle-dot"}  # fmt: skip


@allows(access.sees)
@require_GET
def transfer(request: HttpRequest, transfer: int) -> HttpResponse:
    """One transfer, live."""
    template = "vault/parts/transfer.html" if is_fragment(request) else "vault/transfer.html"
    return render(request, template, page_context(request, transfer))


def _act(request: HttpRequest, act: str, id: int, by: Actor) -> str:
    """Take the step; the words that tell of it."""
    form = StepForm(request.POST)
    form.full_clean()
    typed = {name: form.cleaned_data.get(name, "") for name in form.fields}
    second = second_of(request) if signed(request) else None
    if act == "issue":
        services.issue_transfer(transfer=id, by=by, second=second, voucher=typed["voucher"])
        return _("The notes are on their way.")
    if act == "carry":
        services.carry_transfer(transfer=id, carrier=typed["carrier"], seals=typed["seals"], by=by)
        return _("The carrier has it.")
    if act == "reject":
        services.reject_transfer(transfer=id, reason=typed["reason"], by=by)
        return _("It goes back to the giver.")
    if act == "cancel":
        services.cancel_transfer(transfer=id, reason=typed["reason"], by=by)
        return _("The transfer is cancelled.")
    _count(request, id, by)
    services.receive_transfer(transfer=id, by=by, second=second, voucher=typed["voucher"])
    return _("The notes are in the box.")


def _count(request: HttpRequest, id: int, by: Actor) -> None:
    """Keep the blind count, where one was typed."""
    view = services.transfer(id)
    if view.target is None:
        return
    form = FacesForm(request.POST, currency=view.currency)
    form.full_clean()
    services.count_transfer(transfer=id, faces=form.faces(), by=by)


@allows(access.sees)
@sensitive_post_parameters()
@require_POST
def transfer_act(request: HttpRequest, transfer: int, act: str) -> HttpResponse:
    """One step of it."""
    _mine(request, transfer)
    try:
        words = _act(request, act, transfer, people.actor_from(request))
    except Refusal as refusal:
        template = "vault/parts/transfer.html" if is_fragment(request) else "vault/transfer.html"
        context = page_context(request, transfer, refusal=refusal, asked=act)
        return render(request, template, context, status=refusal.status)
    messages.success(request, words)
    return go(request, "vault:transfer", transfer)
