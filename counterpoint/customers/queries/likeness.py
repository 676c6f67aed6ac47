"""Candidates for the same person: those born that day, with that telephone, that document, that name."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from counterpoint.customers.data import KeyKind, Suggestion
from counterpoint.customers.queries.search import facts_of
from counterpoint.customers.rules.keys import folded_name, phone_keys
from counterpoint.customers.rules.likeness import WORTH_SAYING, Facts, compare

_MOST = 300

_CANDIDATES = f"""
SELECT party_id FROM customers_identitynumber WHERE number = ANY(%s)
UNION SELECT s.party_id FROM unnest(%s::text[]) AS v
  JOIN customers_searchkey s ON s.kind = %s AND s.key >= v AND s.key < v || '!'
UNION (SELECT id FROM customers_party WHERE birth_date = %s LIMIT {_MOST})
UNION (SELECT party_id FROM customers_searchkey WHERE kind = %s AND key = %s LIMIT {_MOST})
"""

_FACTS = """
SELECT p.id, p.name_zh, p.name_latin, p.birth_date,
  (SELECT coalesce(json_agg(json_build_array(space, number)), '[]') FROM customers_identitynumber i
    WHERE i.party_id = p.id),
  (SELECT coalesce(json_agg(value), '[]') FROM customers_contact c
    WHERE c.party_id = p.id AND c.kind = 'phone' AND c.until IS NULL)
FROM customers_party p WHERE p.id = ANY(%s)
"""


def like(facts: Facts, *, limit: int, but: Iterable[int] = ()) -> tuple[Suggestion, ...]:
    """Who may be the same person as ``facts``, the likeliest first."""
    numbers = [number for _space, number in facts.documents]
    phones = [key for phone in facts.phones for _kind, key in phone_keys(phone)]
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            [
                numbers, phones, int(KeyKind.PHONE), facts.birth_date,
                int(KeyKind.NAME), folded_name(facts.name_zh),
            ],
        )  # fmt: skip
        candidates = [row[0] for row in cursor.fetchall()]
        cursor.execute(_FACTS, [candidates])
        rows = cursor.fetchall()
    scored = {}
    for party, name_zh, name_latin, born, documents, contacts in rows:
        other = Facts(
            name_zh=name_zh,
            name_latin=name_latin,
            birth_date=born,
            documents=frozenset((space, number) for space, number in documents),
            phones=frozenset(contacts),
        )
        points, reasons = compare(facts, other)
        if points >= WORTH_SAYING and reasons and party not in set(but):
            scored[party] = (points, reasons)
    best = sorted(scored, key=lambda party: (-scored[party][0], party))[:limit]
    hits = {hit.id: hit for hit in facts_of(best)}
    return tuple(Suggestion(hits[party], *scored[party]) for party in best)
