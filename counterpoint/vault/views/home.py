"""The vault's front page: what waits, where the cash lies, and the way to everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from counterpoint.kit.access import allows
from counterpoint.kit.pages import is_fragment
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.data import FACES, BoxKind, BoxView, face_value
from counterpoint.vault.labels import face_name
from counterpoint.vault.views.hands import blind_boxes, names

PLACES = (
    ("boxes", _("Boxes"), "wallet"), ("counts", _("Counts"), "calculator"),
    ("transfers", _("Cash transfers"), "transfer"), ("differences", _("Cash differences"), "scale"),
    ("hand_overs", _("Hand-overs"), "arrows-exchange"), ("vouchers", _("Vouchers"), "file-text"),
    ("seals", _("Seals and keys"), "key"), ("bookings", _("Large-cash bookings"), "calendar-check"),
    ("damaged", _("Damaged notes"), "cash-banknote"), ("counterfeits", _("Counterfeit money"), "ban"),
    ("checks", _("Surprise checks"), "search"), ("position", _("Cash position"), "chart-bar"),
)  # fmt: skip
#: The length of a bar, in the units of the picture; a limit is never drawn at its very end.
LENGTH = 300
ROOM = 1.06
#: The large faces have a colour each; the rest share the last.
TONES = 4


def _tone(place: int) -> int:
    return min(place, TONES)


def _bar(box: BoxView) -> dict[str, Any]:
    """A box's cash cut by face, drawn against its own limit; without a limit the bar is full."""
    limit = box.limit or box.hard
    whole = max(box.counted, int(limit * ROOM), 1)
    sums: dict[int, int] = {}
    for place, (face, pieces) in enumerate(box.faces.items()):
        sums[_tone(place)] = sums.get(_tone(place), 0) + face_value(face) * pieces
    parts, at = [], 0.0
    for tone, worth in sums.items():
        width = worth * LENGTH / whole
        if width > 0:
            parts.append({"x": round(at, 1), "width": round(width, 1), "tone": tone})
        at += width
    return {
        "box": box, "parts": parts, "limit": limit, "mark": round(limit * LENGTH / whole, 1) if limit else 0,
        "over": bool(limit) and box.counted > limit,
    }  # fmt: skip


def _by_face(boxes: Iterable[BoxView], currency: str) -> list[dict[str, Any]]:
    """Each face: what lies in the vault and what in the other boxes, one bar after the other."""
    rows: list[dict[str, Any]] = []
    for place, face in enumerate(FACES[currency]):
        held = [(box.kind is BoxKind.VAULT, box.faces.get(face, 0)) for box in boxes]
        safe, rest = (sum(n for vault, n in held if vault is kind) for kind in (True, False))
        if safe or rest:
            rows.append({
                "name": face_name(face, currency), "safe": safe, "rest": rest, "pieces": safe + rest,
                "worth": (safe + rest) * face_value(face), "tone": _tone(place),
            })  # fmt: skip
    longest = max((row["worth"] for row in rows), default=1)
    for row in rows:
        length = row["worth"] * LENGTH / longest
        row["x"] = round(length * row["safe"] / row["pieces"], 1)
        row["width"] = round(length - row["x"], 1)
    return rows


def _picture(boxes: list[BoxView], blind: set[int]) -> list[dict[str, Any]]:
    """Each currency: its boxes as bars, and its faces. Of a box that is counted blind nothing is told."""
    found = []
    holders = names(box.custodian for box in boxes)
    for currency in dict.fromkeys(box.currency for box in boxes):
        mine = [box for box in boxes if box.currency == currency]
        told = [box for box in mine if box.id not in blind]
        faces = list(FACES[currency])
        found.append({
            "currency": currency, "total": sum(box.counted for box in told), "whole": len(told) == len(mine),
            "bars": [
                (_bar(box) if box.id not in blind else {"box": box, "blind": True})
                | {"holder": holders.get(box.custodian or 0, "")}
                for box in mine
            ],
            "tones": [*((at, face_name(face, currency)) for at, face in enumerate(faces[:TONES])),
                      (TONES, _("smaller"))],
            "faces": _by_face(told, currency),
        })  # fmt: skip
    return found


def _places() -> list[dict[str, Any]]:
    return [
        {"name": name, "title": title, "icon": icon, "url": reverse(f"vault:{name}")}
        for name, title, icon in PLACES
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """What a teller, the vault's keeper and a supervisor each need now."""
    by = people.actor_from(request)
    branch = by.branch or 0
    boxes = services.boxes_of(branch=branch)
    matters = services.attention(branch=branch, person=by.id)
    return {
        "branch": branch, "matters": matters, "picture": _picture(boxes, blind_boxes(by)),
        "mine": next((box for box in boxes if box.custodian == by.id), None),
        "seals": services.seals_of(person=by.id), "places": _places(), "length": LENGTH,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The front page, live."""
    template = "vault/parts/home.html" if is_fragment(request) else "vault/home.html"
    return render(request, template, context(request))
