"""A hand-over's package on the screen: with its figures, or as the form in which it is counted blind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import QueryDict

from counterpoint.vault import services
from counterpoint.vault.data import FACES, BoxView, face_value, is_coin
from counterpoint.vault.data_counts import PieceUnit
from counterpoint.vault.data_vouchers import HandOverView, PartView
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_vouchers import SEAL_KINDS
from counterpoint.vault.rules_counts import Binding
from counterpoint.vault.rules_transfers import split
from counterpoint.vault.rules_vouchers import parse_spans
from counterpoint.vault.services.counts import binding_on, counted_pieces, faces_in_use
from counterpoint.vault.views.counting import bound, grid, typed_from
from counterpoint.vault.views.hands import chinese

#: As much as is read of one field of ranges.
LONGEST = 2000


def cash_box(part: PartView) -> BoxView:
    """The box whose notes the part lists; its stamp begins with it."""
    return services.box(int(part.stamp.partition(":")[0]))


def cash_rows(part: PartView, currency: str, binding: Binding) -> list[dict[str, Any]]:
    """By face: bundles, straps or rolls, loose, pieces and worth."""
    rows = []
    for face in (face for face in FACES[currency] if part.count.get(face)):
        pieces = int(part.count[face])
        cut = split(face, pieces, binding)
        rows.append({
            "name": face_name(face, currency), "bundles": cut.get(PieceUnit.BUNDLES, 0),
            "middle": cut.get(PieceUnit.ROLLS if is_coin(face) else PieceUnit.STRAPS, 0),
            "loose": cut.get(PieceUnit.LOOSE, 0), "pieces": pieces, "worth": pieces * face_value(face),
        })  # fmt: skip
    return rows


def shown_parts(parts: Iterable[PartView], day: date, *, figures: bool = True) -> list[dict[str, Any]]:
    """The parts as they are read; without ``figures`` of what is counted only that it is there."""
    zh, found = chinese(), []
    for part in parts:
        one: dict[str, Any] = {
            "key": part.key, "title": part.title_zh if zh else part.title_en, "icon": _icon(part.key),
            "blind": bool(part.count) and not figures,
        }  # fmt: skip
        if not one["blind"]:
            one["lines"] = [(row[0] if zh else row[1], row[2], row[3]) for row in part.lines]
            one["worth"] = sum(row[3] for row in part.lines)
        if part.key == "cash" and figures:
            box = cash_box(part)
            one |= {"rows": cash_rows(part, box.currency, binding_on(day)), "currency": box.currency}
        found.append(one)
    return found


def _icon(key: str) -> str:
    return {"cash": "cash-banknote", "vouchers": "file-barcode", "seals": "rubber-stamp"}.get(
        key, "clipboard-list"
    )


def _part(found: HandOverView, key: str) -> PartView | None:
    return next((part for part in found.parts if part.key == key and part.count), None)


def _faces(box: BoxView, day: date) -> Sequence[str]:
    """The rows of the blind count. In doubt all faces stand there, so that the rows tell nothing."""
    usable = faces_in_use(currency=box.currency, at=day)
    held = {face for face, pieces in box.faces.items() if pieces}
    return list(FACES[box.currency]) if held - set(usable) else usable


def blind_form(data: QueryDict, found: HandOverView) -> dict[str, Any]:
    """What the receiver fills in. All kinds of forms and all seals stand there, not just those that come."""
    context: dict[str, Any] = {"currency": "CNY", "rows": [], "kinds": [], "seals": []}
    if (cash := _part(found, "cash")) is not None:
        box, binding = cash_box(cash), binding_on(found.date)
        faces = _faces(box, found.date)
        context |= {
            "rows": grid(box, faces, binding, typed_from(data, faces)), "currency": box.currency,
            "bound": bound(binding),
        }  # fmt: skip
    if _part(found, "vouchers") is not None:
        context["kinds"] = [
            {"kind": kind, "name": kind.name_zh if chinese() else kind.name_en, "field": f"forms_{kind.id}",
             "value": data.get(f"forms_{kind.id}", "")}
            for kind in services.voucher_kinds()
        ]  # fmt: skip
    if _part(found, "seals") is not None:
        ticked = set(data.getlist("seals"))
        context["seals"] = [
            {"seal": seal, "name": seal.name_zh if chinese() else seal.name_en,
             "icon": SEAL_KINDS[seal.kind][1], "ticked": seal.number in ticked}
            for seal in services.seals_of(branch=found.branch) if seal.custodian != found.receiver
        ]  # fmt: skip
    return context


def _typed(data: QueryDict, kind: int) -> str:
    return data.get(f"forms_{kind}", "")[:LONGEST]


def counted_from(data: QueryDict, found: HandOverView) -> dict[str, Any]:
    """What was counted, as the package has it; what cannot be read is refused, not passed over."""
    counted: dict[str, Any] = {}
    if (cash := _part(found, "cash")) is not None:
        box = cash_box(cash)
        counted["cash"] = counted_pieces(
            typed=typed_from(data, _faces(box, found.date)), currency=box.currency,
            usable=FACES[box.currency], at=found.date,
        )  # fmt: skip
    if _part(found, "vouchers") is not None:
        counted["vouchers"] = {
            kind.code: [list(one) for one in parse_spans(_typed(data, kind.id), kind.prefix)]
            for kind in services.voucher_kinds()
        }
    if _part(found, "seals") is not None:
        counted["seals"] = {"numbers": sorted({number[:20] for number in data.getlist("seals")})}
    return counted
