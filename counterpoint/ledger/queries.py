"""Reading the books: statements, entries, the trial balance. Each is one or two queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit.data import Malformed
from counterpoint.ledger import chart
from counterpoint.ledger.data import UnknownAccount
from counterpoint.ledger.terms import (
    EntryLeg,
    EntryView,
    ReversalKind,
    Statement,
    StatementLine,
    TrialBalance,
    TrialLine,
    UnknownEntry,
)

PAGE_MAX = 500

# Dates grow with versions, so the first version of a day is found by halving, on the leg's own key:
# 20 steps for a million legs, and no index that every posting would have to feed. Branches may stand
# on different dates for a while, so the page also looks at each line's date.
_FIRST = """
WITH RECURSIVE seek (low, high) AS (
    SELECT 0::bigint, (SELECT version + 1 FROM ledger_account WHERE id = %(account)s)
    UNION ALL
    SELECT CASE WHEN m.date < %(day)s THEN m.version ELSE seek.low END,
           CASE WHEN m.date < %(day)s THEN seek.high ELSE m.version END
    FROM seek CROSS JOIN LATERAL (
        SELECT l.version, e.business_date AS date
        FROM ledger_leg l JOIN kit_event e ON e.id = l.entry_id
        WHERE l.account_id = %(account)s AND l.version = (seek.low + seek.high) / 2
    ) m
    WHERE seek.high - seek.low > 1
)
SELECT min(high) FROM seek
"""

_HEAD = f"""
SELECT a.currency,
       CASE WHEN %(since)s::date IS NULL THEN 1 ELSE ({_FIRST.replace("%(day)s", "%(since)s::date")}) END,
       CASE WHEN %(until)s::date IS NULL THEN a.version + 1
            ELSE ({_FIRST.replace("%(day)s", "(%(until)s::date + 1)")}) END
FROM ledger_account a WHERE a.id = %(account)s
"""

_LINES = """
SELECT l.version, l.entry_id, e.business_date, e.at, l.amount, l.balance,
       coalesce(e.data ->> 'summary', ''), e.verb, e.actor, back.original, forth.reversal
FROM ledger_leg l
JOIN kit_event e ON e.id = l.entry_id
LEFT JOIN ledger_reversal back ON back.reversal = l.entry_id
LEFT JOIN ledger_reversal forth ON forth.original = l.entry_id
WHERE l.account_id = %s AND l.version >= %s AND l.version < %s
ORDER BY l.version LIMIT %s
"""

# Looked for from the newest leg backwards: who worked with an account today is found at once.
_MOVED = """
SELECT a.id FROM ledger_account a WHERE a.id = ANY(%(accounts)s) AND EXISTS (
    SELECT FROM ledger_leg l JOIN kit_event e ON e.id = l.entry_id
    WHERE l.account_id = a.id AND l.version > a.version - %(last)s
      AND e.business_date = %(date)s AND e.actor <> %(than)s)
