"""What a branch's counters did in a day, added up by the database: for boards that are drawn often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

#: The first half-hour of a board and the one after its last, in China's time.
OPENS_AT, CLOSES_AT = 8, 18


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Receipts of a day 当日笔数: all, yuan in cash each way in fen, by two people, still to be paid out."""

    count: int
    cash_in: int
    cash_out: int
    approved: int
    to_pay: int


FIGURES = """
SELECT count(*), coalesce(sum(r.cash) FILTER (WHERE r.cash > 0 AND r.currency = 'CNY'), 0),
       coalesce(-sum(r.cash) FILTER (WHERE r.cash < 0 AND r.currency = 'CNY'), 0),
       count(*) FILTER (WHERE r.approval_id IS NOT NULL),
       count(*) FILTER (WHERE r.cash < 0 AND p.receipt_id IS NULL AND c.id IS NULL)
FROM teller_receipt AS r LEFT JOIN teller_payout AS p ON p.receipt_id = r.id
LEFT JOIN teller_receipt AS c ON c.corrects_id = r.id
WHERE r.branch_id = %s AND r.business_date = %s
"""
HALF_HOURS = """
SELECT greatest(0, least(%s, floor((extract(epoch FROM t::time) / 3600 - %s) * 2)))::int, count(*)
FROM (SELECT at AT TIME ZONE 'Asia/Shanghai' AS t FROM teller_receipt
      WHERE branch_id = %s AND business_date = %s) AS moments GROUP BY 1
"""
AT_DESKS = """
SELECT DISTINCT ON (desk_id) desk_id, id, operation, amount, currency, at,
       count(*) OVER (PARTITION BY desk_id)
FROM teller_receipt WHERE branch_id = %s AND business_date = %s AND desk_id IS NOT NULL
ORDER BY desk_id, id DESC
"""


def figures_of_day(*, branch: int, day: date) -> DayFigures:
    """The day's sums."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [branch, day])
        return DayFigures(*map(int, cursor.fetchone()))


def half_hours(*, branch: int, day: date) -> list[int]:
    """Receipts by half-hour from 8 to 18; what came earlier or later is in the first and the last."""
    slots = (CLOSES_AT - OPENS_AT) * 2
    with connection.cursor() as cursor:
        cursor.execute(HALF_HOURS, [slots - 1, OPENS_AT, branch, day])
        found = dict(cursor.fetchall())
    return [found.get(at, 0) for at in range(slots)]


@dataclass(frozen=True, slots=True)
class AtDesk:
    """The latest receipt of a desk, and how many there were."""

    receipt: int
    operation: str
    amount: int
    currency: str
    done: int


def at_desks(*, branch: int, day: date) -> dict[int, AtDesk]:
    """For each desk that did something."""
    with connection.cursor() as cursor:
        cursor.execute(AT_DESKS, [branch, day])
        return {
            desk: AtDesk(id, operation, amount, currency, done)
            for desk, id, operation, amount, currency, _at, done in cursor.fetchall()
        }
