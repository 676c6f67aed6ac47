"""Transfers of cash: the list, and one with the steps that its reader may take."""

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
from counterpoint.kit.data import Actor, NotAllowed, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import access, services
from counterpoint.vault.data import FACES, BoxView, face_value, is_coin
from counterpoint.vault.data_cash import Place
from counterpoint.vault.data_counts import PieceUnit
from counterpoint.vault.data_transfers import (
    TransferAct,
    TransferEnded,
    TransferPeople,
    TransferView,
    UnknownTransfer,
)
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_transfers import TRANSFER_STATES
from counterpoint.vault.papers_transfers import transfer_slip
from counterpoint.vault.rules_transfers import split
from counterpoint.vault.services.counts import binding_on, counted_pieces, faces_in_use
from counterpoint.vault.services.transfer_checks import Reader
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.counting import grid, typed_from
from counterpoint.vault.views.damaged import cursor, paper
from counterpoint.vault.views.signing import prove

PAGE = 50
SECONDS = (Duty.CASH, Duty.AUTHORIZE)


def place(kind: Place, name: str, branch: int, here: int) -> str:
    """Where a transfer begins or ends; the branch is named where it is another one."""
    if kind is Place.CENTRAL_BANK:
        return _("Central bank")
    return name if branch == here else f"{name} · {org.branch(branch).name}"


def line(one: TransferView, reader: Reader) -> dict[str, Any]:
    """A transfer as the list and the page show it; ``turn``: somebody waits for the reader."""
    words, meaning, icon = TRANSFER_STATES[one.state]
    here = reader.by.branch or 0
    return {
        "transfer": one, "state": words, "meaning": meaning, "icon": icon, "turn": reader.turn(one),
        "shown": reader.sees_notes(one),
        "source": place(one.source_kind, one.source_name, one.source_branch, here),
        "target": place(one.target_kind, one.target_name, one.target_branch, here),
    }  # fmt: skip


