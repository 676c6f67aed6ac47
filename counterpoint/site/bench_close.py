"""``counterpoint bench close``: the day's end of one branch, and its cash as at any time.

Each size has a database of its own on the same server, filled through the verbs that the product
uses (accounts opened in bulk, a day posted by the engine), and dropped afterwards. The close is the
one that a supervisor starts: every registered gate and step, with its papers.
"""

from __future__ import annotations

import json as json_module
import os
import platform
import random
import sys
import time
from datetime import date, timedelta
from typing import Any

from django.db import connection
from rich.progress import Progress

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind
from counterpoint.kit.keys import new_key
from counterpoint.kit.scratch import scratch_database
from counterpoint.kit.verbs import CATALOGUE, declare
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, Effect, Leg, NewAccount, Posting, Product
from counterpoint.org import services as org
from counterpoint.org.data import Phase
from counterpoint.people import services as people
from counterpoint.site.progress import console
from counterpoint.vault import services as vault
from counterpoint.vault.data import BoxKind, BoxView

DATABASE = "counterpoint_bench_close"
VERB = "bench.day.posted"
SEED = 20261126
#: The sizes besides the one asked for, to show that an account costs the same in each.
SIZES = (10_000, 500_000)
PORTION = 5_000
NOTE = 10_000
LOOKS = 60


def run(*, json: bool, entries: int, accounts: int) -> int:
    """Measure and print; with ``json`` one object as the last line."""
    if VERB not in CATALOGUE:
        declare(VERB, summary="A posting of the benchmark", where=__name__)
    sizes = sorted({accounts, *SIZES})
    measured: dict[str, Any] = {}
    looks: dict[str, Any] = {}
    for size in sizes:
        with scratch_database(DATABASE), Progress(console=console, transient=True) as progress:
            try:
                branch = _fill(size, entries, progress)
                measured[str(size)] = _close(branch, progress)
                if size == accounts:
                    looks = _positions(branch)
            finally:
                ledger.stop_engine()
        console.print(
            f"{size:,} accounts, {entries:,} entries: {measured[str(size)]['seconds']} s", style="bold"
        )
        for step, took in measured[str(size)]["steps"].items():
            console.print(f"  {step}: {took} s")
    figures = {
        "entries": entries,
        "accounts": accounts,
        "seconds": measured[str(accounts)]["seconds"],
        "steps": measured[str(accounts)]["steps"],
        "interest_us_an_account": {
            size: round(one["steps"]["ledger.interest"] / int(size) * 1e6, 1)
            for size, one in measured.items()
        },
        "sizes": {size: one["seconds"] for size, one in measured.items()},
        **looks,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"PostgreSQL {_version()}",
    }
    console.print(f"interest, µs an account by size: {figures['interest_us_an_account']}")
    console.print(
        f"position as at any time: p50 {looks['position_p50_ms']} ms, p99 {looks['position_p99_ms']} ms"
    )
    if json:
        sys.stdout.write(json_module.dumps(figures, ensure_ascii=False) + "\n")
    return 0


def _version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        return str(cursor.fetchone()[0])


def _fill(accounts: int, entries: int, progress: Progress) -> int:
    """A branch with its accounts and one day's entries, half of them cash through four boxes."""
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)
    vault.ensure_demo_boxes(by=SYSTEM)
    branch = org.branches()[0].id
    if not org.business_day(branch).open:
        org.open_day(branch=branch, date=org.proposed_day(branch), by=SYSTEM)
    ids: list[int] = []
    task = progress.add_task("accounts", total=accounts)
    for start in range(0, accounts, PORTION):
        ids += _open(branch, range(start, min(start + PORTION, accounts)))
        progress.update(task, completed=len(ids))
    boxes = [box for box in vault.boxes_of(branch=branch) if box.kind is BoxKind.TELLER]
    draw = random.Random(SEED)  # noqa: S311
    day = org.business_day(branch).date
    task = progress.add_task("entries", total=entries)
    _bring_in(branch, day, ids, boxes)
    for start in range(0, entries, PORTION):
        count = min(PORTION, entries - start)
        answers = ledger.post_many([_entry(draw, branch, day, ids, boxes) for _ in range(count)])
        troubles = [one for one in answers if isinstance(one, Exception)]
        if troubles:
            raise SystemExit(f"The day could not be posted: {troubles[0]}")
        progress.update(task, advance=count)
    # The served product does this by itself, all day.
    vault.mark_stocks(branch=branch)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return branch


def _open(branch: int, numbers: range) -> list[int]:
    lines = [
        NewAccount(
            name="", kind=AccountKind.DEMAND, product=Product.PERSONAL_DEMAND, currency="CNY", floor=None,
            reference=f"bench:{number}",
        )
        for number in numbers
    ]  # fmt: skip
    return list(ledger.open_accounts(branch=branch, accounts=lines, by=SYSTEM).values())


def _bring_in(branch: int, day: date, ids: list[int], boxes: list[BoxView]) -> None:
    """Balances for the accounts that will move, so that interest has something to add up."""
    clearing = ledger.internal_account(branch=branch, gl="3001", currency="CNY")
    legs = tuple(Leg(account, -1_000_000) for account in ids[:199])
    ledger.post(
        Posting(
            key=new_key(), verb=VERB, branch=branch, business_date=day,
            legs=(Leg(clearing, 1_000_000 * len(legs)), *legs), by=SYSTEM, subject=f"branch:{branch}",
        )
    )  # fmt: skip


def _entry(draw: random.Random, branch: int, day: date, ids: list[int], boxes: list[BoxView]) -> Posting:
    account = draw.choice(ids)
    by = Actor(ActorKind.SYSTEM, 0, "", branch)
    if draw.random() < 0.5:
        amount = draw.randrange(1, 100_000)
        return Posting(
            key=new_key(), verb=VERB, branch=branch, business_date=day,
            legs=(Leg(account, amount), Leg(draw.choice(ids), -amount)), by=by, subject=f"account:{account}",
        )  # fmt: skip
    box, notes = draw.choice(boxes), draw.randrange(1, 10)
    return Posting(
        key=new_key(), verb=VERB, branch=branch, business_date=day,
        legs=(Leg(box.account, notes * NOTE), Leg(account, -notes * NOTE)), by=by,
        subject=f"account:{account}",
        effects=(Effect("vault.faces", {"box": box.id, "faces": {str(NOTE): notes}}),),
    )  # fmt: skip


def _close(branch: int, progress: Progress) -> dict[str, Any]:
    progress.add_task("close", total=None)
    began = time.perf_counter()
    found = org.close_branch(branch=branch, by=SYSTEM)
    took = time.perf_counter() - began
    assert found.phase is Phase.CLOSE
    steps = {
        step.key: round((step.finished - step.started).total_seconds(), 3)
        for step in found.steps
        if step.finished and step.started
    }
    return {"seconds": round(took, 2), "steps": steps}


def _positions(branch: int) -> dict[str, float]:
    """The cash of the branch as at moments all over the day, milliseconds."""
    until = clock.now()
    draw = random.Random(SEED)  # noqa: S311
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(at) FROM kit_event WHERE branch_id = %s", [branch])
        since = cursor.fetchone()[0]
    times = []
    for _ in range(LOOKS):
        at = since + timedelta(seconds=draw.random() * (until - since).total_seconds())
        began = time.perf_counter()
        vault.branch_position(branch=branch, at=at)
        times.append((time.perf_counter() - began) * 1e3)
    times.sort()
    return {
        "position_p50_ms": round(times[len(times) // 2], 2),
        "position_p99_ms": round(times[len(times) * 99 // 100], 2),
    }
