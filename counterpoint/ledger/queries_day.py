"""Reading one branch's business day from the journal: its entries by the branch's own index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

# A day's entries lie between the closes around it: ids grow, and nobody posts on a date before it opens.
_BOUNDS = """
SELECT coalesce(max(id) FILTER (WHERE business_date < %(day)s), 0),
       coalesce(min(id) FILTER (WHERE business_date >= %(day)s), 9223372036854775807)
FROM kit_event WHERE subject = %(unit)s AND key IS NULL AND verb = 'org.day.closed'
"""

_ENTRIES = """
SELECT e.id, e.at, e.verb, e.actor, e.data FROM kit_event e
WHERE e.branch_id = %(branch)s AND e.id > %(low)s AND e.id < %(high)s AND e.key IS NOT NULL
  AND e.business_date = %(day)s
"""


def day_bounds(branch: int, day: date) -> tuple[int, int]:
    """Event ids between which the entries of a business day lie."""
    with connection.cursor() as db:
        db.execute(_BOUNDS, {"unit": f"unit:{branch}", "day": day})
        low, high = db.fetchone()
    return int(low), int(high)


def _parameters(branch: int, day: date) -> dict[str, Any]:
    low, high = day_bounds(branch, day)
    return {"branch": branch, "day": day, "low": low, "high": high}


def entries_in_order(branch: int, day: date, *, portion: int = 5_000) -> Iterator[tuple[Any, ...]]:
    """Every entry of the day, oldest first: id, at, verb, actor, data."""
    parameters = _parameters(branch, day)
    while True:
        with connection.cursor() as db:
            db.execute(f"{_ENTRIES} ORDER BY e.id LIMIT {portion}", parameters)
            rows = db.fetchall()
        for id, at, verb, actor, data in rows:
            yield id, at, verb, actor, json.loads(data) if isinstance(data, str) else data
        if len(rows) < portion:
            return
        parameters["low"] = rows[-1][0]


def day_by_subject(branch: int, day: date) -> list[tuple[str, str, int, int, int, int]]:
    """What a branch's entries moved: subject, currency, debit count, debits, credit count, credits."""
    sql = f"""
    SELECT a.gl, a.currency, count(*) FILTER (WHERE m.amount > 0),
           coalesce(sum(m.amount) FILTER (WHERE m.amount > 0), 0),
           count(*) FILTER (WHERE m.amount < 0), coalesce(-sum(m.amount) FILTER (WHERE m.amount < 0), 0)
    FROM (SELECT (leg ->> 0)::bigint AS account, (leg ->> 1)::bigint AS amount
          FROM ({_ENTRIES}) e CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'legs') AS leg) m
    JOIN ledger_account a ON a.id = m.account
    GROUP BY 1, 2 ORDER BY 2, 1
    """
    with connection.cursor() as db:
        db.execute(sql, _parameters(branch, day))
        return [(gl, cur, n, int(d), m, int(c)) for gl, cur, n, d, m, c in db.fetchall()]


def legs_astray(branch: int, day: date) -> tuple[int, int, list[int]]:
    """Entries and legs of the day, and the entries whose legs are not filed as they say."""
    sql = f"""
    WITH said AS (
        SELECT e.id, (leg ->> 0)::bigint AS account, (leg ->> 1)::bigint AS amount,
               (leg ->> 2)::bigint AS version, (leg ->> 3)::bigint AS balance
        FROM ({_ENTRIES}) e CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'legs') AS leg
    )
    SELECT count(DISTINCT s.id), count(*), array_agg(DISTINCT s.id) FILTER (
        WHERE l.entry_id IS NULL OR (l.entry_id, l.amount, l.balance) <> (s.id, s.amount, s.balance))
    FROM said s LEFT JOIN LATERAL (
        SELECT * FROM ledger_leg WHERE account_id = s.account AND version = s.version OFFSET 0) l ON true
    """
    with connection.cursor() as db:
        db.execute(sql, _parameters(branch, day))
        entries, legs, astray = db.fetchone()
    return entries, legs, list(astray or [])


def out_of_balance() -> list[tuple[str, bool, int]]:
    """Currencies whose accounts together are not zero, on or off 表外 the balance sheet."""
    from counterpoint.ledger.chart import chart

    off = [code for code, subject in chart().items() if subject.off]
    sql = """
    SELECT currency, gl = ANY(%s), sum(sign * balance) FROM ledger_account
    GROUP BY 1, 2 HAVING sum(sign * balance) <> 0 ORDER BY 1, 2
    """
    with connection.cursor() as db:
        db.execute(sql, [off])
        return [(currency, bool(is_off), int(total)) for currency, is_off, total in db.fetchall()]


# What is still open is what came last: legs on the growing side, from the newest, until the balance is met.
_OLDEST = """
SELECT a.id, a.number, a.name, a.gl, a.currency, a.balance, o.day
FROM ledger_account a CROSS JOIN LATERAL (
    SELECT min(x.day) AS day FROM (
        SELECT e.business_date AS day, sum(a.sign * l.amount) OVER (ORDER BY l.version DESC)
               - a.sign * l.amount AS newer
        FROM ledger_leg l JOIN kit_event e ON e.id = l.entry_id
        WHERE l.account_id = a.id AND a.sign * l.amount > 0
    ) x WHERE x.newer < a.balance
) o
WHERE a.branch_id = %s AND a.gl = ANY(%s) AND a.kind = 'internal' AND a.balance > 0
ORDER BY a.gl, a.id
"""


def suspense(branch: int, subjects: list[str]) -> list[tuple[Any, ...]]:
    """Open balances of suspense subjects, each with the day of its oldest open part, first in first out."""
    with connection.cursor() as db:
        db.execute(_OLDEST, [branch, subjects])
        return list(db.fetchall())
