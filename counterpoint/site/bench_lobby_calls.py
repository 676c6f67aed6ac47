"""``counterpoint bench lobby-calls``: a thousand branches of tickets on one server, and desks that call.

Every branch has two windows with their tellers and tills, a day of tickets behind it and a line in
front of it. Calls come at a steady rate whether or not earlier ones have been answered, from processes
apart; each is the whole verb, with its event and its signal. What is measured is the time from when a
call was due until it was committed, so that whatever waits is counted. A round before the first warms
up the processes; after every round the least that a queue in PostgreSQL can be is pressed at the same
rate by the same processes, for comparison.
"""

from __future__ import annotations

import json as json_module
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection
from rich.progress import Progress

from counterpoint.kit import clock
from counterpoint.kit.scratch import scratch_database
from counterpoint.ledger import services as ledger
from counterpoint.lobby import bench
from counterpoint.site.bench_lobby_bank import Desk, make_bank
from counterpoint.site.progress import console

DATABASE = "counterpoint_bench_lobby"
PROCESSES = 2
SEED = 20261127

type Callers = list[subprocess.Popen[str]]


def run(*, json: bool, branches: int, rate: int, rounds: int) -> int:
    """Measure and print; with ``json`` one object as the last line."""
    figures = measure(branches=branches, rate=rate, rounds=rounds)
    peer = figures["peer"]
    console.print(
        f"{figures['calls']:,} calls at {rate} a second over {branches:,} branches: "
        f"p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms, longest {figures['max_ms']} ms",
        style="bold",
    )
    console.print(
        f"The bare queue (one row FOR UPDATE SKIP LOCKED, one update) at the same rate: "
        f"p50 {peer['p50_ms']} ms, p99 {peer['p99_ms']} ms; "
        f"a call takes {figures['times_the_peer']} times its median"
    )
    console.print(f"{figures['machine']}; PostgreSQL {figures['postgresql']}; load {figures['load']}")
    if json:
        sys.stdout.write(json_module.dumps(figures, ensure_ascii=False) + "\n")
    return 0


def measure(*, branches: int = 1000, rate: int = 200, rounds: int = 3) -> dict[str, Any]:
    """Fill a database of its own, let the desks call, and say how long they waited."""
    with scratch_database(DATABASE), Progress(console=console, transient=True) as progress:
        try:
            progress.add_task("a bank of tickets", total=None)
            desks, before = make_bank(branches), os.getloadavg()[0]
            task, taken, bare = progress.add_task("rounds", total=rounds), [], []
            with _callers(desks, rate) as callers:
                for number in range(rounds + 1):
                    taken.append(_round(callers, "call", number))
                    bare.append(_round(callers, "peer", number))
                    _free()
                    progress.update(task, completed=number)
            version = _version()
        finally:
            ledger.stop_engine()
    figures = _figures(taken[1:], bare[1:])
    return figures | {
        "branches": branches, "windows": len(desks), "tickets": branches * (bench.SERVED + bench.WAITING),
        "rate": rate, "postgresql": version, "load": [round(before, 2), round(os.getloadavg()[0], 2)],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }  # fmt: skip


def _free() -> None:
    with connection.cursor() as cursor:
        for statement in (*bench.FREE, bench.PEER_FREE):
            cursor.execute(statement)


def _version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


@contextmanager
def _callers(desks: Sequence[Desk], rate: int) -> Iterator[Callers]:
    environment = os.environ | {"DATABASE_URL": _address()}
    with tempfile.TemporaryDirectory(prefix="counterpoint-bench-") as folder:
        path = Path(folder) / "desks.json"
        path.write_text(json_module.dumps({"desks": list(desks), "rate": rate}))
        command = [sys.executable, "-m", "counterpoint.site.bench_lobby_caller", str(path)]
        callers = [
            subprocess.Popen(
                [*command, str(at), str(PROCESSES)], env=environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True,
            )
            for at in range(PROCESSES)
        ]  # fmt: skip
        try:
            yield callers
        finally:
            for caller in callers:
                caller.communicate()


def _round(callers: Callers, press: str, number: int) -> dict[str, Any]:
    """Every desk presses once, at a steady rate, from processes that keep one time."""
    # The first round also waits until the processes have started.
    begin = clock.now().timestamp() + (1 if number or press == "peer" else 5)
    asked = json_module.dumps({"press": press, "begin": begin, "seed": SEED + number})
    for caller in callers:
        print(asked, file=caller.stdin, flush=True)
    said = [json_module.loads(caller.stdout.readline()) for caller in callers]  # type: ignore[union-attr]
    return {
        "took": [one for each in said for one in each["took"]],
        "worked": [one for each in said for one in each["worked"]],
        "refused": sum(each["refused"] for each in said), "cpu": sum(each["cpu"] for each in said),
    }  # fmt: skip


def _address() -> str:
    """The server of this process, and the measurement's own database on it."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{DATABASE}"))


def _figures(taken: list[dict[str, Any]], bare: list[dict[str, Any]]) -> dict[str, Any]:
    took = sorted(one for each in taken for one in each["took"])
    worked = sorted(one for each in taken for one in each["worked"])
    least = sorted(one for each in bare for one in each["worked"])
    return {
        "calls": len(took), "refused": sum(each["refused"] for each in taken),
        "p50_ms": _ms(took, 0.5), "p95_ms": _ms(took, 0.95), "p99_ms": _ms(took, 0.99),
        "max_ms": _ms(took, 1.0), "verb_p50_ms": _ms(worked, 0.5), "verb_p99_ms": _ms(worked, 0.99),
        "python_cpu_ms_a_call": round(sum(each["cpu"] for each in taken) / len(took) * 1000, 2),
        "p99_ms_of_each_round": [_ms(sorted(each["took"]), 0.99) for each in taken],
        "peer": {
            "p50_ms": _ms(least, 0.5), "p99_ms": _ms(least, 0.99),
            "python_cpu_ms_a_call": round(sum(each["cpu"] for each in bare) / len(least) * 1000, 2),
            "refused": sum(each["refused"] for each in bare),
        },
        "times_the_peer": round(_ms(worked, 0.5) / _ms(least, 0.5), 1),
    }  # fmt: skip


def _ms(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 2)
