"""``counterpoint bench live``: thousands of open pages, and the way from a press to another's screen.

The product is started as it is served, on a scratch folder. A process beside it opens real streams with
tickets as the pages have them, for desks of made-up branches: how long that takes and what it weighs, and
how long signals take to one of them, to a branch, to all. A bare ``LISTEN`` connection hears the same
notices and is the measure. Then, with all streams open, people of the demo branch ask for approval,
approve, and hand visits on over real sessions; their pages fetch what pages fetch.
"""

from __future__ import annotations

import asyncio
import json as json_module
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.table import Table

from counterpoint.site import assembly
from counterpoint.site.bench_live_pages import Page, Seen
from counterpoint.site.bench_live_people import Branch, fill
from counterpoint.site.bench_live_presses import Figures, measure
from counterpoint.site.bench_served import percentile, processor, scratch, served, sign_in, this_machine
from counterpoint.site.progress import console

if TYPE_CHECKING:
    import psutil
    import psycopg

SEED = 20260401
#: Made-up desks and branches are numbered from here, far from those of the demo.
MADE_UP = 1_000_000
#: The channel that every stream has: nobody but this benchmark signals on it.
ALL = f"branch:{2 * MADE_UP}"
VERB = "bench.live.signalled"
#: Tickets are good for two minutes; so many are signed at a time, and used at once.
PORTION = 250
#: Signals one by one: how many, and seconds from one to the next.
SINGLE = {"one": (200, 0.01), "branch": (50, 0.05), "all": (10, 1.0)}
#: Signals without a pause, fewer than a stream keeps for a page that is slow.
BURST = 32


