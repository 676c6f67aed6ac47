"""The vault's front page: what waits, where the cash lies, and the way to everything else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from counterpoint.kit.access import allows
from counterpoint.people import services as people
from counterpoint.vault import access, services
from counterpoint.vault.data import BoxView, face_value
from counterpoint.vault.labels import face_name
from counterpoint.vault.views.bookings import is_fragment

PLACES = (
    ("boxes", _("Boxes"), "wallet"), ("counts", _("Counts"), "calculator"),
    ("transfers", _("Cash transfers"), "transfer"), ("differences", _("Cash differences"), "scale"),
    ("hand_overs", _("Hand-overs"), "arrows-exchange"), ("vouchers", _("Vouchers"), "file-text"),
    ("seals", _("Seals and keys"), "key"), ("bookings", _("Large-cash bookings"), "calendar-check"),
    ("damaged", _("Damaged notes"), "cash-banknote"), ("counterfeits", _("Counterfeit money"), "ban"),
    ("checks", _("Surprise checks"), "search"), ("position", _("Cash position"), "chart-bar"),
)  # fmt: skip
#: The longest bar, in the units of the picture.
LENGTH = 300


def _bars(boxes: list[BoxView]) -> list[dict[str, Any]]:
    """Each box as a bar of its cash, cut by face; the limit as a line across."""
    longest = max([1, *(max(box.counted, box.limit) for box in boxes)])
    bars = []
    for box in boxes:
        parts, at = [], 0.0
        for place, (face, pieces) in enumerate(box.faces.items()):
            width = face_value(face) * pieces * LENGTH / longest
            if width >= 1:
                title = f"{face_name(face, box.currency)} × {pieces:,}"
                parts.append({"x": round(at, 1), "width": round(width, 1), "title": title, "tone": place % 4})
            at += width
        holder = people.person(box.custodian).name if box.custodian else ""
        limit = round(box.limit * LENGTH / longest, 1) if box.limit else 0
        over = bool(box.limit) and box.counted > box.limit
        bars.append({"box": box, "parts": parts, "limit": limit, "over": over, "holder": holder})
    return bars


def _places() -> list[dict[str, Any]]:
    found = []
    for name, title, icon in PLACES:
        try:
            url = reverse(f"vault:{name}")
        except NoReverseMatch:
            continue
        found.append({"name": name, "title": title, "icon": icon, "url": url})
    return found


def context(request: HttpRequest) -> dict[str, Any]:
    by = people.actor_from(request)
    branch = by.branch or 0
    boxes = services.boxes_of(branch=branch)
    matters = services.attention(branch=branch, person=by.id)
    mine = next((box for box in boxes if box.custodian == by.id), None)
    return {
        "branch": branch, "matters": matters, "bars": _bars([box for box in boxes if not box.retired]),
        "mine": mine, "places": _places(), "length": LENGTH,
    }  # fmt: skip


@allows(access.sees)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The front page, live."""
    template = "vault/parts/home.html" if is_fragment(request) else "vault/home.html"
    return render(request, template, context(request))
