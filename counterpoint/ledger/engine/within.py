"""The same batch, of one order, on Django's own connection: for a verb that also posts."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import connection, transaction
from psycopg import RawCursor

from counterpoint.ledger.data import Posted
from counterpoint.ledger.effects import Rows
from counterpoint.ledger.engine.batch import LOAD_KEYS, Batch, Seen
from counterpoint.ledger.engine.order import Order

_JSON = (114, 3802)


def post_order(order: Order) -> Posted:
    """Post in the open transaction. Raises the refusal; then nothing was written."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("post_within() needs an open transaction")
    batch = Batch([order])
    with connection.wrap_database_errors, _cursor() as cursor:
        batch.read([_run(cursor, sql, parameters) for sql, parameters in batch.load()])
        batch.decide()
        for sql, parameters in batch.write():
            _run(cursor, sql, parameters)
    outcome = batch.outcomes[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def find(key: Any) -> Seen | None:
    """The entry that stands under ``key``."""
    connection.ensure_connection()
    with connection.wrap_database_errors, _cursor() as cursor:
        rows = _run(cursor, LOAD_KEYS, ([key],))
    if not rows:
        return None
    _key, entry, digest, at, data = rows[0]
    return Seen(entry, bytes(digest), at, data)


def _cursor() -> RawCursor[tuple[Any, ...]]:
    # Django's cursor takes %s only; the engine's statements number their parameters.
    return RawCursor(connection.connection)


def _run(cursor: RawCursor[tuple[Any, ...]], sql: str, parameters: Any) -> Rows:
    cursor.execute(sql.encode(), [list(p) if isinstance(p, tuple) else p for p in parameters])
    if cursor.description is None:
        return []
    rows = cursor.fetchall()
    # Django has psycopg leave JSON as text; the engine's own line reads it. Kinds must see no difference.
    places = [n for n, column in enumerate(cursor.description) if column.type_code in _JSON]
    if not places:
        return rows
    return [
        tuple(orjson.loads(v) if n in places and isinstance(v, str) else v for n, v in enumerate(row))
        for row in rows
    ]
