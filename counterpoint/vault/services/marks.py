"""Marks in the stock of boxes, so that a moment of long ago costs as little as one of today."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q

from counterpoint.ledger import services as ledger
from counterpoint.vault import queries
from counterpoint.vault.data import FACES
from counterpoint.vault.models import StockMark
from counterpoint.vault.rules import as_faces

#: Movements of a box between two marks.
APART = 250
#: Marks written in one go; what is left is left for the next.
AT_ONCE = 2_000

_LAST = """
SELECT u.box, m.version, m.counts FROM unnest(%s::bigint[], %s::bigint[]) AS u (box, version)
CROSS JOIN LATERAL (
    SELECT version, counts FROM vault_stockmark WHERE box_id = u.box AND version <= u.version
    ORDER BY version DESC LIMIT 1
) m
"""


def last_marks(versions: dict[int, int]) -> dict[int, tuple[int, list[int]]]:
    """Of each box the last mark at or before a version: its version and pieces."""
    with connection.cursor() as db:
        db.execute(_LAST, [list(versions), list(versions.values())])
        return {box: (version, list(counts)) for box, version, counts in db.fetchall()}


def mark_stocks(*, branch: int | None = None) -> int:
    """Write the marks that are due, each from the one before it; how many there were.

    No verb: nothing is decided and nothing changes, a sum is kept.
    """
    boxes = queries.boxes(*([Q(branch_id=branch)] if branch is not None else []))
    books = ledger.accounts([box.account for box in boxes])
    marks = last_marks({box.id: books[box.account].version for box in boxes})
    written = 0
    for box in boxes:
        version, counts = marks.get(box.id, (0, [0] * len(FACES[box.currency])))
        rows: list[StockMark] = []
        while version + APART <= books[box.account].version and written + len(rows) < AT_ONCE:
            moved = _moved(box.account, box.id, version)
            counts = [n + moved.get(face, 0) for face, n in as_faces(counts, box.currency).items()]
            version += APART
            rows.append(StockMark(box_id=box.id, version=version, counts=counts))
        # Two who mark at once write the same.
        StockMark.objects.bulk_create(rows, ignore_conflicts=True)
        written += len(rows)
    return written


def _moved(account: int, box: int, version: int) -> dict[str, int]:
    spans: Sequence[ledger.Span] = [ledger.Span(account, box, version, version + APART)]
    found = ledger.effects_moved(kind="vault.faces", key="box", counts="faces", spans=spans)
    return found.get(account, {})
