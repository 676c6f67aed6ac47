"""``counterpoint bench post``: our posting beside pgbench's, on the same server, in one go 性能对比.

Everything a posting does is in it: key, digest, day, statuses, floors, legs, balances, event row, a
cash effect, the signal. It works in databases of its own, which it drops at the end.
"""

from __future__ import annotations

import asyncio
import gc
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection

from counterpoint.kit.data import Actor, ActorKind, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.scratch import scratch_database
from counterpoint.kit.verbs import CATALOGUE, declare
from counterpoint.ledger.data import Effect, Leg, Posted, Posting
from counterpoint.ledger.engine.lane import Lane
from counterpoint.ledger.engine.loop import Engine
from counterpoint.ledger.engine.order import Order, prepare
from counterpoint.ledger.engine.queue import Queue
from counterpoint.ledger.proc import server_seconds

DATABASE = "counterpoint_bench"
PEER = "counterpoint_bench_peer"
CUSTOMERS, TELLERS, BRANCHES = 50_000, 512, 64
DAY = date(2026, 1, 5)
DRAWERS = CUSTOMERS
MIX = (10_000, 5_000, 1_000)
PIECES = (1, 2, 3, 4, 5, -1, -2, -3, -4)
WARM_UP = 1.0
#: Neighbours on the machine disturb a run; it is unlikely that they disturb each of these.
ROUNDS = 3
#: Pairs of short runs with and without the cash effect.
PAIRS = 24

FILL = f"""
INSERT INTO org_business_day (branch_id, date, open, opened_at, opened_by)
    SELECT b, '{DAY}', true, now(), 'system:0' FROM generate_series(1, {BRANCHES}) AS b;
INSERT INTO ledger_account
    (id, branch_id, number, kind, gl, currency, sign, status, balance, held, floor, version, name)
    SELECT i, 1 + i % {BRANCHES}, 'C' || i, 'demand', '2001', 'CNY', -1, 'active', 100000000, 0, 0, 0, ''
    FROM generate_series(1, {CUSTOMERS}) AS i
    UNION ALL SELECT {DRAWERS} + i, 1 + i % {BRANCHES}, 'D' || i, 'internal', '1001', 'CNY', 1, 'active',
        1000000000, 0, 0, 0, '' FROM generate_series(1, {TELLERS}) AS i;
"""


@dataclass(frozen=True, slots=True)
class Cash:
    """The cash effect that is measured: its name, and SQL that fills its tables.

    Its payload is ``{"box": teller, "faces": {face: pieces}}``; ``fill(tellers, drawers, branches)``
    makes the box of each teller, whose account is ``drawers + teller``.
    """

    effect: str
    fill: Callable[[int, int, int], str]


def posting_of(by: Actor, teller: int, customer: int, draw: int, effect: str) -> Posting:
    """A deposit or a withdrawal of a few notes at the counter of ``teller``; no ``effect``, no notes move."""
    face = MIX[draw % 3]
    pieces = PIECES[draw % 9]
    amount = face * pieces
    branch = 1 + teller % BRANCHES
    return Posting(
        key=new_key(),
        verb="bench.cash.moved",
        branch=branch,
        business_date=DAY,
        legs=(Leg(DRAWERS + teller, amount), Leg(customer, -amount)),
        by=by,
        subject=f"account:{customer}",
        summary="现金",
        data={"operation": "1101" if pieces > 0 else "1102"},
        effects=(Effect(effect, {"box": teller, "faces": {str(face): pieces}}),) if effect else (),
    )


type Submit = Callable[[Order], asyncio.Future[Posted]]


async def _teller(
    number: int, submit: Submit, until: float, hot: bool, effect: str, latencies: list[float]
) -> None:
    by = Actor(ActorKind.PERSON, number, "", 1 + number % BRANCHES, number)
    while (start := time.perf_counter()) < until:
        draw = int(random.random() * CUSTOMERS)  # noqa: S311
        await submit(prepare(posting_of(by, number, 1 if hot else draw + 1, draw, effect)))
        latencies.append(time.perf_counter() - start)


