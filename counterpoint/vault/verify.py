"""What ``counterpoint verify`` asks of the vault: the notes in every box are what the books say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from counterpoint.kit.findings import Finding
from counterpoint.vault.data import face_value
from counterpoint.vault.rules import as_faces

_BOXES = """
SELECT b.id, b.branch_id, b.number, b.currency, s.counts, a.balance
FROM vault_box b JOIN vault_stock s ON s.box_id = b.id JOIN ledger_account a ON a.id = b.account_id
ORDER BY b.id
"""


def check(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Boxes whose notes are not worth their ledger account."""
    for box, branch, number, currency, counts, booked in connection.execute(_BOXES):
        counted = sum(face_value(f) * n for f, n in as_faces(counts, currency).items())
        if counted != booked:
            yield Finding(
                code="vault.faces",
                table="vault_stock",
                row=box,
                branch=branch,
                columns=("counts",),
                message=f"box {number}: the notes are worth {counted}, the books say {booked}",
            )
