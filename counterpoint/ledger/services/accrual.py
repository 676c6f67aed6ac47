"""Adding up the days 计提积数: each account's sum of daily balances, in portions, set by set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection

from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.ledger.data import AccountKind
from counterpoint.ledger.policy import interest_rule

type Progress = Callable[[int, int], None]

#: Accounts whose interest is the sum of daily balances; a term deposit's is reckoned deposit by deposit.
BEARING = (AccountKind.DEMAND, AccountKind.LOAN)
#: Accounts in one transaction: long enough to be fast, short enough that nobody waits for it.
PORTION = 5_000

_BEARERS = """
SELECT a.id FROM ledger_account a
LEFT JOIN ledger_accumulation c ON c.account_id = a.id
WHERE a.branch_id = %(branch)s AND a.kind = ANY(%(kinds)s)
  AND (c.through < %(day)s OR (c.account_id IS NULL AND a.status <> 'closed'))
ORDER BY a.id
"""

_BEGIN = """
INSERT INTO ledger_accumulation (account_id, through, version, balance, product)
SELECT g.account_id, g.opened - 1, 0, 0,
       coalesce((SELECT sum(j.product) FROM ledger_adjustment j WHERE j.account_id = g.account_id), 0)
FROM ledger_agreement g
WHERE g.account_id = ANY(%(ids)s) AND g.opened <= %(day)s
  AND NOT EXISTS (SELECT 1 FROM ledger_accumulation c WHERE c.account_id = g.account_id)
ON CONFLICT DO NOTHING
"""

# Legs since the last reckoning are found by their account's own key. Those of a later date wait; one
# that came late (another branch stood on an earlier date) is counted for the days that it missed.
# OFFSET 0 keeps it at that: read by any other way, a portion would cost as much as the whole bank.
# Each account also has a leg of nothing on its first day, so that nothing is joined again afterwards:
# where the server expects one row to be due, it joins 5,000 with 5,000 by looking at each pair.
RECKON = """
WITH open_ones AS (
    SELECT c.account_id, c.through, c.version, c.balance, a.sign
    FROM ledger_accumulation c JOIN ledger_account a ON a.id = c.account_id
    WHERE {where} AND c.through < %(day)s
), legs AS (
    SELECT o.account_id, o.through, o.balance, l.version, l.day, l.delta,
           min(l.version) FILTER (WHERE l.day > %(day)s) OVER (PARTITION BY o.account_id) AS beyond
    FROM open_ones o
    CROSS JOIN LATERAL (
        SELECT o.version, o.through + 1 AS day, 0 AS delta
        UNION ALL
        SELECT g.version, e.business_date, o.sign * g.amount
        FROM (
            SELECT * FROM ledger_leg WHERE account_id = o.account_id AND version > o.version OFFSET 0
        ) g
        CROSS JOIN LATERAL (SELECT business_date FROM kit_event WHERE id = g.entry_id OFFSET 0) e
    ) l
), days AS (
    SELECT account_id, balance, greatest(day, through + 1) AS day, sum(delta) AS delta,
           max(version) AS version,
           sum(CASE WHEN day <= through THEN delta * (through - day + 1) ELSE 0 END) AS late
    FROM legs WHERE beyond IS NULL OR version < beyond GROUP BY account_id, balance, 3
), runs AS (
    SELECT account_id, day, late, version, balance + sum(delta) OVER w AS closing,
           lead(day, 1, %(day)s::date + 1) OVER w - day AS length
    FROM days WINDOW w AS (PARTITION BY account_id ORDER BY day)
)
SELECT account_id,
       sum(trunc(closing / %(base)s::numeric) * %(base)s * length + late) AS product,
       max(version) AS version,
       (array_agg(closing ORDER BY day DESC))[1] AS balance
FROM runs GROUP BY account_id
"""

_LOCK = """
SELECT count(*) FROM (
    SELECT 1 FROM ledger_accumulation WHERE account_id = ANY(%(ids)s) ORDER BY account_id FOR NO KEY UPDATE
) locked
"""

_ACCRUE = f"""
UPDATE ledger_accumulation c
SET product = c.product + r.product, through = %(day)s, version = r.version, balance = r.balance
FROM ({RECKON.format(where="c.account_id = ANY(%(ids)s)")}) r WHERE r.account_id = c.account_id
"""


def nothing(done: int, total: int) -> None:
    """Whoever does not want to know how far it is."""


def portions(ids: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """``ids`` in portions, each with where it begins."""
    for start in range(0, len(ids), PORTION):
        yield start, list(ids[start : start + PORTION])


def accrue_interest(*, branch: int, date: date, by: Actor, report: Progress = nothing) -> int:
    """Add the days up to ``date`` to every account's sum of daily balances; run at day end.

    Portion by portion, each a transaction: cut off and run again, it does what is left.
    """
    with connection.cursor() as db:
        db.execute(_BEARERS, {"branch": branch, "kinds": [str(k) for k in BEARING], "day": date})
        ids = [row[0] for row in db.fetchall()]
    count = 0
    for start, portion in portions(ids):
        count += accrue_portion(branch=branch, date=date, accounts=portion, by=by)
        report(start + len(portion), len(ids))
    return count


@verb("ledger.interest.accrued")
def accrue_portion(*, branch: int, date: date, accounts: list[int], by: Actor) -> int:
    """Add the days up to ``date`` to the sums of daily balances of these accounts 计提积数."""
    rule, _hit = interest_rule(kind=AccountKind.DEMAND, currency="CNY", at=date)
    parameters: dict[str, Any] = {"ids": accounts, "day": date, "base": rule.base}
    with connection.cursor() as db:
        db.execute(_BEGIN, parameters)
        # The rows first: whoever settles an account meanwhile is waited for.
        db.execute(_LOCK, parameters)
        db.execute(_ACCRUE, parameters)
        count = int(db.rowcount)
    tell(
        Told(
            subject=f"branch:{branch}", branch=branch, business_date=date,
            data={"accounts": count, "base": rule.base},
        )
    )  # fmt: skip
    return count
