"""Reads of the vault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from counterpoint.vault.data import BoxKind, BoxView
from counterpoint.vault.models import Box, Custody
from counterpoint.vault.rules import as_faces

_HOLDER = Custody.objects.filter(box=OuterRef("pk"), until=None).values("person_id")[:1]


def _view(row: Any) -> BoxView:
    return BoxView(
        id=row.pk, number=row.number, kind=BoxKind(row.kind), branch=row.branch_id, desk=row.desk_id,
        account=row.account_id, currency=row.currency, limit=row.limit_minor, custodian=row.holder,
        faces=as_faces(row.counts, row.currency),
    )  # fmt: skip


def boxes(*conditions: Q) -> list[BoxView]:
    """Boxes with their faces and holders, in one query."""
    rows = Box.objects.filter(*conditions).annotate(holder=Subquery(_HOLDER), counts=F("stock__counts"))
    return [_view(row) for row in rows.order_by("number")]


def first(found: Iterable[BoxView]) -> BoxView | None:
    return next(iter(found), None)
