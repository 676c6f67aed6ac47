"""Reads of the vault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from counterpoint.kit.database import planned
from counterpoint.vault.data import BoxKind, BoxView, face_value
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


PAYABLE = """
SELECT s.stopped, b.currency, s.counts, s.unfit, s.damaged FROM vault_custody c
JOIN vault_box b ON b.id = c.box_id JOIN vault_stock s ON s.box_id = c.box_id
WHERE c.person_id = %s AND c.until IS NULL
"""


def payable_of(person: int) -> tuple[Stop, int] | None:
    """Whether the box in a person's custody is stopped, and what it may pay out, in minor units."""
    with planned() as cursor:
        cursor.execute(PAYABLE, [person])
        row = cursor.fetchone()
    if row is None:
        return None
    stopped, currency, *parts = row
    have, unfit, damaged = (as_faces(counts or [], currency) for counts in parts)
    worth = sum(face_value(face) * (n - unfit[face] - damaged[face]) for face, n in have.items())
    return Stop(stopped), worth


def first(found: Iterable[BoxView]) -> BoxView | None:
    return next(iter(found), None)


def held_box(person: int) -> BoxView | None:
    """The box in a person's custody."""
    return first(boxes(Q(pk__in=Custody.objects.filter(person=person, until=None).values("box"))))