class Streams:
    """The process that holds the streams."""

    def __init__(self, port: int, branch_desks: int) -> None:
        command = [sys.executable, "-m", "counterpoint.site.bench_live_client", str(port)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.branch_desks = branch_desks
        self.count = 0
        self.seconds = 0.0

    def ask(self, **command: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json_module.dumps(command) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The process that holds the streams has ended.")
        answer: dict[str, Any] = json_module.loads(line)
        return answer

    def connect(self, until: int, channels: list[str], branch: int) -> None:
        """Open more streams, until there are so many."""
        while self.count < until:
            portion = range(self.count, min(until, self.count + PORTION))
            tickets = [_ticket(at, at // self.branch_desks, channels, branch) for at in portion]
            answer = self.ask(do="connect", tickets=tickets)
            self.seconds += answer["seconds"]
            self.count = portion.stop

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


def seated(channels: list[str], desk: int, branch: int, *, at: int) -> list[str]:
    """The channels of a page at branch ``at``, for another desk and its person at another branch."""
    found = []
    for channel in channels:
        kind, _colon, _number = channel.partition(":")
        if kind in ("person", "desk"):
            found.append(f"{kind}:{desk}")
        elif kind in ("branch", "help", "approvals") and channel == f"{kind}:{at}":
            found.append(f"{kind}:{branch}")
        elif channel.endswith(f"@{at}"):
            found.append(f"{channel.rpartition('@')[0]}@{branch}")
    return list(dict.fromkeys(found))


def _ticket(at: int, group: int, channels: list[str], branch: int) -> str:
    from counterpoint.kit.data import Actor, ActorKind
    from counterpoint.kit.live import ticket_for

    desk, other = MADE_UP + at, MADE_UP + group
    actor = Actor(ActorKind.PERSON, desk, "", other, desk)
    return ticket_for(actor, [*seated(channels, desk, other, at=branch), ALL])


class Peer(threading.Thread):
    """A bare ``LISTEN`` connection, and when it heard which notice."""

    def __init__(self) -> None:
        from counterpoint.kit.database import connect
        from counterpoint.kit.journal import SIGNAL

        super().__init__(daemon=True)
        self.heard: dict[int, float] = {}
        self._done = threading.Event()
        self._connection = connect(application="bench peer")
        self._connection.execute(f"LISTEN {SIGNAL}")
        self.start()

    def run(self) -> None:
        while not self._done.is_set():
            for notice in self._connection.notifies(timeout=0.2):
                self.heard[int(json_module.loads(notice.payload)["e"])] = time.perf_counter()

    def stop(self) -> None:
        self._done.set()
        self.join()
        self._connection.close()


class Signals:
    """Notices as the journal sends them, and how long each took."""

    def __init__(self, streams: Streams, sender: psycopg.Connection, peer: Peer) -> None:
        self._streams, self._sender, self._peer = streams, sender, peer
        self._number = 2 * MADE_UP

    def delays(self, channels: list[str], fan: int, pause: float) -> dict[str, Any]:
        """One signal on each of the channels, each of which ``fan`` streams hear."""
        from counterpoint.kit.journal import SIGNAL, signal

        sent = {}
        for channel in channels:
            self._number += 1
            payload = signal(self._number, VERB, [channel])
            sent[self._number] = time.perf_counter()
            self._sender.execute("SELECT pg_notify(%s, %s)", [SIGNAL, payload])
            time.sleep(pause)
        found = self._streams.ask(do="heard", sent=sent, fan=fan)
        peers = [(self._peer.heard[one] - at) * 1e3 for one, at in sent.items() if one in self._peer.heard]
        middle, theirs = percentile(found["last"], 50), percentile(peers, 50)
        return {
            "signals": len(sent), "streams_each": fan, "lost": found["missing"],
            "each_p50_ms": percentile(found["each"], 50), "each_p99_ms": percentile(found["each"], 99),
            "last_p50_ms": middle, "last_p99_ms": percentile(found["last"], 99),
            "peer_p50_ms": theirs, "peer_p99_ms": percentile(peers, 99),
            "times_peer": round(middle / theirs, 1) if middle and theirs else None,
            "deliveries_per_second": round(len(found["each"]) / found["seconds"]) if found["seconds"] else 0,
        }  # fmt: skip


def run(*, json: bool, connections: int, most: int, presses: int, branch_desks: int) -> int:
    """Measure and print; 1 when something was lost or an answer was wrong."""
    with scratch() as folder, served(folder) as (port, process):
        os.environ["COUNTERPOINT_DATA"] = str(folder)
        with assembly.database():
            assembly.set_up_django()
            time.sleep(3)
            figures = _measure(port, process, sorted({connections, most}), presses, branch_desks)
        if figures["troubles"]:
            console.print((folder / "up.log").read_text()[-3000:], markup=False)
    _tell(figures)
    if json:
        sys.stdout.write(json_module.dumps(figures, ensure_ascii=False) + "\n")
    return 1 if figures["troubles"] else 0


def _measure(
    port: int, process: psutil.Process, stages: list[int], presses: int, branch_desks: int
) -> dict[str, Any]:
    with console.status(f"{branch_desks} tellers …"):
        branch = fill(branch_desks)
    channels = asyncio.run(_channels(port, *branch.tellers[0]))
    streams, seen = Streams(port, branch_desks), Seen()
    before, found, pressed = _resident(process), [], {}
    try:
        with _signals(streams) as signals:
            for stage in stages:
                with console.status(f"{stage} streams …"):
                    weight = _connected(streams, stage, channels, branch.id, process)
                    found.append(weight | _stage(streams, signals))
                    found[-1]["memory_most_mb"] = round(max(weight["memory_mb"], _resident(process)), 1)
                if stage == stages[0] and presses:
                    with console.status(f"{presses} presses, then hand-offs …"):
                        pressed = _presses(port, process, branch, presses, seen, stage)
        state = streams.ask(do="state")
    finally:
        streams.stop()
    troubles = seen.troubles | {f"streams: {name}": state[name] for name in state if name != "streams"}
    troubles |= {"signals: lost": sum(one[kind]["lost"] for one in found for kind in (*SINGLE, "burst"))}
    troubles |= {"presses: lost": pressed.get("lost", 0)}
    return {
        "memory_before_mb": round(before, 1), "stages": found, "presses": pressed,
        "troubles": {name: count for name, count in troubles.items() if count}, "machine": _machine(),
    }  # fmt: skip


async def _channels(port: int, number: str, desk: int) -> list[str]:
    """What a teller's page listens to, as the server says."""
    page = Page(port, await sign_in(port, number), Seen())
    await page.go(f"/desk/choice/{desk}/")
    answer = await page.get("/ui/ticket/", {})
    page.close()
    return list(answer.data["channels"])


@contextmanager
def _signals(streams: Streams) -> Iterator[Signals]:
    from counterpoint.kit.database import connected

    peer = Peer()
    try:
        with connected(application="bench sender") as sender:
            yield Signals(streams, sender, peer)
    finally:
        peer.stop()


def _connected(
    streams: Streams, until: int, channels: list[str], branch: int, process: psutil.Process
) -> dict[str, Any]:
    """Open streams until there are so many: how long it took, and what the new ones weigh."""
    before, count, started = _resident(process), streams.count, streams.seconds
    streams.connect(until, channels, branch)
    time.sleep(1)
    after, more = _resident(process), streams.count - count
    return {
        "streams": streams.count, "connected_per_second": round(more / (streams.seconds - started)),
        "connect_seconds": round(streams.seconds, 1), "memory_mb": round(after, 1),
        "kib_a_stream": round((after - before) * 1024 / more, 1),
    }  # fmt: skip


def _stage(streams: Streams, signals: Signals) -> dict[str, Any]:
    """How fast so many streams hear: one of them, a branch, all."""
    draw = random.Random(SEED)  # noqa: S311
    some = [draw.randrange(streams.count) for _ in range(SINGLE["one"][0])]
    # The last branch may have fewer desks than the others.
    whole = max(1, streams.count // streams.branch_desks)
    group = [f"branch:{MADE_UP + at % whole}" for at in some[: SINGLE["branch"][0]]]
    fan = min(streams.count, streams.branch_desks)
    return {
        "one": signals.delays([f"person:{MADE_UP + at}" for at in some], 1, SINGLE["one"][1]),
        "branch": signals.delays(group, fan, SINGLE["branch"][1]),
        "all": signals.delays([ALL] * SINGLE["all"][0], streams.count, SINGLE["all"][1]),
        "burst": signals.delays([ALL] * BURST, streams.count, 0.0),
    }


def _presses(
    port: int, process: psutil.Process, branch: Branch, presses: int, seen: Seen, streams: int
) -> dict[str, Any]:
    server, started = processor(process), time.perf_counter()
    found = asyncio.run(measure(port, branch, presses, seen))
    cores = (processor(process) - server) / (time.perf_counter() - started)
    return _pressed(found, seen, streams) | {
        "server_cores": round(cores, 2), "memory_mb": round(_resident(process), 1),
    }  # fmt: skip


def _pressed(found: Figures, seen: Seen, streams: int) -> dict[str, Any]:
    alone = percentile(found.alone, 50) or 0.0
    fragments = [took for times in seen.fragments.values() for took in times]
    times = {
        f"{name}_p{percent}_ms": percentile(getattr(found, name), percent)
        for name in ("asked", "answered", "handed", "pressed") for percent in (50, 99)
    }  # fmt: skip
    return {
        "presses": found.presses, "hand_offs": found.hand_offs, "lost": found.lost, **times,
        "fragments_per_second": round(len(fragments) / found.seconds, 1) if found.seconds else 0,
        "fragment_p50_ms": percentile(fragments, 50), "fragment_p99_ms": percentile(fragments, 99),
        "fragments": {path: [len(took), percentile(took, 50)] for path, took in seen.fragments.items()},
        "fragment_alone_ms": alone, "all_would_fetch_seconds": round(streams * alone / 1e3, 1),
    }  # fmt: skip


def _resident(process: psutil.Process) -> float:
    """Megabytes of memory of the one process that serves pages and streams."""
    return float(process.memory_info().rss) / 2**20


def _machine() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        return f"{this_machine()}, PostgreSQL {cursor.fetchone()[0]}"


#: Lines of the tables: what stands in the figures, and how it is called.
WEIGHT = {
    "connect_seconds": "seconds until all are open", "memory_mb": "memory of the process, MB",
    "kib_a_stream": "KiB a stream", "memory_most_mb": "most memory, MB (goal 1,000 at 5,000)",
}  # fmt: skip
KINDS = {"one": "to one", "branch": "to a branch", "all": "to all", "burst": "to all, 32 at once"}
PRESSES = {
    "asked": "press → approver's screen (goal p99 300)",
    "answered": "approval → teller's screen (goal p99 300)",
    "handed": "hand-off → receiver's screen (goal p99 300)",
    "pressed": "press → its own answer", "fragment": "any fragment",
}  # fmt: skip


def _tell(figures: dict[str, Any]) -> None:
    stages, pressed = figures["stages"], figures["presses"]
    weight = Table("streams", *(f"{one['streams']:,}" for one in stages))
    for name, words in WEIGHT.items():
        weight.add_row(words, *(str(one[name]) for one in stages))
    console.print(weight)
    for one in stages:
        delays = Table(
            f"signals, {one['streams']:,} streams",
            "p50 ms",
            "p99 ms",
            "bare LISTEN p50",
            "times",
            "deliveries/s",
        )
        for kind, words in KINDS.items():
            row = one[kind]
            # A rate says something where nothing paused, and the times of one signal where something did.
            rate = kind == "burst"
            delays.add_row(
                f"{words} ({row['streams_each']:,})", str(row["last_p50_ms"]), str(row["last_p99_ms"]),
                str(row["peer_p50_ms"]), "" if rate else str(row["times_peer"]),
                f"{row['deliveries_per_second']:,}" if rate else "",
            )  # fmt: skip
        console.print(delays)
    if pressed:
        table = Table(f"{pressed['presses']} presses, {pressed['hand_offs']} hand-offs", "p50 ms", "p99 ms")
        for name, words in PRESSES.items():
            table.add_row(words, str(pressed[f"{name}_p50_ms"]), str(pressed[f"{name}_p99_ms"]))
        console.print(table)
        console.print(
            f"  {pressed['fragments_per_second']} fragments a second, {pressed['server_cores']} cores; one"
            f" fragment alone {pressed['fragment_alone_ms']} ms, so {stages[0]['streams']:,} pages that all"
            f" fetched at one signal would keep a core busy for {pressed['all_would_fetch_seconds']} s"
        )
    console.print(f"  troubles: {figures['troubles'] or 'none'}\n  {figures['machine']}")