"""
LOOKED_AT = 200

_ENDS = """
SELECT version, balance FROM ledger_leg WHERE account_id = %s AND version = ANY(%s)
"""


def statement(
    *, account: int, since: date | None = None, until: date | None = None, cursor: int | None = None,
    limit: int = 50,
) -> Statement:  # fmt: skip
    """The movements of an account 对账单 from ``since`` to ``until``, both included, oldest first.

    ``cursor`` is the ``next`` of the page before. Opening and closing are of the whole period.
    """
    if not 0 < limit <= PAGE_MAX:
        raise Malformed(_("A page has between 1 and %(most)d lines.") % {"most": PAGE_MAX})
    with connection.cursor() as db:
        db.execute(_HEAD, {"account": account, "since": since, "until": until})
        head = db.fetchone()
        if head is None:
            raise UnknownAccount(_("There is no such account."), account=account)
        currency, first, end = head
        db.execute(_ENDS, [account, [first - 1, max(end - 1, first - 1)]])
        ends = dict(db.fetchall())
        db.execute(_LINES, [account, max(first, cursor or 0), end, limit + 1])
        rows = db.fetchall()
    lines = tuple(StatementLine(*row) for row in rows[:limit])
    return Statement(
        account=account, currency=currency, opening=ends.get(first - 1, 0),
        closing=ends.get(max(end - 1, first - 1), 0), lines=lines,
        next=rows[limit][0] if len(rows) > limit else None,
    )  # fmt: skip


def moved_by_others(*, accounts: Sequence[int], date: date, than: str) -> set[int]:
    """Which accounts somebody other ``than`` one actor moved on a day, by the last legs of each."""
    with connection.cursor() as db:
        given: dict[str, Any] = {"accounts": list(accounts), "date": date, "than": than, "last": LOOKED_AT}
        db.execute(_MOVED, given)
        return {id for (id,) in db.fetchall()}


_ENTRY = """
SELECT e.id, e.verb, e.branch_id, e.business_date, e.at, e.actor, e.subject, e.data,
       forth.reversal, back.original, coalesce(back.kind, forth.kind), coalesce(back.reason, forth.reason)
FROM kit_event e
LEFT JOIN ledger_reversal back ON back.reversal = e.id
LEFT JOIN ledger_reversal forth ON forth.original = e.id
"""


def _entry(row: Sequence[Any], legs: tuple[EntryLeg, ...] = ()) -> EntryView:
    (id, verb, branch, day, at, actor, subject, data, reversed_by, reverses, kind, reason) = row
    return EntryView(
        id=id, verb=verb, branch=branch, date=day, at=at, actor=actor, subject=subject,
        summary=str(data.get("summary", "")), legs=legs, data=data, reverses=reverses,
        reversed_by=reversed_by, kind=ReversalKind(kind) if kind else None, reason=reason or "",
    )  # fmt: skip


def reversals_of(entries: Sequence[int]) -> dict[int, int]:
    """By which entries these were taken back, in one question; those that stand are not among them."""
    with connection.cursor() as db:
        db.execute("SELECT original, reversal FROM ledger_reversal WHERE original = ANY(%s)", [list(entries)])
        return dict(db.fetchall())


def _json(row: Sequence[Any]) -> list[Any]:
    # A raw cursor gives jsonb as text: Django takes psycopg's reader away.
    return [json.loads(v) if i == 7 and isinstance(v, str) else v for i, v in enumerate(row)]


def entry(id: int) -> EntryView:
    """An entry 分录 with its legs and the links of its reversal."""
    with connection.cursor() as db:
        db.execute(f"{_ENTRY} WHERE e.id = %s AND e.key IS NOT NULL", [id])
        found = db.fetchone()
        if found is None:
            raise UnknownEntry(_("There is no such entry."), entry=id)
        row = _json(found)
        raw = row[7].get("legs", [])
        db.execute(
            "SELECT id, number, name, gl, currency FROM ledger_account WHERE id = ANY(%s)",
            [[leg[0] for leg in raw]],
        )
        about = {r[0]: r[1:] for r in db.fetchall()}
    legs = tuple(
        EntryLeg(
            account=a, number=about[a][0], name=about[a][1] or chart.subject(about[a][2]).name,
            gl=about[a][2], currency=about[a][3], amount=amount, version=version, balance=balance,
        )
        for a, amount, version, balance in raw
    )  # fmt: skip
    return _entry(row, legs)


def entries_of_day(
    *, branch: int, date: date, actor: str | None = None, verb: str | None = None,
    before: int | None = None, limit: int = 50,
) -> list[EntryView]:  # fmt: skip
    """The entries of a branch on a business date 流水, newest first; ``actor`` as ``person:12``.

    ``before`` is the id of the last entry of the page before. ``legs`` is empty; ``data["legs"]`` has them.
    """
    where = ["e.branch_id = %s", "e.business_date = %s", "e.key IS NOT NULL"]
    parameters: list[Any] = [branch, date]
    for condition, value in (("e.actor = %s", actor), ("e.verb = %s", verb), ("e.id < %s", before)):
        if value is not None:
            where.append(condition)
            parameters.append(value)
    with connection.cursor() as db:
        db.execute(
            f"{_ENTRY} WHERE {' AND '.join(where)} ORDER BY e.id DESC LIMIT %s",
            [*parameters, min(limit, PAGE_MAX)],
        )
        return [_entry(_json(row)) for row in db.fetchall()]


# What was posted on the day or later is read from the entries and taken off the present balances,
# so that the usual question (today, yesterday) costs a day and not the whole history.
_TRIAL = """
WITH moved AS (
    SELECT (leg ->> 0)::bigint AS account,
           sum((leg ->> 1)::bigint) FILTER (WHERE e.business_date > %(day)s) AS later,
           sum((leg ->> 1)::bigint) FILTER (WHERE e.business_date = %(day)s AND (leg ->> 1)::bigint > 0)
               AS debits,
           sum(-(leg ->> 1)::bigint) FILTER (WHERE e.business_date = %(day)s AND (leg ->> 1)::bigint < 0)
               AS credits
    FROM kit_event e CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'legs') AS leg
    WHERE e.key IS NOT NULL AND e.business_date >= %(day)s
    GROUP BY 1
)
SELECT a.gl, a.currency, count(*),
       sum(a.sign * a.balance - coalesce(m.later, 0)) AS closing,
       coalesce(sum(m.debits), 0), coalesce(sum(m.credits), 0)
