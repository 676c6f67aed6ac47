"""``counterpoint bench desk``: the HTTP path, as machines and as people use it.

The product is started as it is served, on a scratch folder. First some desks post through the API
(a quote and its confirmation each) as fast as they are answered: what the server can do. Then all
desks work at the pace of people, postings, pages and fragments together: how long they wait for it.
"""

from __future__ import annotations

import asyncio
import json as json_module
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from counterpoint.site import assembly
from counterpoint.site.bench_desk_client import Line
from counterpoint.site.bench_served import (
    family,
    percentile,
    processor,
    scratch,
    served,
    sign_in,
    this_machine,
)
from counterpoint.site.progress import console

#: So many desks without a pause between two postings.
EAGER = 16
#: Seconds in which each desk makes one posting and opens one page and two fragments. Tellers are slower.
PACE = 20.0
TELLERS = ("080101", "080102", "080103")
PAGES = ("/desk/", "/customers/")
FRAGMENTS = ("/teller/operations/1101/", "/teller/day/", "/desk/box/")


@dataclass(slots=True)
class Seen:
    """What the desks saw: milliseconds of each kind, and answers that were not as they should be."""

    postings: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    fragments: list[float] = field(default_factory=list)
    troubles: dict[str, int] = field(default_factory=dict)

    def trouble(self, what: str) -> None:
        self.troubles[what] = self.troubles.get(what, 0) + 1


def run(*, json: bool, seconds: float, desks: int) -> int:
    """Measure and print; 1 when an answer was wrong."""
    with scratch() as folder, served(folder) as (port, process):
        figures = _measure(folder, port, process, seconds, desks)
    _tell(figures)
    if json:
        sys.stdout.write(json_module.dumps(figures, ensure_ascii=False) + "\n")
    return 1 if figures["troubles"] else 0


def _measure(folder: Path, port: int, process: psutil.Process, seconds: float, desks: int) -> dict[str, Any]:
    time.sleep(3)
    memory = _memory_mb(process)
    os.environ["COUNTERPOINT_DATA"] = str(folder)
    with assembly.database():
        assembly.set_up_django()
        with console.status(f"Making {desks} desks …"):
            books = _make_desks(desks)
    eager = asyncio.run(_all_desks(port, books[:EAGER], seconds, 0.0))
    before, client, start = processor(process), time.process_time(), time.perf_counter()
    seen = asyncio.run(_all_desks(port, books, max(seconds, 2 * PACE), PACE))
    took = time.perf_counter() - start
    server, client = processor(process) - before, time.process_time() - client
    return {
        "desks": desks, "seconds": round(took, 1), "pace_seconds": PACE,
        "postings_per_second": round(len(eager.postings) / seconds, 1),
        "eager_p50_ms": percentile(eager.postings, 50), "eager_p99_ms": percentile(eager.postings, 99),
        "asked_per_second": round((2 * len(seen.postings) + len(seen.pages) + len(seen.fragments)) / took, 1),
        "posting_p50_ms": percentile(seen.postings, 50), "posting_p99_ms": percentile(seen.postings, 99),
        "page_p50_ms": percentile(seen.pages, 50), "page_p99_ms": percentile(seen.pages, 99),
        "fragment_p50_ms": percentile(seen.fragments, 50), "fragment_p99_ms": percentile(seen.fragments, 99),
        "pages": len(seen.pages), "fragments": len(seen.fragments), "memory_mb": memory,
        "memory_after_mb": _memory_mb(process), "server_cores": round(server / took, 2),
        "client_cores": round(client / took, 2), "troubles": eager.troubles | seen.troubles,
        "machine": this_machine(),
    }  # fmt: skip


def _make_desks(desks: int) -> list[dict[str, Any]]:
    """A machine with a token, a role, a certificate and a box for each desk; accounts to post to."""
    from counterpoint.kit.data import SYSTEM, Actor, ActorKind
    from counterpoint.ledger import services as ledger
    from counterpoint.org import services as org
    from counterpoint.people import services as people
    from counterpoint.people.data import Role
    from counterpoint.vault import services as vault
    from counterpoint.vault.data import BoxKind

    branch = org.branches()[0].id
    desk = org.desks(branch)[0].id
    accounts = list(_customer_accounts(ledger, branch))
    books = []
    for at in range(desks):
        machine = people.add_machine(number=f"98{at:04d}", name=f"Desk {at}", branch=branch, by=SYSTEM)
        people.assign_role(person=machine.id, role=Role.TELLER, branch=branch, by=SYSTEM)
        people.grant_qualification(person=machine.id, kind="anti_counterfeit", evidence="bench", by=SYSTEM)
        box = vault.make_box(
            number=f"B{at:04d}", branch=branch, kind=BoxKind.TELLER, currency="CNY", by=SYSTEM
        )
        vault.claim_box(box=box.id, by=Actor(ActorKind.PERSON, machine.id, machine.name, branch))
        token = people.issue_token(
            machine=machine.id, name="bench", branch=branch, days=1, desk=desk, by=SYSTEM
        )
        books.append({"token": token.secret, "account": accounts[at % len(accounts)], "at": at})
    return books


