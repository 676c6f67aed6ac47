"""What ``counterpoint verify`` asks of custody: the journal told again must end where the rows stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from counterpoint.kit.findings import Finding
from counterpoint.vault.rules import as_faces

_STOCKS = """
SELECT b.id, b.branch_id, b.number, b.currency, s.counts FROM vault_box b
JOIN vault_stock s ON s.box_id = b.id ORDER BY b.id
"""
_MOVED = """
SELECT (one -> 1 ->> 'box')::bigint, f.key, sum(f.value::bigint) FROM kit_event e
CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'effects') AS one
CROSS JOIN LATERAL jsonb_each_text(one -> 1 -> 'faces') AS f
WHERE e.data ? 'effects' AND one ->> 0 = 'vault.faces' GROUP BY 1, 2
"""
_TOLD = """
SELECT verb, split_part(subject, ':', 2)::bigint, (data ->> 'person')::bigint,
       (data ->> 'giver')::bigint, (data ->> 'receiver')::bigint FROM kit_event
WHERE verb IN ('vault.box.claimed', 'vault.box.released', 'vault.hand_over.accepted') ORDER BY id
"""
_HELD = """
SELECT b.id, b.branch_id, b.number, c.person_id FROM vault_box b
LEFT JOIN vault_custody c ON c.box_id = b.id AND c.until IS NULL ORDER BY b.id
"""
_TWICE = """
SELECT c.id, b.branch_id, b.number FROM vault_custody c JOIN vault_box b ON b.id = c.box_id
WHERE EXISTS (
    SELECT FROM vault_custody o WHERE o.id < c.id AND (o.box_id = c.box_id OR o.person_id = c.person_id)
    AND tstzrange(o.since, o.until) && tstzrange(c.since, c.until))
ORDER BY c.id
"""


def check(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Notes by face from every entry that moved some; custodians from every claim, return and hand-over."""
    yield from _notes(connection)
    yield from _custodians(connection)
    for id, branch, number in connection.execute(_TWICE):
        yield Finding(
            code="vault.custody", table="vault_custody", row=id, branch=branch, columns=("since", "until"),
            message=f"box {number}: two people held it, or one person two boxes, at the same time",
        )  # fmt: skip


def _notes(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    moved: dict[int, dict[str, int]] = {}
    for box, face, pieces in connection.execute(_MOVED):
        moved.setdefault(box, {})[face] = int(pieces)
    for box, branch, number, currency, counts in connection.execute(_STOCKS):
        told = moved.get(box, {})
        wrong = [face for face, pieces in as_faces(counts, currency).items() if pieces != told.get(face, 0)]
        if wrong:
            yield Finding(
                code="vault.stock", table="vault_stock", row=box, branch=branch, columns=("counts",),
                message=f"box {number}: the entries come to other pieces of {', '.join(wrong)}",
            )  # fmt: skip


def _custodians(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    holders: dict[int, int] = {}
    for verb, subject, claimant, giver, receiver in connection.execute(_TOLD):
        if verb == "vault.hand_over.accepted":
            held = [box for box, person in holders.items() if person == giver]
            holders |= dict.fromkeys(held, receiver)
        elif verb == "vault.box.claimed":
            holders[subject] = claimant
        else:
            holders.pop(subject, None)
    for box, branch, number, person in connection.execute(_HELD):
        if holders.get(box) != person:
            yield Finding(
                code="vault.custody", table="vault_custody", row=box, branch=branch, columns=("person_id",),
                message=f"box {number} is in the hands of {person or 'nobody'},"
                f" the journal says {holders.get(box) or 'nobody'}",
            )  # fmt: skip
