"""Balances as at any moment 时点余额, from the legs: halving on each account's own key, no counters.

Twenty steps find the place among a million legs. Money is ordered by version; times of neighbours may
be some milliseconds apart from that order, so the answer is exact in money and within those in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class BalanceAt:
    """How many legs an account had, and what they came to."""

    account: int
    version: int
    balance: int


_AT = """
WITH RECURSIVE seek (account, low, high) AS (
    SELECT id, 0::bigint, version + 1 FROM ledger_account WHERE id = ANY(%(accounts)s)
    UNION ALL
    SELECT s.account, CASE WHEN m.at <= %(at)s THEN m.version ELSE s.low END,
           CASE WHEN m.at <= %(at)s THEN s.high ELSE m.version END
    FROM seek s CROSS JOIN LATERAL (
        SELECT l.version, e.at
        FROM (SELECT version, entry_id FROM ledger_leg
              WHERE account_id = s.account AND version = (s.low + s.high) / 2 OFFSET 0) l
        CROSS JOIN LATERAL (SELECT at FROM kit_event WHERE id = l.entry_id OFFSET 0) e
    ) m
    WHERE s.high - s.low > 1
), found AS (
    SELECT account, max(low) AS version FROM seek GROUP BY account
)
SELECT f.account, f.version, coalesce(l.balance, 0) FROM found f
LEFT JOIN LATERAL (
    SELECT balance FROM ledger_leg WHERE account_id = f.account AND version = f.version OFFSET 0) l ON true
"""


def balances_at(*, accounts: Sequence[int], at: datetime) -> dict[int, BalanceAt]:
    """The balance of each account as it stood at a moment."""
    with connection.cursor() as db:
        db.execute(_AT, {"accounts": list(accounts), "at": at})
        return {row[0]: BalanceAt(*row) for row in db.fetchall()}


_MOVED = """
SELECT s.account, f.key, sum(f.value::bigint)
FROM (SELECT unnest(%(accounts)s::bigint[]) AS account, unnest(%(owners)s::bigint[]) AS owner,
             unnest(%(after)s::bigint[]) AS after, unnest(%(until)s::bigint[]) AS until) s
CROSS JOIN LATERAL (
    SELECT DISTINCT entry_id FROM ledger_leg
    WHERE account_id = s.account AND version > s.after AND version <= s.until OFFSET 0
) l
CROSS JOIN LATERAL (SELECT data -> 'effects' AS effects FROM kit_event WHERE id = l.entry_id OFFSET 0) e
CROSS JOIN LATERAL jsonb_array_elements(e.effects) AS one
CROSS JOIN LATERAL jsonb_each_text(one -> 1 -> %(counts)s) AS f
WHERE one ->> 0 = %(kind)s AND (one -> 1 ->> %(key)s)::bigint = s.owner
GROUP BY 1, 2 HAVING sum(f.value::bigint) <> 0
"""


@dataclass(frozen=True, slots=True)
class Span:
    """The legs of an account after one version and up to another, for one owner of effects."""

    account: int
    owner: int
    after: int
    until: int


def effects_moved(*, kind: str, key: str, counts: str, spans: Sequence[Span]) -> dict[int, dict[str, int]]:
    """What the effects of ``kind`` moved, by account: the sums of ``payload[counts]``.

    Of an entry only those count whose ``payload[key]`` is the span's owner.
    """
    parameters: dict[str, Any] = {
        "kind": kind, "key": key, "counts": counts, "accounts": [s.account for s in spans],
        "owners": [s.owner for s in spans], "after": [s.after for s in spans],
        "until": [s.until for s in spans],
    }  # fmt: skip
    moved: dict[int, dict[str, int]] = {}
    with connection.cursor() as db:
        db.execute(_MOVED, parameters)
        for account, name, count in db.fetchall():
            moved.setdefault(account, {})[name] = int(count)
    return moved
