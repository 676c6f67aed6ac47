"""The branch's cash position as at any moment 现金头寸, on screen and on paper."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from counterpoint.kit import clock
from counterpoint.kit.access import allows
from counterpoint.kit.data import Malformed, NotFound
from counterpoint.org import services as org
from counterpoint.people.services import actor_from
from counterpoint.vault import access
from counterpoint.vault.closing import position_paper
from counterpoint.vault.data import face_value
from counterpoint.vault.labels import face_name
from counterpoint.vault.services.positions import BranchAt, branch_position
from counterpoint.vault.views.hands import check_not_blind

_TYPES = {
    "pdf": ("application/pdf", org.paper_pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", org.paper_xlsx),
}


def _asked(request: HttpRequest) -> tuple[BranchAt, str]:
    """The position of the moment asked for; now, where none is."""
    text = request.GET.get("at", "").strip()
    at = clock.now()
    if text:
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None:
            raise Malformed(_("This is no date and time."), at=text)
        at = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    by = actor_from(request)
    found = branch_position(branch=by.branch or 0, at=at)
    check_not_blind(by, [one.box.id for one in found.boxes])
    return found, text


def _faces(position: BranchAt, currency: str) -> list[tuple[str, list[int], int, int]]:
    """By face: its name, the pieces in each box, in all, and their worth."""
    boxes = [one for one in position.boxes if one.box.currency == currency]
    faces = list(dict.fromkeys(face for one in boxes for face in one.faces))
    lines = []
    for face in faces:
        each = [one.faces.get(face, 0) for one in boxes]
        if any(each):
            lines.append((str(face_name(face, currency)), each, sum(each), sum(each) * face_value(face)))
    return lines


@allows(access.sees)
@require_GET
def position(request: HttpRequest) -> HttpResponse:
    """Each box and each face, now or as at a moment."""
    found, asked = _asked(request)
    tables = [
        (
            currency,
            [one for one in found.boxes if one.box.currency == currency],
            _faces(found, currency),
            found.total(currency),
        )
        for currency in found.currencies
    ]
    local: datetime = timezone.localtime(found.at)
    context = {"at": found.at, "asked": asked, "local": f"{local:%Y-%m-%dT%H:%M}", "tables": tables}
    return render(request, "vault/position.html", context)


@allows(access.sees)
@require_GET
def position_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The same as a paper."""
    if kind not in _TYPES:
        raise NotFound(_("There is no such paper."))
    found, _asked_text = _asked(request)
    day = timezone.localtime(found.at).date()
    content_type, make = _TYPES[kind]
    answer = HttpResponse(make(position_paper(found, None), day), content_type=content_type)
    shown = "inline" if kind == "pdf" else "attachment"
    answer["Content-Disposition"] = f'{shown}; filename="position-{found.branch}.{kind}"'
    return answer
