"""A batch without I/O: the queries that load it, the decisions, the statements that write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import journal
from counterpoint.ledger.data import KeyReused, Posted
from counterpoint.ledger.effects import Carried, Rows, effect_kind
from counterpoint.ledger.engine.decide import Books, Decision, decide, fold
from counterpoint.ledger.engine.guard import DAY_LOCK_CLASS
from counterpoint.ledger.engine.order import Order

#: The server's clock, numbers for the entries, and the locks of the days.
BEGIN_BATCH = f"""
SELECT clock_timestamp(), (SELECT array_agg(nextval('kit_event_id_seq')) FROM generate_series(1, $1::int)),
    (SELECT count(locked) FROM (
        SELECT pg_advisory_xact_lock_shared({DAY_LOCK_CLASS}, b) AS locked
        FROM unnest($2::int[]) AS u(b)) AS l)
"""
# Its own statement, so that its snapshot is younger than the lock.
LOAD_DAYS = "SELECT branch_id, date, open FROM org_business_day WHERE branch_id = ANY($1::int[])"
LOAD_KEYS = "SELECT key, id, digest, at, data FROM kit_event WHERE key = ANY($1::uuid[])"
# One array a column, not one row an account: half the work for the client, and less for the server.
LOAD_ACCOUNTS = """
SELECT array_agg(id), array_agg(currency), array_agg(sign), array_agg(status), array_agg(balance),
    array_agg(held), array_agg(floor), array_agg(version),
    array_agg(id) FILTER (WHERE carried IS NOT NULL), string_agg(array_to_string(carried, ','), '],[')
