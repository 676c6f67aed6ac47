"""What the approval desk did 授权统计: by rule, by reason, by approver, by waiting time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection

from counterpoint.approvals.data import RequestState


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how many, how long in seconds (median and 95th percentile), how they ended."""

    key: str
    count: int
    median: float | None
    p95: float | None
    approved: int
    returned: int
    refused: int
    other: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of a period; every list has the most frequent first."""

    since: datetime
    until: datetime
    whole: Line
    by_rule: tuple[Line, ...]
    by_reason: tuple[Line, ...]
    by_approver: tuple[Line, ...]
    by_wait: tuple[tuple[str, int], ...]


#: Every request of the period with its end; ``waited`` is from the asking to the end, in seconds.
ENDED = """
WITH ended AS (
  SELECT r.id, r.rule_key || '@' || r.rule_version AS rule, e.state, e.reason, e.person_id,
         extract(epoch FROM e.at - r.at) AS waited
  FROM approvals_request AS r JOIN approvals_requestend AS e ON e.request_id = r.id
  WHERE e.at >= %(since)s AND e.at < %(until)s AND (%(branch)s = 0 OR r.branch_id = %(branch)s)
)
"""
LINES = (
    ENDED
    + """
SELECT {key} AS key, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY waited),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY waited),
       count(*) FILTER (WHERE state = 'approved'), count(*) FILTER (WHERE state = 'returned'),
       count(*) FILTER (WHERE state = 'refused'),
       count(*) FILTER (WHERE state NOT IN ('approved', 'returned', 'refused'))
FROM ended WHERE {where} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50
"""
)
#: Upper bounds of the waiting classes, in seconds; the last has none.
CLASSES = (15, 30, 60, 120, 300)
WAITS = (
    ENDED
    + """
SELECT width_bucket(waited, %(bounds)s::float8[]) AS class, count(*) FROM ended
WHERE state IN ('approved', 'returned', 'refused') GROUP BY 1
"""
)


def statistics(*, branch: int, since: datetime, until: datetime) -> Statistics:
    """The figures of what ended in a period, at one branch or (0) everywhere."""
    where = {"branch": branch, "since": since, "until": until}
    whole = _lines("''", "true", where)
    empty = Line("", 0, None, None, 0, 0, 0, 0)
    decided = "state IN ('approved', 'returned', 'refused')"
    return Statistics(
        since, until, whole[0] if whole else empty,
        by_rule=_lines("rule", "true", where),
        by_reason=_lines("reason", f"state IN ('{RequestState.RETURNED}', '{RequestState.REFUSED}')", where),
        by_approver=_lines("person_id::text", f"person_id IS NOT NULL AND {decided}", where),
        by_wait=_waits(where),
    )  # fmt: skip


def _lines(key: str, where: str, values: dict[str, Any]) -> tuple[Line, ...]:
    with connection.cursor() as cursor:
        cursor.execute(LINES.format(key=key, where=where), values)
        return tuple(Line(*row) for row in cursor.fetchall())


def _waits(values: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    with connection.cursor() as cursor:
        cursor.execute(WAITS, values | {"bounds": list(CLASSES)})
        counts = dict(cursor.fetchall())
    names = [f"<{CLASSES[0]}", *(f"{low}–{high}" for low, high in pairwise(CLASSES))]
    names.append(f"≥{CLASSES[-1]}")
    return tuple((name, int(counts.get(at, 0))) for at, name in enumerate(names))