FROM ledger_account a LEFT JOIN moved m ON m.account = a.id
WHERE %(branch)s::int IS NULL OR a.branch_id = %(branch)s
GROUP BY a.gl, a.currency ORDER BY a.currency, a.gl
"""


def trial_balance(*, date: date, branch: int | None = None) -> TrialBalance:
    """The trial balance 试算平衡 of a branch (or of all) as it stood at the end of ``date``."""
    with connection.cursor() as db:
        db.execute(_TRIAL, {"day": date, "branch": branch})
        rows = db.fetchall()
    lines = []
    for gl, currency, count, closing, debits, credits in rows:
        opening = int(closing) - int(debits) + int(credits)
        lines.append(
            TrialLine(
                gl=gl, name=chart.subject(gl).name, currency=currency, accounts=count, opening=opening,
                debits=int(debits), credits=int(credits), closing=int(closing), off=chart.subject(gl).off,
            )
        )  # fmt: skip
    return TrialBalance(branch=branch, date=date, lines=tuple(lines))


_AFTER = """
SELECT e.key, l.account_id, (array_agg(l.balance ORDER BY l.version DESC))[1]
FROM kit_event e
CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'legs') AS leg
JOIN ledger_leg l ON l.account_id = (leg ->> 0)::bigint AND l.version = (leg ->> 2)::bigint
WHERE e.key = ANY(%s::uuid[]) GROUP BY e.key, l.account_id
"""


def balances_after(*, keys: Sequence[UUID]) -> dict[UUID, dict[int, int]]:
    """The balance of each account right after the entry under each key; unknown keys are missing."""
    after: dict[UUID, dict[int, int]] = {}
    with connection.cursor() as db:
        for start in range(0, len(keys), 10_000):
            db.execute(_AFTER, [list(keys[start : start + 10_000])])
            for key, account, balance in db.fetchall():
                after.setdefault(key, {})[account] = balance
    return after


_SEALED = """
SELECT b.number FROM kit_event e JOIN kit_block b ON b.branch_id = e.branch_id
WHERE e.id = %s AND b.after_xid < e.xid AND e.xid <= b.upto_xid
      AND b.after_event < e.id AND (b.closes_at IS NULL OR e.id <= b.closes_at)
ORDER BY b.number LIMIT 1
"""


def sealed_in(event: int) -> int | None:
    """The number of the block that seals an event 封存; ``None`` before it is sealed."""
    with connection.cursor() as db:
        db.execute(_SEALED, [event])
        row = db.fetchone()
    return None if row is None else int(row[0])