FROM (
    SELECT id, currency, sign, status, balance, held, floor, version, carried FROM ledger_account
    WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
) AS locked
"""
# Arrays are unnested side by side in the select list: as a table, each would be stored row by row first.
WRITE = """
WITH events AS (
    INSERT INTO kit_event
        (id, branch_id, business_date, at, verb, subject, actor, correlation, data, key, digest, xid)
    SELECT unnest($2::bigint[]), unnest($3::int[]), unnest($4::date[]), $1::timestamptz, unnest($5::text[]),
        unnest($6::text[]), unnest($7::text[]), unnest($8::uuid[]), unnest($9::text[])::jsonb,
        unnest($10::uuid[]), unnest($11::bytea[]), (SELECT pg_current_xact_id()::text::bigint)
), legs AS (
    INSERT INTO ledger_leg (account_id, version, entry_id, amount, balance)
    SELECT unnest($12::bigint[]), unnest($13::bigint[]), unnest($14::bigint[]), unnest($15::bigint[]),
        unnest($16::bigint[])
), balances AS (
    UPDATE ledger_account AS a SET balance = u.b, version = u.v, carried = coalesce(u.c::bigint[], a.carried)
    FROM (SELECT unnest($17::bigint[]) AS i, unnest($18::bigint[]) AS b, unnest($19::bigint[]) AS v,
        unnest($20::text[]) AS c) AS u
    WHERE a.id = u.i
)
SELECT pg_notify($21::text, $22::text)
"""
#: PostgreSQL takes less than 8,000 bytes in a signal.
SIGNAL_MAX = 7500

type Statement = tuple[str, Sequence[Any]]


@dataclass(slots=True)
class Seen:
    """An entry that stands already under a key of this batch."""

    entry: int
    digest: bytes
    at: datetime
    data: Mapping[str, Any]


def posted_from(seen: Seen, *, repeated: bool = True) -> Posted:
    """The answer that was given when the entry was made."""
    return Posted(seen.entry, repeated, seen.at, seen.data)


class Batch:
    """Some orders, and what becomes of each: ``outcomes`` holds a ``Posted`` or an exception."""

    def __init__(self, orders: Sequence[Order]) -> None:
        self.orders = orders
        self.outcomes: dict[int, Posted | Exception] = {}
        self.accepted: list[int] = []
        self._events: list[tuple[int, Order, str]] = []
        self._legs: list[tuple[int, int, int, int, int]] = []
        self._books = Books()
        # By the number of the key: a UUID is hashed in Python.
        self._seen: dict[int, Seen] = {}
        self._first: dict[int, int] = {}
        self._numbers: list[int] = []
        self._at: datetime = datetime.min  # noqa: DTZ901  (replaced by the server's clock)
        self._payloads: dict[str, list[Any]] = {}
        for order in orders:
            for effect in order.posting.effects:
                self._payloads.setdefault(effect.kind, []).append(effect.payload)
        self._kinds = sorted(self._payloads)
        self._effect_queries: list[int] = []

    def load(self) -> list[Statement]:
        """The queries, in the one order in which every batch takes its locks."""
        branches = sorted({order.posting.branch for order in self.orders})
        statements: list[Statement] = [
            (BEGIN_BATCH, (len(self.orders), branches)),
            (LOAD_DAYS, (branches,)),
            (LOAD_ACCOUNTS, (sorted({id for order in self.orders for id in order.accounts}),)),
            # After the accounts: the same posting under way elsewhere has them locked, and is seen here.
            (LOAD_KEYS, ([order.posting.key for order in self.orders],)),
        ]
        for name in self._kinds:
            queries = effect_kind(name).load(self._payloads[name])
            self._effect_queries.append(len(queries))
            statements.extend(queries)
        return statements

    def read(self, results: Sequence[Rows]) -> None:
        """Take in the rows of ``load``'s queries."""
        books = self._books
        self._at, self._numbers, _locked = results[0][0]
        books.days = {branch: (day, is_open) for branch, day, is_open in results[1]}
        carried: Carried = {}
        *columns, carriers, numbers = results[2][0]
        if columns[0] is not None:
            books.accounts = {row[0]: row for row in zip(*columns, strict=True)}
        if carriers is not None:
            lists = zip(carriers, orjson.loads(f"[[{numbers}]]"), strict=True)
            carried = {id: (books.accounts[id][1], one) for id, one in lists}
        for key, entry, digest, at, data in results[3]:
            self._seen[key.int] = Seen(entry, bytes(digest), at, data)
        position = 4
        for name, count in zip(self._kinds, self._effect_queries, strict=True):
            books.effects[name] = effect_kind(name).read(results[position : position + count], carried)
            position += count

    def decide(self) -> None:
        """Decide each order in turn. A refused one leaves no trace on its neighbours."""
        books = self._books
        for index, order in enumerate(self.orders):
            posting = order.posting
            key = posting.key.int
            if key in self._seen or key in self._first:
                self.outcomes[index] = self._repeat(order)
                continue
            try:
                decision = decide(books, posting)
                entry = self._numbers[len(self.accepted)]
                data = _finish(order.data, decision)
                fold(books, decision)
            except Exception as refusal:  # one caller's trouble, whatever it is, stays with that caller
                self.outcomes[index] = refusal
                continue
            self.accepted.append(index)
            self._events.append((entry, order, data))
            for account, amount, version, balance in decision.legs:
                self._legs.append((account, version, entry, amount, balance))
            self._first[key] = index
            self.outcomes[index] = Posted(entry, False, self._at, data)

    def _repeat(self, order: Order) -> Posted | Exception:
        """The answer to a key that has been used, in an earlier batch or just before in this one."""
        key = order.posting.key
        seen = self._seen.get(key.int)
        first = self._first.get(key.int, 0)
        if (seen.digest if seen else self.orders[first].digest) != order.digest:
            return KeyReused(_("This key has been used for another posting."), key=str(key))
        if seen is None:
            twin = self.outcomes[first]
            return twin.again() if isinstance(twin, Posted) else twin
        # After a broken line the first answer never arrived: then this one is the first.
        return posted_from(seen, repeated=not order.lost)

    def write(self) -> Iterator[Statement]:
        """The statements that write what was accepted; none when nothing was."""
        if not self._events:
            return
        yield WRITE, [*self._write_parameters(), journal.SIGNAL, self._signal()]
        for name in self._kinds:
            yield from effect_kind(name).apply(self._books.effects[name])

    def _write_parameters(self) -> list[Any]:
        events = self._events
        postings = [order.posting for _entry, order, _data in events]
        moved = self._books.moved
        touched = sorted(moved)
        return [
            self._at.isoformat(),
            [entry for entry, _order, _data in events],
            [p.branch for p in postings],
            [p.business_date.isoformat() for p in postings],
            [p.verb for p in postings],
            [p.subject for p in postings],
            [order.by for _entry, order, _data in events],
            [None if p.correlation is None else str(p.correlation) for p in postings],
            [data for _entry, _order, data in events],
            [p.key for p in postings],
            [order.digest for _entry, order, _data in events],
            *([list(column) for column in zip(*self._legs, strict=True)]),
            touched,
            [moved[account][0] for account in touched],
            [moved[account][1] for account in touched],
            self._carry(touched),
        ]

    def _carry(self, touched: Sequence[int]) -> str:
        """What each account carries from here on, as array literals in an array; NULL: as before."""
        carried: dict[int, Sequence[int]] = {}
        for name in self._kinds:
            carried |= effect_kind(name).carry(self._books.effects[name])
        if not carried.keys() <= self._books.moved.keys():
            raise ValueError("an effect changed what an account carries that its posting does not move")
        # JSON in other brackets is the fastest way to write it.
        literals = ['"{' + orjson.dumps(one)[1:-1].decode() + '}"' if (one := carried.get(id)) else "NULL"
                    for id in touched]  # fmt: skip
        return "{" + ",".join(literals) + "}"

    def _signal(self) -> str:
        postings = [order.posting for _entry, order, _data in self._events]
        channels = {f"branch:{branch}" for branch in {p.branch for p in postings}}
        every = channels | {order.by for _entry, order, _data in self._events}
        every |= {f"desk:{p.by.desk}" for p in postings if p.by.desk is not None}
        last = self._events[-1][0]
        text = journal.signal(last, postings[-1].verb, sorted(every))
        return text if len(text) < SIGNAL_MAX else journal.signal(last, postings[-1].verb, sorted(channels))


def _finish(data: str, decision: Decision) -> str:
    """The event's JSON: the caller's part, the effects' answers, the legs."""
    lines = orjson.dumps(decision.legs).decode()
    middle = "," + orjson.dumps(decision.answers).decode()[1:-1] if decision.answers else ""
    return f'{data[:-1]}{middle},"legs":{lines}}}'
