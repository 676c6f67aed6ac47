"""Reads of who held which box, and when."""

from __future__ import annotations

from collections.abc import Iterable

from counterpoint.vault.data_boxes import CustodyView
from counterpoint.vault.models import Custody


def held_now(boxes: Iterable[int]) -> dict[int, CustodyView]:
    """Who holds each box now, in one query; boxes that nobody holds are missing."""
    rows = Custody.objects.filter(box__in=list(boxes), until=None)
    return {row.box_id: CustodyView(row.person_id, row.since, None) for row in rows}


def held_before(box: int, *, limit: int = 10) -> list[CustodyView]:
    """Who held a box, the newest first."""
    rows = Custody.objects.filter(box=box).order_by("-since", "-pk")[:limit]
    return [CustodyView(row.person_id, row.since, row.until) for row in rows]
