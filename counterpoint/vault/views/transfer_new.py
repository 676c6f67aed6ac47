"""Asking for cash to be moved: the route, and the notes by keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from counterpoint.kit.access import allows
from counterpoint.kit.data import Actor, Refusal
from counterpoint.kit.pages import is_fragment
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.data import BoxKind, BoxView, NoBox
from counterpoint.vault.data_transfers import TransferMalformed, TransferView
from counterpoint.vault.forms_transfers import CENTRAL_BANK, TransferForm
from counterpoint.vault.rules_transfers import split
from counterpoint.vault.services.counts import binding_on, counted_pieces
from counterpoint.vault.views.bookings import go
from counterpoint.vault.views.counting import bound, grid, typed_from
from counterpoint.vault.views.hands import blind_boxes


def places(by: Actor) -> list[tuple[str, Any]]:
    """The boxes of the branch with who holds them, the vaults of the others, and the central bank."""
    branch = by.branch or 0
    boxes = [box for box in services.boxes_of(branch=branch) if not box.retired]
    mine = [(str(box.id), f"{box.number}{_holder(box)}") for box in boxes]
    others = [
        (str(box.id), f"{box.number} · {unit.name}")
        for unit in org.branches() if unit.id != branch
        for box in services.boxes_of(branch=unit.id) if box.kind is BoxKind.VAULT and not box.retired
    ]  # fmt: skip
    return [(_("This branch"), mine), (_("Elsewhere"), [(CENTRAL_BANK, _("Central bank")), *others])]


def _holder(box: BoxView) -> str:
    return f" · {people.person(box.custodian).name}" if box.custodian else f" · {_('held by nobody')}"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < len(text) < 19 else None


def filled(data: QueryDict, by: Actor) -> tuple[dict[str, str], dict[str, int]]:
    """Route and notes as the address asks for them: of a box, as proposed for it, or by name.

    Without a wish: from the branch's vault to the reader's box, to the vault from the central bank.
    """
    boxes = services.boxes_of(branch=by.branch or 0)
    safe = next((box.id for box in boxes if box.kind is BoxKind.VAULT and not box.retired), 0)
    asked = _number(data.get("box", ""))
    box = next((one for one in boxes if one.id == asked), None)
    box = box or next((one for one in boxes if one.custodian == by.id), None)
    target = box.id if box else safe
    source, notes = (safe if target != safe else 0), {}
    if data.get("proposed") and box is not None:
        wish = services.proposed_transfer(box=box, overnight="overnight" in data)
        source, target, notes = wish["source"] or 0, wish["target"] or 0, wish["faces"]
    route = {"source": str(source), "target": str(target)}
    named = {name: str(data[name]) for name in ("source", "target", "quality", "reason") if name in data}
    return route | named, notes


def _box(text: str, known: Iterable[tuple[str, Any]]) -> BoxView | None:
    """The box that was chosen, if it is one of those to choose from."""
    id = _number(text)
    return (
        services.box(id) if id and any(text == key for _group, keys in known for key, _name in keys) else None
    )


def new_context(request: HttpRequest, form: TransferForm | None = None, **more: Any) -> dict[str, Any]:
    """The form; how many pieces the giver's box has is shown where the box is of this branch."""
    by, data = people.actor_from(request), request.POST or request.GET
    day = org.business_day(by.branch or 0).date
    wish, notes = filled(data, by)
    known, quality = places(by), wish.get("quality", "fit")
    form = form or TransferForm(places=known, initial=wish)
    giver = _box(wish["source"], known)
    box = giver or _box(wish["target"], known) or next(iter(services.boxes_of(branch=by.branch or 0)), None)
    if box is None:
        raise NoBox(_("This branch has no boxes"))
    faces, binding = services.countable_faces(box=box, at=day), binding_on(day)
    typed = typed_from(data, faces) or {
        face: {str(unit): n for unit, n in split(face, pieces, binding).items() if n}
        for face, pieces in notes.items()
    }
    rows = grid(box, faces, binding, typed)
    told = giver if giver and giver.branch == by.branch and giver.id not in blind_boxes(by) else None
    for row in rows:
        row["there"] = there(told, row["face"], quality) if told else None
    return {
        "form": form, "rows": rows, "currency": box.currency, "bound": bound(binding),
        "known": told is not None, "proposed": bool(notes), **more,
    }  # fmt: skip


def there(box: BoxView, face: str, quality: str) -> int:
    pieces = {"unfit": box.unfit, "damaged": box.damaged}.get(quality, box.payable)
    return pieces.get(face, 0)


@allows(access.sees)
@require_http_methods(["GET", "POST"])
def transfer_new(request: HttpRequest) -> HttpResponse:
    """Ask for cash to be moved."""
    template = "vault/parts/transfer_new.html" if is_fragment(request) else "vault/transfer_new.html"
    if request.method == "GET":
        return render(request, template, new_context(request))
    by = people.actor_from(request)
    form = TransferForm(request.POST, places=places(by))
    if not form.is_valid():
        return render(request, template, new_context(request, form), status=422)
    try:
        made = _ask(request, form, by)
    except Refusal as refusal:
        context = new_context(request, form, refusal=refusal)
        return render(request, template, context, status=refusal.status)
    return go(request, "vault:transfer", made.id)


def _ask(request: HttpRequest, form: TransferForm, by: Actor) -> TransferView:
    ends = [form.place("source"), form.place("target")]
    box = next((services.box(id) for id in ends if id is not None), None)
    if box is None:
        raise TransferMalformed(_("A transfer goes from one place to another."))
    day = org.business_day(by.branch or 0).date
    faces = services.countable_faces(box=box, at=day)
    pieces = counted_pieces(
        typed=typed_from(request.POST, faces), currency=box.currency, usable=faces, at=day
    )
    quality = form.cleaned_data["quality"]
    return services.request_transfer(
        source=ends[0], target=ends[1], faces=pieces, by=by, reason=form.cleaned_data["reason"],
        unfit=pieces if quality == "unfit" else None, damaged=pieces if quality == "damaged" else None,
    )  # fmt: skip