def _customer_accounts(ledger: Any, branch: int) -> Iterator[str]:
    from counterpoint.customers import services as customers
    from counterpoint.kit.data import SYSTEM

    for party in customers.ensure_demo_customers(branch=branch, part=slice(0, 150), by=SYSTEM):
        yield ledger.accounts_of(party)[0].number


async def _all_desks(port: int, books: list[dict[str, Any]], seconds: float, pace: float) -> Seen:
    seen = Seen()
    cookies = [await sign_in(port, number) for number in TELLERS]
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            _desk(
                port, book, cookies[book["at"] % len(cookies)], until, seen, pace, pace * place / len(books)
            )
            for place, book in enumerate(books)
        )
    )
    return seen


async def _desk(
    port: int, book: dict[str, Any], cookie: str, until: float, seen: Seen, pace: float, first: float
) -> None:
    """One desk: at ``pace`` a fragment, a page, a fragment and a posting in turn; without one, postings."""
    machine = Line(port, {"Authorization": f"Bearer {book['token']}", "Content-Type": "application/json"})
    person = Line(port, {"Cookie": cookie})
    await asyncio.sleep(first)
    while time.perf_counter() < until:
        book["turn"] = turn = book.get("turn", book["at"]) + 1
        if pace:
            await _looks(person, turn, seen, pace / 4)
        await _timed(seen.postings, _post(machine, book, turn, seen))
        await asyncio.sleep(pace / 4)
    machine.close()
    person.close()


async def _looks(person: Line, turn: int, seen: Seen, pause: float) -> None:
    fragment = {"HX-Request": "true"}
    for into, path, headers in (
        (seen.fragments, FRAGMENTS[turn % len(FRAGMENTS)], fragment),
        (seen.pages, PAGES[turn % len(PAGES)], {}),
        (seen.fragments, FRAGMENTS[(turn + 1) % len(FRAGMENTS)], fragment),
    ):
        await _timed(into, _look(person, path, headers, seen))
        await asyncio.sleep(pause)


async def _timed(into: list[float], work: Awaitable[bool]) -> None:
    start = time.perf_counter()
    if await work:
        into.append((time.perf_counter() - start) * 1e3)


async def _look(line: Line, path: str, headers: dict[str, str], seen: Seen) -> bool:
    answer = await line.ask("GET", path, headers=headers)
    if answer.status not in (200, 302):
        seen.trouble(f"{path}: {answer.status}")
    return answer.status == 200 or answer.status == 302


async def _post(line: Line, book: dict[str, Any], turn: int, seen: Seen) -> bool:
    key = {"Idempotency-Key": f"bench-{book['at']}-{turn}"}
    form = {"account": book["account"], "amount": "100.00", "faces": {"10000": 1}}
    ask: Callable[..., Awaitable[Any]] = line.ask
    quote = {"operation": "1101", "form": form}
    made = await ask("POST", "/api/v1/teller/quotes", body=json_module.dumps(quote).encode(), headers=key)
    if made.status >= 300:
        seen.trouble(f"quote: {made.status} {made.body[:120]!r}")
        return False
    body = json_module.dumps({"quote": made.data["id"]}).encode()
    done = await ask("POST", "/api/v1/teller/confirmations", body=body, headers=key)
    if done.status >= 300:
        seen.trouble(f"confirmation: {done.status} {done.body[:120]!r}")
    return bool(done.status < 300)


def _memory_mb(process: psutil.Process) -> float:
    """What the server and its database really hold: shared pages counted once (PSS)."""
    return round(float(sum(one.memory_full_info().pss for one in family(process))) / 2**20, 1)


def _tell(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        console.print(f"  {name.replace('_', ' ')}: [bold]{value}[/]")