def list_context(request: HttpRequest) -> dict[str, Any]:
    """The open transfers, those first that wait for the reader; then the ended ones by page."""
    by = people.actor_from(request)
    branch, before, reader = by.branch or 0, cursor(request), Reader(by)
    open_ones = [] if before else [line(one, reader) for one in services.open_transfers(branch=branch)]
    open_ones.sort(key=lambda row: not row["turn"])
    ended = services.transfers_of(branch=branch, ended_only=True, before=before)
    older = f"{reverse('vault:transfers')}?before={ended[-1].id}" if len(ended) == PAGE else ""
    return {
        "open_ones": open_ones, "ended": [line(one, reader) for one in ended], "older": older,
        "branch": branch, "first_page": before is None,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """The list, live."""
    template = "vault/parts/transfers.html" if is_fragment(request) else "vault/transfers.html"
    return render(request, template, list_context(request))


def seen(request: HttpRequest, id: int) -> TransferView:
    found = services.transfer(id)
    if people.actor_from(request).branch not in (found.source_branch, found.target_branch):
        raise UnknownTransfer(_("There is no such transfer."), transfer=id)
    return found


def pieces_table(view: TransferView) -> list[dict[str, Any]]:
    """By face: bundles, straps or rolls, loose, pieces and worth; and how many are damaged or unfit."""
    binding = binding_on(view.date)
    lines = []
    for face in (face for face in FACES[view.currency] if view.faces.get(face)):
        parts, pieces = split(face, view.faces[face], binding), view.faces[face]
        lines.append({
            "name": face_name(face, view.currency), "bundles": parts.get(PieceUnit.BUNDLES, 0),
            "middle": parts.get(PieceUnit.ROLLS if is_coin(face) else PieceUnit.STRAPS, 0),
            "loose": parts.get(PieceUnit.LOOSE, 0), "pieces": pieces, "worth": pieces * face_value(face),
            "unfit": view.unfit.get(face, 0), "damaged": view.damaged.get(face, 0),
        })  # fmt: skip
    return lines


def moments(view: TransferView) -> list[dict[str, Any]]:
    """Its steps and the blind counts between them, in their order."""
    names: dict[int, str] = {}

    def name(person: int) -> str:
        if person not in names:
            names[person] = people.person(person).name if person else _("By itself")
        return names[person]

    found = []
    for step in services.transfer_steps(transfer=view.id):
        words, meaning, icon = TRANSFER_STATES[step.state]
        who = name(step.person) + (f" + {name(step.second)}" if step.second else "")
        text = step.reason if step.person else _("Nobody issued it in time.")
        found.append({"at": step.at, "title": words, "who": who, "text": text, "meaning": meaning,
                      "icon": icon, "entry": step.entry})  # fmt: skip
    for one in services.transfer_tries(transfer=view.id):
        words = _("Counted blind: agrees") if one.agrees else _("Counted blind: differs")
        found.append({"at": one.at, "title": words, "who": name(one.person), "icon": "eye-off",
                      "meaning": "success" if one.agrees else "attention"})  # fmt: skip
    return sorted(found, key=lambda item: item["at"])


def countable(view: TransferView, box: BoxView) -> list[str]:
    """The rows of the blind count. What was sent may not be told by them: in doubt all faces stand there."""
    usable = faces_in_use(currency=box.currency, at=view.date)
    return list(FACES[box.currency]) if set(view.faces) - set(usable) else usable


def page_context(request: HttpRequest, id: int, **more: Any) -> dict[str, Any]:
    """One transfer, and just what its reader may do with it."""
    found, reader = seen(request, id), Reader(people.actor_from(request))
    acts, steps = reader.acts(found), moments(found)
    context = line(found, reader) | {
        "acts": acts, "branch": reader.by.branch, "currency": found.currency, "moments": steps,
        "faces": pieces_table(found) if reader.sees_notes(found) else [],
        "entries": [item["entry"] for item in steps if item.get("entry")] if reader.sees_notes(found) else [],
        # Only the timeline is fetched again under somebody's hands.
        "typing": bool({TransferAct.CARRY, TransferAct.RECEIVE} & set(acts))
        or (TransferAct.ISSUE in acts and found.source is None),
        "two": found.open and services.people_to_move(found) > 1,
        "requester": people.person(found.requester).name,
        "giver": people.person(found.giver).name if found.giver else "",
        "taker": people.person(found.taker).name if found.taker else "",
    }  # fmt: skip
    if TransferAct.COUNT in acts and found.target is not None:
        box = services.box(found.target)
        rows = countable(found, box)
        context["rows"] = grid(box, rows, binding_on(found.date), typed_from(request.POST, rows))
    return context | more


@allows(access.sees)
@require_GET
def transfer(request: HttpRequest, transfer: int) -> HttpResponse:
    """One transfer, live."""
    template = "vault/parts/transfer.html" if is_fragment(request) else "vault/transfer.html"
    return render(request, template, page_context(request, transfer))


@allows(access.sees)
@require_GET
def transfer_paper(request: HttpRequest, transfer: int) -> HttpResponse:
    """Its slip; not for who still has to count it."""
    found = seen(request, transfer)
    if not Reader(people.actor_from(request)).sees_notes(found):
        raise NotAllowed(_("It is counted blind: its slip is printed when it has been taken in."))
    steps = services.transfer_steps(transfer=transfer)
    return paper(org.paper_pdf(transfer_slip(found, steps), found.date), found.number)


def _take(request: HttpRequest, act: TransferAct, view: TransferView, by: Actor) -> str:
    """Take the step; the words that tell of it."""
    post, id = request.POST, view.id
    reason = post.get("reason", "")
    if act is TransferAct.CARRY:
        carrier, seals = post.get("carrier", ""), post.get("seals", "")
        services.carry_transfer(transfer=id, carrier=carrier, seals=seals, by=by)
        return _("The carrier has it.")
    if act is TransferAct.REJECT:
        services.reject_transfer(transfer=id, reason=reason, by=by)
        return _("It goes back to the giver.")
    if act is TransferAct.CANCEL:
        services.cancel_transfer(transfer=id, reason=reason, by=by)
        return _("The transfer is cancelled.")
    second = prove(request, duties=SECONDS, branch=by.branch or 0)
    voucher = post.get("voucher", "")
    if act is TransferAct.ISSUE:
        services.issue_transfer(transfer=id, by=by, second=second, voucher=voucher)
        return _("The notes are on their way.")
    if view.target is not None:
        box = services.box(view.target)
        typed = typed_from(post, countable(view, box))
        pieces = counted_pieces(typed=typed, currency=box.currency, usable=FACES[box.currency], at=view.date)
        services.count_transfer(transfer=id, faces=pieces, by=by)
    services.receive_transfer(transfer=id, by=by, second=second, voucher=voucher)
    return _("The notes are in the box.")


def _act(text: str) -> TransferAct:
    if text not in [one for one in TransferAct if one is not TransferAct.COUNT]:
        raise TransferEnded(_("There is no such step."))
    return TransferAct(text)


@allows(access.sees)
@sensitive_post_parameters("second_password")
@require_POST
def transfer_act(request: HttpRequest, transfer: int, act: str) -> HttpResponse:
    """One step of it; where two people are needed, first who the second one is."""
    found, by = seen(request, transfer), people.actor_from(request)
    try:
        words = _take(request, _act(act), found, by)
    except Refusal as refusal:
        template = "vault/parts/transfer.html" if is_fragment(request) else "vault/transfer.html"
        signed = bool(request.POST.get("second_number"))
        asks = isinstance(refusal, TransferPeople) and not signed
        told = {"asked": act, "asks_second": asks or signed, "refusal": None if asks else refusal}
        context = page_context(request, transfer, typed=request.POST, **told)
        return render(request, template, context, status=refusal.status)
    messages.success(request, words)
    return go(request, "vault:transfer", transfer)
