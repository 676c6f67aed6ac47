"""Finding customers: two statements, each bounded, whatever is typed; four for a name with a number.

Every probe is a range of the search keys' primary key, so the server reads at most a page of index
entries for each, also for 王, under which one in thirteen of all customers stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from counterpoint.customers.data import (
    DocumentKind,
    Gender,
    KeyKind,
    PartyHit,
    PartyHits,
    PartyKind,
    PartyStatus,
    RiskLevel,
)
from counterpoint.customers.rules.keys import Plan, Probe, is_whole, may_be, name_keys
from counterpoint.customers.rules.masks import mask_document, mask_name, mask_phone

#: Not exact, rank, kind of key: what sorts one hit before another.
Place = tuple[bool, int, KeyKind]
#: A party, the probe that reached it, and the key by which.
Found = tuple[int, Probe, str]
#: Beyond every character: what a beginning's range ends with.
_END = "\U0010ffff"
#: How many numbers with one ending are looked through for a name.
_CANDIDATES = 2000

_RANGE = """
(SELECT party_id, {place} AS place, key FROM customers_searchkey
 WHERE kind = %s AND key >= %s AND key < %s ORDER BY kind, key, party_id LIMIT %s)"""
_NUMBER = """
(SELECT id, {place}, number FROM customers_party WHERE number = %s LIMIT %s)"""
_NAMES = "SELECT id, kind, name_zh, name_latin FROM customers_party WHERE id = ANY(%s)"
_FACTS = """
SELECT p.id, p.number, p.kind, p.name_zh, p.name_latin, p.gender, p.birth_date, p.branch, p.risk,
       p.sort_key, d.kind, d.number, c.value, s.status
FROM customers_party p
LEFT JOIN LATERAL (SELECT x.kind, i.number FROM customers_iddocument x
  JOIN customers_identitynumber i ON i.id = x.identity_id
  WHERE x.party_id = p.id AND x.replaced_at IS NULL ORDER BY x.id LIMIT 1) d ON true
LEFT JOIN LATERAL (SELECT y.value FROM customers_contact y
  WHERE y.party_id = p.id AND y.kind = 'phone' AND y.until IS NULL ORDER BY y.id LIMIT 1) c ON true
LEFT JOIN customers_standing s ON s.party_id = p.id AND s.until IS NULL
WHERE p.id = ANY(%s)
"""


def find(plan: Plan, *, limit: int) -> PartyHits:
    """The customers that ``plan`` names, the exact ones first, at most ``limit``."""
    # A party can match by several keys, so more keys than parties are read.
    found = _keys(plan.probes, 2 * limit + 2)
    if plan.both:
        found += _of_both(*plan.both)
    best: dict[int, Place] = {}
    for party, probe, key in found:
        # The whole of a given name is not the whole of a name.
        exact = probe.kind is not KeyKind.NAME_PART and is_whole(probe, key)
        place = (not exact, probe.rank, probe.kind)
        if party not in best or place < best[party]:
            best[party] = place
    # The keys came in their own order; keep it, as it is the same every time.
    wanted = sorted(best, key=lambda party: best[party][:2])[: limit + 1]
    hits = PartyHits(facts_of(wanted[:limit], best))
    hits.more = len(wanted) > limit
    return hits


def _keys(probes: tuple[Probe, ...], reach: int) -> list[Found]:
    """The keys that the probes reach, at most ``reach`` for each."""
    if not probes:
        return []
    parts: list[str] = []
    values: list[Any] = []
    for place, probe in enumerate(probes):
        if probe.kind is KeyKind.NUMBER:
            parts.append(_NUMBER.format(place=place))
            values += [probe.prefix, reach]
        else:
            parts.append(_RANGE.format(place=place))
            values += [int(probe.kind), probe.prefix, probe.prefix + _END, reach]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [(party, probes[place], key) for party, place, key in cursor.fetchall()]


def _of_both(names: tuple[Probe, ...], numbers: tuple[Probe, ...]) -> list[Found]:
    """Who has one of the numbers and one of the names.

    The numbers' keys hint at the name, so of the hundreds who share an ending few are looked at.
    """
    candidates = {
        party
        for party, _probe, key in _keys(numbers, _CANDIDATES)
        if any(may_be(name, key) for name in names)
    }
    if not candidates:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [list(candidates)])
        people = cursor.fetchall()
    return [
        (party, name, key)
        for party, kind, name_zh, name_latin in people
        for of, key in name_keys(PartyKind(kind), name_zh, name_latin)
        for name in names
        if of is name.kind and key.startswith(name.prefix)
    ]


def facts_of(parties: Iterable[int], matched: dict[int, Place] | None = None) -> list[PartyHit]:
    """The masked lines of ``parties``: exact ones first, then by rank, then by sound."""
    ids = list(parties)
    if not ids:
        return []
    how = matched or {}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [ids])
        rows = cursor.fetchall()
    default = (True, 0, KeyKind.NAME)
    rows.sort(key=lambda row: (*how.get(row[0], default)[:2], row[9], row[0]))
    return [_hit(row, how.get(row[0], default)) for row in rows]


def _hit(row: tuple[Any, ...], how: Place) -> PartyHit:
    kind = PartyKind(row[2])
    legal = kind is PartyKind.LEGAL
    return PartyHit(
        id=row[0],
        number=row[1],
        kind=kind,
        # Firms stand in a public register with name and code.
        name=row[3] or row[4] if legal else mask_name(row[3] or row[4]),
        name_latin=row[4] if legal else mask_name(row[4]),
        document_kind=DocumentKind(row[10]) if row[10] else None,
        document=(row[11] if legal else mask_document(row[11])) if row[11] else "",
        phone=mask_phone(row[12]) if row[12] else "",
        gender=Gender(row[5]) if row[5] else None,
        birth_year=row[6].year if row[6] else None,
        branch=row[7],
        status=PartyStatus(row[13]) if row[13] else PartyStatus.ACTIVE,
        risk=RiskLevel(row[8]),
        matched=how[2],
        exact=not how[0],
    )