def drive(
    engine: Engine, submits: Sequence[Submit], *, tellers: int, seconds: float, effect: str,
    hot: bool = False, warm_up: float = WARM_UP,
) -> dict[str, float]:  # fmt: skip
    """Let ``tellers`` post one after the other for ``seconds``; the figures."""

    async def all_of(duration: float) -> list[float]:
        latencies: list[float] = []
        until = time.perf_counter() + duration
        await asyncio.gather(
            *(
                _teller(n + 1, submits[n % len(submits)], until, hot, effect, latencies)
                for n in range(tellers)
            )
        )
        return latencies

    asyncio.run_coroutine_threadsafe(all_of(warm_up), engine.loop).result()
    server, client, start = server_seconds(), time.process_time(), time.perf_counter()
    latencies = asyncio.run_coroutine_threadsafe(all_of(seconds), engine.loop).result()
    took = time.perf_counter() - start
    client, server = time.process_time() - client, server_seconds() - server
    latencies.sort()
    count = len(latencies)
    return {
        "tps": round(count / took, 1),
        "p50_ms": round(latencies[count // 2] * 1e3, 2),
        "p99_ms": round(latencies[count * 99 // 100] * 1e3, 2),
        "client_us": round(client / count * 1e6, 1),
        "server_us": round(server / count * 1e6, 1),
    }


def single_transactions(engine: Engine, connections: int, seconds: float, effect: str) -> float:
    """The rate on one hot account when every posting is a transaction of its own."""

    async def build() -> list[tuple[Queue, asyncio.Task[None]]]:
        queues = [Queue(lanes=1, limit=1, least=1) for _ in range(connections)]
        return [(q, asyncio.ensure_future(Lane(q, engine.connect).run())) for q in queues]

    def submit_to(queue: Queue) -> Submit:
        def submit(order: Order) -> asyncio.Future[Posted]:
            return engine.submit_here(order, queue)

        return submit

    lanes = asyncio.run_coroutine_threadsafe(build(), engine.loop).result()
    try:
        submits = [submit_to(queue) for queue, _task in lanes]
        return drive(engine, submits, tellers=connections, seconds=seconds, effect=effect, hot=True)["tps"]
    finally:
        for _queue, task in lanes:
            engine.loop.call_soon_threadsafe(task.cancel)


def pgbench(clients: int, seconds: float, *, prepare_only: bool = False) -> float:
    """One run of pgbench's TPC-B-like transaction, prepared, scale 10."""
    settings = connection.settings_dict
    environment = {
        "PGHOST": settings["HOST"], "PGPORT": str(settings["PORT"] or ""), "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"], "PGDATABASE": PEER,
    }  # fmt: skip
    options = ["-i", "-s", "10", "-q"]
    if not prepare_only:
        options = ["-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds))), "-n"]
    done = subprocess.run(
        [_pgbench_program(), *options],
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        check=True,
    )
    rates = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
    return round(float(rates[0].split()[2]), 1) if rates else 0.0


def _pgbench_program() -> str:
    from counterpoint.kit.embedded import BIN

    own = BIN / "pgbench"
    found = str(own) if own.exists() else shutil.which("pgbench")
    if found is None:
        raise Refusal("pgbench is missing: install PostgreSQL's client programs")
    return found


def _fill(cash: Cash) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint"
            " WHERE conrelid = 'org_business_day'::regclass AND contype = 'f'"
        )
        for table, constraint in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        cursor.execute(FILL)
        cursor.execute(cash.fill(TELLERS, DRAWERS, BRANCHES))
        cursor.execute("VACUUM ANALYZE")
    if "bench.cash.moved" not in CATALOGUE:
        declare("bench.cash.moved", summary="A posting of the benchmark", where=__name__)


def measure(seconds: float, effect: str, say: Callable[[str], None]) -> dict[str, Any]:
    """All runs, ours and pgbench's taking turns; of each the best of ``ROUNDS``, on either side."""
    figures: dict[str, Any] = {
        name: {}
        for name in ("pgbench_tps", "posting_tps", "ratio", "p50_ms", "p99_ms", "client_us", "server_us")
    }
    pgbench(1, 0, prepare_only=True)
    pgbench(8, 2)
    engine = Engine()
    try:
        for _round in range(ROUNDS):
            for tellers in (8, 32, 128, 512):
                if tellers <= 128:
                    peer = pgbench(tellers, seconds)
                    known = figures["pgbench_tps"].get(str(tellers), 0.0)
                    figures["pgbench_tps"][str(tellers)] = max(known, peer)
                    say(f"pgbench, {tellers} clients: {peer:,.0f}/s")
                run = drive(engine, [engine.submit_here], tellers=tellers, seconds=seconds, effect=effect)
                _enter(figures, str(tellers), run)
                say(_line(f"{tellers} tellers", run))
        figures["pgbench_best"] = best = max(figures["pgbench_tps"].values())
        figures["ratio"] = {n: round(tps / best, 2) for n, tps in figures["posting_tps"].items()}
        figures |= _hot(engine, seconds, effect, say) | _without_effect(engine, seconds, effect, say)
    finally:
        engine.stop()
    return figures


def _hot(engine: Engine, seconds: float, effect: str, say: Callable[[str], None]) -> dict[str, Any]:
    """One account that everybody posts to: each posting its own transaction, and ours; best of rounds."""
    singles = {"8": 0.0, "32": 0.0}
    best = {"tps": 0.0, "p99_ms": 0.0}
    for _round in range(ROUNDS):
        for connections in singles:
            tps = single_transactions(engine, int(connections), seconds, effect)
            singles[connections] = max(singles[connections], tps)
        run = drive(engine, [engine.submit_here], tellers=128, seconds=seconds, effect=effect, hot=True)
        say(_line("hot account, 128 tellers", run))
        best = max(best, run, key=itemgetter("tps"))
    say(f"hot account, one transaction each, at 8 and 32 connections: {singles}/s")
    return {
        "hot_single_tps": singles,
        "hot_tps": best["tps"],
        "hot_p99_ms": best["p99_ms"],
        "hot_ratio": round(best["tps"] / max(singles.values()), 2),
    }


def _without_effect(
    engine: Engine, seconds: float, effect: str, say: Callable[[str], None]
) -> dict[str, dict[str, float]]:
    """What the cash effect costs, in per cent of rate and processor time: many short pairs, the median.

    A pair is run back to back, so that a disturbance of the machine meets both of it or is one of many.
    """
    costs: dict[str, dict[str, float]] = {"effect_rate_percent": {}, "effect_processor_percent": {}}
    for tellers in (128, 512):
        rates, micros = [], []
        for pair in range(PAIRS):
            runs = {}
            for which in ("", effect) if pair % 2 else (effect, ""):
                runs[which] = drive(
                    engine, [engine.submit_here], tellers=tellers, seconds=seconds / 4, effect=which,
                    warm_up=0.1,
                )  # fmt: skip
            bare, full = runs[""], runs[effect]
            rates.append(100 * (1 - full["tps"] / bare["tps"]))
            micros.append(100 * (_processor(full) / _processor(bare) - 1))
        lost, more = statistics.median(rates), statistics.median(micros)
        costs["effect_rate_percent"][str(tellers)] = round(lost, 1)
        costs["effect_processor_percent"][str(tellers)] = round(more, 1)
        low, _middle, high = statistics.quantiles(rates, n=4)
        say(
            f"cash effect, {tellers} tellers: {lost:.1f} % of the rate (half of {PAIRS} pairs between"
            f" {low:.1f} and {high:.1f} %), {more:.1f} % of processor time"
        )
    return costs


def _processor(run: Mapping[str, float]) -> float:
    return run["client_us"] + run["server_us"]


def _enter(figures: dict[str, Any], tellers: str, run: Mapping[str, float]) -> None:
    if run["tps"] <= figures["posting_tps"].get(tellers, 0.0):
        return
    figures["posting_tps"][tellers] = run["tps"]
    for name in ("p50_ms", "p99_ms", "client_us", "server_us"):
        figures[name][tellers] = run[name]


def _line(what: str, run: Mapping[str, float]) -> str:
    return (
        f"{what}: {run['tps']:,.0f}/s, p50 {run['p50_ms']} ms, p99 {run['p99_ms']} ms,"
        f" processor {run['client_us']} + {run['server_us']} µs a posting"
    )


def run(*, json: bool, seconds: float, cash: Cash) -> int:
    """The command. ``json``: the figures as one object, last line."""
    gc.freeze()

    def say(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    with scratch_database(PEER, empty=True), scratch_database(DATABASE):
        _fill(cash)
        figures = measure(max(1.0, seconds / ROUNDS), cash.effect, say)
    say(f"ratios to pgbench's best, {figures['pgbench_best']:,.0f}/s: {figures['ratio']}")
    say(f"hot account: {figures['hot_ratio']} times one transaction a posting")
    if json:
        say(orjson.dumps(figures).decode())
    return 0
