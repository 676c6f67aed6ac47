"""The ledger's part of ``counterpoint verify`` 核账: every sum computed anew, each finding with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from counterpoint.kit.findings import Finding

type Check = Callable[[psycopg.Connection[Any]], Iterator[Finding]]

CHECKS: dict[str, Check] = {}

_LEGS = """
SELECT e.id AS entry, e.branch_id AS branch, (leg.value ->> 0)::bigint AS account,
       (leg.value ->> 1)::bigint AS amount, (leg.value ->> 2)::bigint AS version,
       (leg.value ->> 3)::bigint AS balance
FROM kit_event e CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'legs') AS leg
WHERE e.key IS NOT NULL
"""

# Each statement gives: code, table, row, event, branch, and what is wrong there.
_SQL: dict[str, tuple[str, str]] = {
    "balances": (
        "ledger_account",
        """
        SELECT 'ledger.balance', a.id, NULL::bigint, a.branch_id, 'balance',
               format('balance %s, sum of legs %s', a.balance, a.sign * coalesce(l.total, 0))
        FROM ledger_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_leg GROUP BY 1) l
               ON l.account_id = a.id
        WHERE a.balance <> a.sign * coalesce(l.total, 0)
        """,
    ),
    "versions": (
        "ledger_account",
        """
        SELECT 'ledger.version', a.id, NULL::bigint, a.branch_id, 'version',
               format('version %s, %s legs, highest %s', a.version, coalesce(l.n, 0), coalesce(l.top, 0))
        FROM ledger_account a
        LEFT JOIN (SELECT account_id, count(*) AS n, max(version) AS top, min(version) AS low
                   FROM ledger_leg GROUP BY 1) l ON l.account_id = a.id
        WHERE a.version <> coalesce(l.n, 0) OR a.version <> coalesce(l.top, 0) OR l.low <> 1
        """,
    ),
    "running balances": (
        "ledger_leg",
        """
        SELECT 'ledger.leg_balance', s.account_id, s.entry_id, s.branch_id, 'balance',
               format('version %s: balance %s after %s and %s', s.version, s.balance, s.before, s.amount)
        FROM (SELECT l.*, a.sign, a.branch_id,
                     coalesce(lag(l.balance) OVER (PARTITION BY l.account_id ORDER BY l.version), 0) AS before
              FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id) s
        WHERE s.balance <> s.before + s.sign * s.amount
        """,
    ),
    "legs and entries": (
        "ledger_leg",
        f"""
        SELECT 'ledger.leg', coalesce(l.account_id, e.account), coalesce(l.entry_id, e.entry), e.branch, '',
               CASE WHEN l.account_id IS NULL THEN format('version %s stands in the entry only', e.version)
                    WHEN e.account IS NULL THEN format('version %s stands in no entry', l.version)
                    ELSE format('version %s: %s/%s here, %s/%s in the entry',
                                l.version, l.amount, l.balance, e.amount, e.balance) END
        FROM ledger_leg l
        FULL JOIN ({_LEGS}) e ON e.account = l.account_id AND e.version = l.version AND e.entry = l.entry_id
        WHERE l.account_id IS NULL OR e.account IS NULL OR l.amount <> e.amount OR l.balance <> e.balance
        """,
    ),
    "entries": (
        "kit_event",
        f"""
        SELECT 'ledger.unbalanced', e.entry, e.entry, min(e.branch), 'data',
               format('%s: debit and credit differ by %s', a.currency, sum(e.amount))
        FROM ({_LEGS}) e LEFT JOIN ledger_account a ON a.id = e.account
        GROUP BY e.entry, a.currency HAVING sum(e.amount) <> 0 OR a.currency IS NULL
        UNION ALL
        SELECT 'ledger.no_exchange', e.entry, e.entry, min(e.branch), 'data',
               'several currencies without the exchange position in each'
        FROM ({_LEGS}) e JOIN ledger_account a ON a.id = e.account
        GROUP BY e.entry
        HAVING count(DISTINCT a.currency) > 1
           AND count(DISTINCT a.currency) <> count(DISTINCT a.currency) FILTER (WHERE a.gl = '3101')
        """,
    ),
    "holds": (
        "ledger_account",
        """
        SELECT 'ledger.held', a.id, NULL::bigint, a.branch_id, 'held',
               format('held %s, active holds %s', a.held, coalesce(h.total, 0))
        FROM ledger_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_hold WHERE released_at IS NULL
                   GROUP BY 1) h ON h.account_id = a.id
        WHERE a.held <> coalesce(h.total, 0)
        UNION ALL
        SELECT 'ledger.status', a.id, NULL::bigint, a.branch_id, 'status',
               format('status %s without a hold that says so', a.status)
        FROM ledger_account a
        WHERE a.status IN ('frozen', 'debit_frozen') AND NOT EXISTS (
            SELECT 1 FROM ledger_hold h
            WHERE h.account_id = a.id AND h.released_at IS NULL AND h.kind <> 'amount')
        UNION ALL
        SELECT 'ledger.closed', a.id, NULL::bigint, a.branch_id, 'status', 'closed with money on it'
        FROM ledger_account a WHERE a.status = 'closed' AND (a.balance <> 0 OR a.held <> 0)
        """,
    ),
    "floors": (
        "ledger_account",
        """
        SELECT 'ledger.floor', a.id, NULL::bigint, a.branch_id, 'balance',
               format('balance %s under the floor %s', a.balance, a.floor)
        FROM ledger_account a WHERE a.balance < a.floor
        """,
    ),
    "reversals": (
        "ledger_reversal",
        f"""
        SELECT 'ledger.reversal', r.id, r.reversal, r.branch_id, '',
               format('entry %s is not the opposite of entry %s on account %s: %s stays', r.reversal,
                      r.original, x.account, sum(x.amount))
        FROM ledger_reversal r JOIN ({_LEGS}) x ON x.entry IN (r.original, r.reversal)
        GROUP BY r.id, r.reversal, r.original, r.branch_id, x.account HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT 'ledger.reversal', NULL, e.id, e.branch_id, 'data',
               format('entry %s says that it takes back %s, and no reversal links them', e.id,
                      e.data ->> 'reverses')
        FROM kit_event e
        WHERE e.key IS NOT NULL AND e.data ? 'reverses' AND NOT EXISTS (
            SELECT 1 FROM ledger_reversal r
            WHERE r.reversal = e.id AND r.original = (e.data ->> 'reverses')::bigint)
        UNION ALL
        SELECT 'ledger.reversal', r.id, r.reversal, r.branch_id, '', 'an end of the link is no entry'
        FROM ledger_reversal r
        WHERE NOT EXISTS (SELECT 1 FROM kit_event e WHERE e.id = r.original AND e.key IS NOT NULL)
           OR NOT EXISTS (SELECT 1 FROM kit_event e WHERE e.id = r.reversal AND e.key IS NOT NULL
                          AND (e.data ->> 'reverses')::bigint = r.original)
        """,
    ),
    "trial balance": (
        "ledger_account",
        """
        SELECT 'ledger.trial_balance', NULL::bigint, NULL::bigint, NULL::int, 'balance',
               format('%s: all balances together are %s', currency, sum(sign * balance))
        FROM ledger_account GROUP BY currency HAVING sum(sign * balance) <> 0
        """,
    ),
}  # fmt: skip


def _make(table: str, sql: str) -> Check:
    def check(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(sql.encode())
            for code, row, event, branch, column, message in cursor:
                yield Finding(
                    code=code, message=message, branch=branch, event=event, table=table, row=row,
                    columns=(column,) if column else (),
                )  # fmt: skip

    return check


for _name, (_table, _sql) in _SQL.items():
    CHECKS[f"ledger: {_name}"] = _make(_table, _sql)


def check(connection: psycopg.Connection[Any]) -> list[Finding]:
    """Every check of the ledger on one connection, which should hold one snapshot."""
    return [finding for one in CHECKS.values() for finding in one(connection)]
