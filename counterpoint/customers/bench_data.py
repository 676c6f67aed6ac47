"""Filling a database with made-up customers, set-wise: COPY into bare tables, indexes afterwards.

The rows come from the same rules that the verbs use, so what is measured is what is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from rich.progress import Progress

from counterpoint.customers.data import DocumentKind, PartyKind
from counterpoint.customers.rules import keys, names
from counterpoint.customers.rules.documents import number_space
from counterpoint.customers.rules.numbers import customer_number
from counterpoint.customers.synthetic import Made, people

CHUNK = 20_000
LEGAL_EVERY = 25
SAMPLE_EVERY = 37

TABLES = {
    "customers_party": "id, number, kind, name_zh, name_latin, sort_key, gender, birth_date, nationality,"
    " risk, tier, branch, registered_by",
    "customers_identitynumber": "id, party_id, space, number",
    "customers_iddocument": "id, identity_id, party_id, kind, country, issuer, added_by, replaced_by",
    "customers_contact": "id, party_id, kind, value, since_by, until_by",
    "customers_searchkey": "kind, key, party_id",
}


def load(count: int, *, seed: int, progress: Progress) -> list[Made]:
    """Fill the tables with ``count`` customers. Returns a sample to look for."""
    sample: list[Made] = []
    task = progress.add_task("customers", total=count)
    made = enumerate(people(count, seed=seed, legal_every=LEGAL_EVERY), start=1)
    with connection.cursor() as cursor:
        rebuild = _strip(cursor)
        while chunk := list(islice(made, CHUNK)):
            sample += [person for at, person in chunk if at % SAMPLE_EVERY == 0]
            _copy(cursor, chunk)
            progress.advance(task, len(chunk))
        indexing = progress.add_task("indexes", total=len(rebuild))
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for statement in rebuild:
            cursor.execute(statement)
            progress.advance(indexing)
        for table in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("CHECKPOINT")
    return sample


def _strip(cursor: Any) -> list[str]:
    """Drop indexes and constraints of the tables; returns the statements that bring them back."""
    back: list[str] = []
    for table in TABLES:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid), contype FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('p', 'u', 'f')",
            [table],
        )
        for name, definition, kind in cursor.fetchall():
            # Foreign keys come back last, as they need the keys they point to.
            back.insert(
                len(back) if kind == "f" else 0, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            )
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
        for name, definition in cursor.fetchall():
            back.insert(0, definition)
            cursor.execute(f'DROP INDEX "{name}"')
    return sorted(back, key=lambda statement: "FOREIGN KEY" in statement)


def _copy(cursor: Any, chunk: list[tuple[int, Made]]) -> None:
    rows: dict[str, Iterable[tuple[Any, ...]]] = {
        "customers_party": map(_party, chunk),
        "customers_identitynumber": map(_identity, chunk),
        "customers_iddocument": map(_document, chunk),
        "customers_contact": map(_contact, chunk),
        "customers_searchkey": _keys(chunk),
    }
    for table, values in rows.items():
        with cursor.copy(f"COPY {table} ({TABLES[table]}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)


def _party(numbered: tuple[int, Made]) -> tuple[Any, ...]:
    at, person = numbered
    return (
        at, customer_number(100_000_000 + at), str(person.kind), person.name, "", names.sort_key(person.name),
        str(person.gender or ""), person.birth_date, "CN", "normal", "standard", 3 + at % 2, "system:0",
    )  # fmt: skip


def _kind(person: Made) -> DocumentKind:
    return DocumentKind.CREDIT_CODE if person.kind is PartyKind.LEGAL else DocumentKind.RESIDENT_ID


def _identity(numbered: tuple[int, Made]) -> tuple[Any, ...]:
    at, person = numbered
    return at, at, number_space(_kind(person), "CN"), person.number


def _document(numbered: tuple[int, Made]) -> tuple[Any, ...]:
    at, person = numbered
    return at, at, at, str(_kind(person)), "CN", "", "system:0", ""


def _contact(numbered: tuple[int, Made]) -> tuple[Any, ...]:
    at, person = numbered
    return at, at, "phone", person.phone, "system:0", ""


def _keys(chunk: list[tuple[int, Made]]) -> Iterator[tuple[Any, ...]]:
    """Every search key of the customers, their accounts' numbers included."""
    for at, person in chunk:
        found = keys.name_keys(person.kind, person.name, "")
        said = keys.hint(person.name)
        found |= keys.document_keys(person.number, said) | keys.phone_keys(person.phone, said)
        found |= keys.account_keys(person.account, said=said)
        for kind, key in found:
            yield int(kind), key, at
