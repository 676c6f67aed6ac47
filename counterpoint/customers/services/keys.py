"""Writing search keys: derived rows, kept in step by the verbs that change what they come from."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from counterpoint.customers.rules.keys import Key


def add_keys(party: int, keys: Iterable[Key]) -> None:
    """Let the party be found by ``keys`` too."""
    rows = sorted(set(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_searchkey (kind, key, party_id)"
            " SELECT k, v, %s FROM unnest(%s::smallint[], %s::text[]) AS t(k, v) ON CONFLICT DO NOTHING",
            [party, [int(kind) for kind, _key in rows], [key for _kind, key in rows]],
        )


def drop_keys(party: int, keys: Iterable[Key]) -> None:
    """Let the party be found by ``keys`` no longer, whatever hint of a name goes with them."""
    rows = sorted(set(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_searchkey s USING unnest(%s::smallint[], %s::text[]) AS t(k, v)"
            # From the bare number up to the last hint: a gap is below "!", and a digit above it.
            " WHERE s.party_id = %s AND s.kind = t.k AND s.key >= t.v AND s.key < t.v || '!'",
            [[int(kind) for kind, _key in rows], [key for _kind, key in rows], party],
        )
