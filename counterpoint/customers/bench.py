"""``counterpoint bench search``: how fast a customer is found among a million made-up ones.

It works in a database of its own on the same server and drops it afterwards. The search is measured
at the service, masking included; once as it is used, with the look-up recorded and committed, and
once without the record, to show what the record costs.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from counterpoint.customers.bench_data import load
from counterpoint.customers.data import Purpose
from counterpoint.customers.queries.search import find
from counterpoint.customers.rules.keys import understand
from counterpoint.customers.rules.names import readings
from counterpoint.customers.services.looking import search
from counterpoint.customers.synthetic import COMMON, Made
from counterpoint.kit import journal
from counterpoint.kit.data import SYSTEM, Told
from counterpoint.kit.measuring import described, emit, machine, measure, percentile
from counterpoint.kit.scratch import scratch_database

DATABASE = "counterpoint_bench_search"
SEED = 20261124
QUERIES = 2000


def bench_search(*, customers: int = 1_000_000, json: bool = False) -> int:
    """Measure and print. The last line is one JSON object when ``json`` is asked for."""
    # With --json the table goes to stderr, so that the object stands alone.
    console = Console(stderr=json)
    with scratch_database(DATABASE):
        began = time.perf_counter()
        with Progress(console=console, transient=True) as progress:
            sample = load(customers, seed=SEED, progress=progress)
        # The load's pages are still on their way to the disk; commits would wait for them.
        os.sync()
        loaded = time.perf_counter() - began
        mixes = query_mixes(sample, random.Random(SEED))  # noqa: S311
        recorded = {kind: measure(queries, _recorded) for kind, queries in mixes.items()}
        bare = {kind: measure(queries, _bare) for kind, queries in mixes.items()}
        floor = measure(["" for _ in range(QUERIES)], _record_only)
        size = _size()
    figures = {
        "customers": customers,
        "p99_ms": {kind: percentile(times, 99) for kind, times in recorded.items()},
        "p50_ms": {kind: percentile(times, 50) for kind, times in recorded.items()},
        "p99_unrecorded_ms": {kind: percentile(times, 99) for kind, times in bare.items()},
        "p50_unrecorded_ms": {kind: percentile(times, 50) for kind, times in bare.items()},
        "max_ms": {kind: round(max(times), 3) for kind, times in recorded.items()},
        # What one empty record costs here and now: the machine's own share of every figure above.
        "floor_ms": {"p50": percentile(floor, 50), "p99": percentile(floor, 99)},
        "load_seconds": round(loaded, 1),
        "database_mb": size,
        "machine": machine(),
    }
    console.print(_table(figures))
    if json:
        emit(figures)
    return 0


def query_mixes(sample: list[Made], draw: random.Random) -> dict[str, list[str]]:
    """For each kind of key 2,000 queries: hits, misses, and the beginnings that most people share."""
    people = [p for p in sample if p.birth_date is not None]
    common = list(COMMON)[:10]

    def pick() -> Made:
        return draw.choice(people)

    def digits(count: int) -> str:
        return "".join(draw.choices("0123456789", k=count))

    def syllables(at: int) -> str:
        return readings(pick().name)[0][at]

    kinds: dict[str, tuple[Callable[[], str], ...]] = {
        "name": (lambda: pick().name, lambda: draw.choice(common), lambda: pick().name[:2],
                 lambda: "龘" + pick().name),
        "name_part": (lambda: pick().name[1:], lambda: pick().name[-1],
                      lambda: draw.choice(("有限", "公司", "贸易"))),
        "initials": (lambda: syllables(1), lambda: draw.choice("wlzcy"), lambda: syllables(1)[:2],
                     lambda: "vvv"),
        "pinyin": (lambda: syllables(0), lambda: draw.choice(("wang", "li", "zhang")),
                   lambda: syllables(0)[:5], lambda: "qqq" + syllables(0)),
        "document": (lambda: pick().number, lambda: digits(17) + "X", lambda: "E" + digits(8)),
        "document_suffix": (lambda: pick().number[-4:], lambda: pick().number[-6:], lambda: digits(4)),
        "phone": (lambda: pick().phone[3:], lambda: "138" + digits(8)),
        "phone_suffix": (lambda: pick().phone[-4:], lambda: pick().phone[-7:], lambda: digits(4)),
        "account": (lambda: pick().account, lambda: "62" + digits(17)),
        "account_suffix": (lambda: pick().account[-6:], lambda: pick().account[-8:], lambda: digits(6)),
        "number": (lambda: digits(10), lambda: _customer_number(draw, len(sample))),
        "name_and_suffix": (lambda: _both(pick()), lambda: draw.choice(common) + digits(4),
                            lambda: syllables(1) + " " + digits(4)),
    }  # fmt: skip
    return {kind: [makers[i % len(makers)]() for i in range(QUERIES)] for kind, makers in kinds.items()}


def _both(person: Made) -> str:
    return f"{person.name} {person.number[-4:]}"


def _customer_number(draw: random.Random, count: int) -> str:
    from counterpoint.customers.rules.numbers import customer_number

    return customer_number(100000001 + draw.randrange(count))


def _recorded(query: str) -> None:
    search(query=query, purpose=Purpose.COUNTER, by=SYSTEM)


def _bare(query: str) -> None:
    find(understand(query), limit=20)


def _record_only(_: str) -> None:
    with transaction.atomic():
        told = Told(subject="search:customers", branch=0, data={"purpose": str(Purpose.COUNTER)})
        journal.record("customers.party.searched", told, SYSTEM)


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
        return int(cursor.fetchone()[0])


def _table(figures: dict[str, Any]) -> Table:
    table = Table(
        title=f"Customer search among {figures['customers']:,} customers, milliseconds",
        caption=f"{described(figures['machine'])}; "
        f"{figures['database_mb']:,} MB loaded in {figures['load_seconds']} s; "
        f"{QUERIES:,} queries a kind",
    )
    table.add_column("key")
    columns = ("p50_ms", "p99_ms", "max_ms", "p50_unrecorded_ms", "p99_unrecorded_ms")
    for column in columns:
        table.add_column(column.removesuffix("_ms").replace("_", " "), justify="right")
    for kind in figures[columns[0]]:
        table.add_row(kind, *(f"{figures[column][kind]:.2f}" for column in columns))
    table.add_section()
    table.add_row(
        "an empty record",
        f"{figures['floor_ms']['p50']:.2f}",
        f"{figures['floor_ms']['p99']:.2f}",
        "",
        "",
        "",
    )
    return table
