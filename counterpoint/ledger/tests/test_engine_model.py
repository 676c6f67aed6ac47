"""The engine's batches against the simplest model there is: one posting after the other."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.kit.data import Actor, ActorKind, Refusal
from counterpoint.kit.verbs import CATALOGUE, declare
from counterpoint.ledger.data import Leg, Posted, Posting
from counterpoint.ledger.engine import batch as engine
from counterpoint.ledger.engine.batch import Batch
from counterpoint.ledger.engine.order import prepare

VERB = "ledger.model.posted"
if VERB not in CATALOGUE:
    declare(VERB, summary="A posting of the model", where=__name__)
DAY = date(2026, 1, 5)
BY = Actor(ActorKind.PERSON, 1, "")
STATUSES = ("active", "active", "active", "debit_frozen", "frozen", "dormant", "closed")


@dataclass
class Row:
    currency: str
    sign: int
    status: str
    held: int
    floor: int | None
    balance: int = 0
    version: int = 0


@dataclass
class Store:
    """The tables, as dictionaries: what the SQL of a batch would do to them."""

    accounts: dict[int, Row]
    events: dict[UUID, tuple[int, bytes, dict[str, Any]]] = field(default_factory=dict)
    legs: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    number: int = 0

    def run(self, postings: Sequence[Posting]) -> list[Posted | Exception]:
        batch = Batch([prepare(posting) for posting in postings])
        batch.read([self._answer(sql, parameters) for sql, parameters in batch.load()])
        batch.decide()
        for sql, parameters in batch.write():
            if sql == engine.WRITE:
                self._write(list(parameters))
        return [batch.outcomes[n] for n in range(len(postings))]

    def _answer(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        if sql == engine.BEGIN_BATCH:
            count = parameters[0]
            self.number += count
            return [(datetime(2026, 1, 5, tzinfo=UTC), list(range(self.number - count, self.number)), 1)]
        if sql == engine.LOAD_DAYS:
            return [(1, DAY, True), (2, DAY, False)]
        if sql == engine.LOAD_KEYS:
            at = datetime(2026, 1, 5, tzinfo=UTC)
            found = [(key, *self.events[key]) for key in parameters[0] if key in self.events]
            return [(key, entry, digest, at, data) for key, entry, digest, data in found]
        assert sql == engine.LOAD_ACCOUNTS
        rows = [
            (id, a.currency, a.sign, a.status, a.balance, a.held, a.floor, a.version)
            for id, a in sorted(self.accounts.items())
            if id in parameters[0]
        ]
        return [(*zip(*rows, strict=True), None, None)] if rows else [(None,) * 10]

    def _write(self, p: list[Any]) -> None:
        for entry, data, key, digest in zip(p[1], p[8], p[9], p[10], strict=True):
            assert key not in self.events, "the unique index would refuse"
            self.events[key] = (entry, digest, orjson.loads(data))
        self.legs.extend(zip(*p[11:16], strict=True))
        for id, balance, version in zip(*p[16:19], strict=True):
            self.accounts[id].balance, self.accounts[id].version = balance, version


def model(accounts: dict[int, Row], done: dict[UUID, Posting], posting: Posting) -> str:
    """Post on plain dictionaries; the word says what became of it."""
    if posting.key in done:
        return "repeated" if done[posting.key] == posting else "reused"
    if posting.branch != 1:
        return "refused"
    after = {id: row.balance for id, row in accounts.items()}
    sums: dict[str, int] = {}
    for leg in posting.legs:
        row = accounts.get(leg.account)
        if row is None or row.status in ("closed", "frozen"):
            return "refused"
        change = row.sign * leg.amount
        if change < 0 and row.status != "active":
            return "refused"
        after[leg.account] += change
        sums[row.currency] = sums.get(row.currency, 0) + leg.amount
    if any(sums.values()):
        return "refused"
    for id, row in accounts.items():
        if row.floor is not None and after[id] < row.balance and after[id] - row.held < row.floor:
            return "refused"
    for leg in posting.legs:
        accounts[leg.account].version += 1
    for id, balance in after.items():
        accounts[id].balance = balance
    done[posting.key] = posting
    return "posted"


def word(outcome: Posted | Exception) -> str:
    if isinstance(outcome, Posted):
        return "repeated" if outcome.repeated else "posted"
    assert isinstance(outcome, Refusal), outcome
    return "reused" if outcome.code == "key_reused" else "refused"


rows = st.builds(
    Row,
    currency=st.sampled_from(["CNY", "CNY", "CNY", "USD"]),
    sign=st.sampled_from([1, -1]),
    status=st.sampled_from(STATUSES),
    held=st.integers(0, 50),
    floor=st.none() | st.integers(-100, 0),
)
amounts = st.integers(-200, 200).filter(bool)


@st.composite
def postings(draw: st.DrawFn) -> Posting:
    count = draw(st.integers(1, 3))
    legs = [Leg(draw(st.integers(1, 7)), draw(amounts)) for _ in range(count)]
    rest = -sum(leg.amount for leg in legs)
    legs.append(Leg(draw(st.integers(1, 7)), rest) if rest else Leg(legs[0].account, 5))
    if not rest:
        legs.append(Leg(legs[0].account, -5))
    return Posting(
        key=UUID(int=draw(st.integers(1, 12))), verb=VERB, branch=draw(st.sampled_from([1, 1, 1, 2])),
        business_date=DAY, legs=tuple(legs), by=BY, subject="account:1",
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.lists(rows, min_size=6, max_size=6), st.lists(st.lists(postings(), min_size=1, max_size=6), max_size=6)
)
def test_any_batches_give_what_one_posting_after_the_other_gives(
    table: list[Row], batches: list[list[Posting]]
) -> None:
    store = Store({n + 1: row for n, row in enumerate(table)})
    plain = {id: Row(r.currency, r.sign, r.status, r.held, r.floor) for id, r in store.accounts.items()}
    done: dict[UUID, Posting] = {}
    for batch in batches:
        expected = [model(plain, done, posting) for posting in batch]
        assert [word(outcome) for outcome in store.run(batch)] == expected
    assert store.accounts == plain
    for id, row in store.accounts.items():
        own = [leg for leg in store.legs if leg[0] == id]
        assert row.balance == row.sign * sum(leg[3] for leg in own)
        assert [leg[1] for leg in own] == list(range(1, row.version + 1))
    totals: dict[str, int] = {}
    for account, _version, _entry, amount, _balance in store.legs:
        currency = store.accounts[account].currency
        totals[currency] = totals.get(currency, 0) + amount
    assert not any(totals.values())


@settings(deadline=None)
@given(st.lists(rows, min_size=6, max_size=6), postings())
def test_a_decision_leaves_the_books_as_they_are(table: list[Row], posting: Posting) -> None:
    store = Store({n + 1: row for n, row in enumerate(table)})
    batch = Batch([prepare(posting)])
    batch.read([store._answer(sql, parameters) for sql, parameters in batch.load()])
    before = copy.deepcopy(batch._books)
    with suppress(Refusal):
        engine.decide(batch._books, posting)
    assert batch._books == before
