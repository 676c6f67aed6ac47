"""``counterpoint bench lobby-calls``: a thousand branches of tickets on one server, and desks that call.

Every branch has two windows with their tellers and tills, a day of tickets behind it and a line in
front of it. Calls come at a steady rate whether or not earlier ones have been answered, from processes
apart; each is the whole verb, with its event and its signal. What is measured is the time from when a
call was due until it was committed, so that whatever waits is counted.
"""

from __future__ import annotations

import json as json_module
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from rich.progress import Progress

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.kit.scratch import scratch_database
from counterpoint.ledger import services as ledger
from counterpoint.lobby import bench
from counterpoint.lobby import services as lobby
from counterpoint.org import services as org
from counterpoint.org.data import Equipment, UnitKind
from counterpoint.people import services as people
from counterpoint.people.data import Role
from counterpoint.site.progress import console
from counterpoint.vault import services as vault

DATABASE = "counterpoint_bench_lobby"
FIRST_BRANCH, FIRST_NUMBER = 1001, 100_001
WINDOWS = 2
PROCESSES = 2
SEED = 20261127
EQUIPMENT = (Equipment.CASH, Equipment.ID_READER, Equipment.SCANNER, Equipment.PRINTER, Equipment.PINPAD)


def run(*, json: bool, branches: int, rate: int, rounds: int) -> int:
    """Measure and print; with ``json`` one object as the last line."""
    figures = measure(branches=branches, rate=rate, rounds=rounds)
    console.print(
        f"{figures['calls']:,} calls at {rate} a second over {branches:,} branches: "
        f"p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms, longest {figures['max_ms']} ms",
        style="bold",
    )
    if json:
        sys.stdout.write(json_module.dumps(figures, ensure_ascii=False) + "\n")
    return 0


def measure(*, branches: int = 1000, rate: int = 200, rounds: int = 3) -> dict[str, Any]:
    """Fill a database of its own, let the desks call, and say how long they waited."""
    with scratch_database(DATABASE), Progress(console=console, transient=True) as progress:
        try:
            desks = _fill(branches, progress)
            task, taken = progress.add_task("calls", total=rounds), list[dict[str, Any]]()
            for number in range(rounds):
                random.Random(SEED + number).shuffle(desks)  # noqa: S311
                taken.append(_round(desks, rate))
                _free()
                progress.update(task, advance=1)
        finally:
            ledger.stop_engine()
    return _figures(taken, branches=branches, windows=len(desks), rate=rate)


def _fill(branches: int, progress: Progress) -> list[tuple[int, int, str, int]]:
    """The bank, its people at their windows, and a day of tickets; returns who calls where."""
    # Nobody signs in here: a password that is dear to check would take longest of all.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_reference(by=SYSTEM)
    ids = range(FIRST_BRANCH, FIRST_BRANCH + branches)
    task = progress.add_task("branches", total=branches * 2)
    who: dict[int, Actor] = {}
    for branch in ids:
        who |= _branch(branch)
        progress.update(task, advance=1)
    vault.ensure_demo_boxes(by=SYSTEM)
    for branch in ids:
        for box in vault.boxes_of(branch=branch):
            if box.desk is not None:
                vault.claim_box(box=box.id, by=who[box.desk])
                lobby.open_window(desk=box.desk, by=SYSTEM)
        progress.update(task, advance=1)
    with connection.cursor() as cursor:
        day = org.business_day(FIRST_BRANCH).date
        cursor.execute(bench.TICKETS, {"day": day, "branches": list(ids)})
        cursor.execute(bench.PERIODS)
        cursor.execute(bench.LEARNED)
        cursor.execute("VACUUM ANALYZE")
    return [(desk, one.id, one.name, one.branch or 0) for desk, one in who.items()]


def _branch(branch: int) -> dict[int, Actor]:
    """A branch with an open day and its tellers, each at a desk."""
    org.add_unit(
        kind=UnitKind.BRANCH,
        code=f"B{branch}",
        name_zh=f"网点{branch}",
        name_en="",
        parent=2,
        by=SYSTEM,
        id=branch,
    )
    org.open_day(branch=branch, date=org.proposed_day(branch), by=SYSTEM)
    found = {}
    for at in range(WINDOWS):
        number = f"{FIRST_NUMBER + (branch - FIRST_BRANCH) * WINDOWS + at}"
        person = people.add_staff(number=number, name_zh=f"柜员{at}", branch=branch, by=SYSTEM).person
        people.assign_role(person=person.id, role=Role.TELLER, branch=branch, by=SYSTEM)
        people.grant_qualification(person=person.id, kind="anti_counterfeit", evidence="bench", by=SYSTEM)
        desk = org.add_desk(
            branch=branch,
            number=f"{at + 1:02d}",
            name_zh="柜台",
            name_en="Desk",
            equipment=EQUIPMENT,
            by=SYSTEM,
        ).id
        found[desk] = Actor(ActorKind.PERSON, person.id, person.name, branch, desk)
        org.claim_desk(desk=desk, by=found[desk])
    return found


def _free() -> None:
    with connection.cursor() as cursor:
        for statement in bench.FREE:
            cursor.execute(statement)


def _round(desks: Sequence[tuple[int, int, str, int]], rate: int) -> dict[str, Any]:
    """Every desk calls once, at a steady rate, from two processes that keep one time."""
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
        for caller in callers:
            caller.stdout.readline()  # type: ignore[union-attr]
        begin = clock.now().timestamp() + 1
        said = [json_module.loads(caller.communicate(f"{begin}\n")[0]) for caller in callers]
    return {
        "took": [one for each in said for one in each["took"]],
        "worked": [one for each in said for one in each["worked"]],
        "refused": sum(each["refused"] for each in said), "cpu": sum(each["cpu"] for each in said),
    }  # fmt: skip


def _address() -> str:
    """The server of this process, and the measurement's own database on it."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{DATABASE}"))


def _figures(taken: list[dict[str, Any]], *, branches: int, windows: int, rate: int) -> dict[str, Any]:
    took = sorted(one for each in taken for one in each["took"])
    worked = sorted(one for each in taken for one in each["worked"])
    return {
        "branches": branches, "windows": windows, "tickets": branches * (bench.SERVED + bench.WAITING),
        "rate": rate, "calls": len(took), "refused": sum(each["refused"] for each in taken),
        "p50_ms": _ms(took, 0.5), "p95_ms": _ms(took, 0.95), "p99_ms": _ms(took, 0.99),
        "max_ms": _ms(took, 1.0), "verb_p50_ms": _ms(worked, 0.5), "verb_p99_ms": _ms(worked, 0.99),
        "python_cpu_ms_a_call": round(sum(each["cpu"] for each in taken) / len(took) * 1000, 2),
        "p99_ms_of_each_round": [_ms(sorted(each["took"]), 0.99) for each in taken],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }  # fmt: skip


def _ms(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)
