"""Reads of the vault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from counterpoint.vault.data import BoxKind, BoxView
from counterpoint.vault.data_cash import Stop
from counterpoint.vault.models import Box, Custody
from counterpoint.vault.rules import as_faces

_HOLDER = Custody.objects.filter(box=OuterRef("pk"), until=None).values("person_id")[:1]


def _view(row: Any) -> BoxView:
    unfit, damaged = (
        {face: n for face, n in as_faces(counts, row.currency).items() if n} if counts else {}
        for counts in (row.unfit, row.damaged)
    )
    return BoxView(
        id=row.pk, number=row.number, kind=BoxKind(row.kind), branch=row.branch_id, desk=row.desk_id,
        account=row.account_id, currency=row.currency, limit=row.limit_minor, custodian=row.holder,
        faces=as_faces(row.counts, row.currency), hard=row.hard, stopped=Stop(row.stopped),
        retired=row.retired, unfit=unfit, damaged=damaged,
    )  # fmt: skip


def boxes(*conditions: Q) -> list[BoxView]:
    """Boxes with their faces and holders, in one query."""
    rows = Box.objects.filter(*conditions).annotate(
        holder=Subquery(_HOLDER), hard=F("stock__hard_minor"), stopped=F("stock__stopped"),
        counts=F("stock__counts"), unfit=F("stock__unfit"), damaged=F("stock__damaged"),
    )  # fmt: skip
    return [_view(row) for row in rows.order_by("number")]


def first(found: Iterable[BoxView]) -> BoxView | None:
    return next(iter(found), None)


def held_box(person: int) -> BoxView | None:
    """The box in a person's custody."""
    return first(boxes(Q(pk__in=Custody.objects.filter(person=person, until=None).values("box"))))
