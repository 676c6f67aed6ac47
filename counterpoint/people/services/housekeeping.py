"""Housekeeping 清理: what has expired leaves the tables, so that they do not grow for years."""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import connection

from counterpoint.kit.watch import repeat
from counterpoint.people.models import LoginSession

#: At most so many rows in one statement: nobody waits for the housekeeping.
PORTION = 5_000
EVERY_SECONDS = 600.0

# The database's own clock decides, and a row that somebody holds is left for the next time.
SWEEP = """
DELETE FROM {table} WHERE {key} IN (
    SELECT {key} FROM {table} WHERE {column} < statement_timestamp() LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


def sweep() -> dict[str, int]:
    """Remove expired sessions and cache rows; how many of each. No verb: nothing that counts changes."""
    session = LoginSession._meta.db_table
    cache = settings.CACHES["default"]["LOCATION"]
    return {
        "sessions": _sweep(session, "session_key", "expire_date"),
        "cache": _sweep(cache, "cache_key", "expires"),
    }


def _sweep(table: str, key: str, column: str) -> int:
    statement, removed = SWEEP.format(table=table, key=key, column=column), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [PORTION])
            gone: int = cursor.rowcount
        removed += gone
        if gone < PORTION:
            return removed


def sweep_forever(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Sweep until ``stop`` is set, for a thread of the server."""
    repeat(sweep, stop=stop, every=every)
