"""``counterpoint torture`` 强杀测试: kill the database and the poster under load, and count.

It works on an embedded server of its own in a temporary folder, with the disk waited for as in real
life. A poster, a process of its own, posts with many threads and writes down what it sent and what was
acknowledged. It is killed, the database is killed, or both, again and again; whoever is left retries by
key. At the end every acknowledged key must stand exactly once, every balance must be the sum of what
was acknowledged, and ``verify`` must find nothing.
"""

from __future__ import annotations

import json as json_module
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterpoint.site import assembly
from counterpoint.site.progress import console

if TYPE_CHECKING:
    from counterpoint.kit.embedded import Server

ACCOUNTS = 40
#: The customer accounts start with this much, so that most transfers are covered.
START = 1_000_000
PATIENCE = 60.0
VICTIMS = ("the database", "the poster", "both")


@dataclass(slots=True)
class Result:
    """What the command prints. ``recovery_ms``: from the kill to the first acknowledgement after it."""

    rounds: int = 0
    database_kills: int = 0
    poster_kills: int = 0
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    retried: int = 0
    lost: int = 0
    doubled: int = 0
    unexpected: int = 0
    wrong_balances: int = 0
    unanswered: int = 0
    recovery_ms: list[int] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        wrong = self.lost, self.doubled, self.unexpected, self.wrong_balances, self.unanswered
        return not any(wrong) and not self.findings and self.acknowledged > 0

    def plain(self) -> dict[str, Any]:
        times = self.recovery_ms or [0]
        return {
            "ok": self.ok, **asdict(self),
            "recovery_median_ms": int(statistics.median(times)), "recovery_max_ms": max(times),
        }  # fmt: skip


class Notebook:
    """The poster's notebook: one JSON line for everything sent, answered, refused or asked again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sent: dict[str, dict[str, Any]] = {}
        self.entries: dict[str, int] = {}
        self.refused: set[str] = set()
        self.retried = 0
        self._read = 0

    def refresh(self) -> Notebook:
        if not self.path.exists():
            return self
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self._take(json_module.loads(line))
        return self

    def _take(self, note: dict[str, Any]) -> None:
        key = note["key"]
        if "amount" in note:
            self.sent[key] = note
        elif "entry" in note:
            self.entries[key] = note["entry"]
        elif "refused" in note:
            self.refused.add(key)
        else:
            self.retried += 1

    def unanswered(self) -> list[dict[str, Any]]:
        return [
            note for key, note in self.sent.items() if key not in self.entries and key not in self.refused
        ]


def run(*, rounds: int, json: bool) -> int:
    """The command: ``rounds`` kills under load, then the reckoning."""
    folder = Path(tempfile.mkdtemp(prefix="counterpoint-torture-"))
    result = Result()
    try:
        _run(folder, rounds, result)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _tell(result)
    if json:
        sys.stdout.write(json_module.dumps(result.plain(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 0 if result.ok else 1


def _run(folder: Path, rounds: int, result: Result) -> None:
    from counterpoint.kit.embedded import Server

    server = Server(folder)
    server.start()
    try:
        os.environ.update(DATABASE_URL=server.url, COUNTERPOINT_DATA=str(folder))
        assembly.set_up_django()
        assembly.migrate()
        _make_books(folder)
        _torment(server, folder, rounds, result)
        _reckon(folder, result)
    finally:
        server.stop(wait_for_others=False)


def _make_books(folder: Path) -> None:
    """A branch with its day open, and accounts with money in them; written down for the poster."""
    from counterpoint.kit import clock
    from counterpoint.kit.data import SYSTEM
    from counterpoint.kit.keys import new_key
    from counterpoint.ledger import services as ledger
    from counterpoint.ledger.data import AccountKind, Leg
    from counterpoint.org import services as org
    from counterpoint.org.data import UnitKind

    bank = org.add_unit(
        kind=UnitKind.BANK, code="bank", name_zh="强杀银行", name_en="Torture Bank", by=SYSTEM
    )
    branch = org.add_unit(
        kind=UnitKind.BRANCH,
        parent=bank.id,
        code="01",
        name_zh="强杀支行",
        name_en="Torture Branch",
        by=SYSTEM,
    ).id
    today = clock.today()
    org.open_day(branch=branch, date=today, by=SYSTEM, on_holiday=True)
    cash = ledger.internal_account(branch=branch, gl="1001", currency="CNY")
    accounts = [
        ledger.open_account(party=None, kind=AccountKind.DEMAND, currency="CNY", branch=branch, by=SYSTEM).id
        for _ in range(ACCOUNTS)
    ]
    books = {"branch": branch, "date": today.isoformat(), "cash": cash, "accounts": accounts}
    (folder / "books.json").write_text(json_module.dumps(books))
    declare_verb()
    for account in accounts:
        legs = (Leg(cash, START), Leg(account, -START))
        ledger.post(posting_of(books, str(new_key()), legs))


# --- tormenting ---


def _torment(server: Server, folder: Path, rounds: int, result: Result) -> None:
    notebook = Notebook(folder / "notebook.jsonl")
    poster = _start_poster(folder)
    dice = random.Random(20260101)  # noqa: S311
    try:
        _wait_for_more(notebook, 100, poster)
        for number in range(rounds):
            time.sleep(0.5 + dice.random())
            victim = VICTIMS[number % len(VICTIMS)]
            killed = time.monotonic()
            before = len(notebook.refresh().entries)
            if victim != "the database":
                poster.kill()
                poster.wait()
                result.poster_kills += 1
                before = len(notebook.refresh().entries)
            if victim != "the poster":
                _kill_database(server)
                result.database_kills += 1
                before = len(notebook.refresh().entries)
                server.start()
            if victim != "the database":
                poster = _start_poster(folder)
            _wait_for_more(notebook, before + 1, poster)
            took = int((time.monotonic() - killed) * 1000)
            result.recovery_ms.append(took)
            result.rounds += 1
            console.print(f"  [green]✓[/] killed {victim}: first answer after {took} ms")
        poster.send_signal(signal.SIGTERM)
        poster.wait(timeout=PATIENCE)
    finally:
        if poster.poll() is None:
            poster.kill()
            poster.wait()


def _start_poster(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "counterpoint.site.torture_poster", str(folder)]
    log = (folder / "poster.log").open("ab")
    return subprocess.Popen(command, cwd=assembly.ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def _wait_for_more(notebook: Notebook, wanted: int, poster: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(notebook.refresh().entries) < wanted:
        if poster.poll() is not None or time.monotonic() > deadline:
            log = notebook.path.with_name("poster.log").read_text(errors="replace")[-2000:]
            raise SystemExit(f"The poster gives no answers any more:\n{log}")
        time.sleep(0.01)


def _kill_database(server: Server) -> None:
    """The postmaster and every process under it, at once and without warning."""
    assert server.process is not None
    children = _children_of(server.process.pid)
    for pid in (server.process.pid, *children):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    server.process.wait()
    server.process = None
    deadline = time.monotonic() + PATIENCE
    while any(_is_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.01)


def _children_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        fields = _stat(entry)
        if fields and int(fields[1]) == parent:
            found.append(int(entry.parent.name))
    return found


def _stat(path: Path) -> list[str]:
    """State, parent and so on; what stands before them is a name in brackets that may hold spaces."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _is_alive(pid: int) -> bool:
    fields = _stat(Path(f"/proc/{pid}/stat"))
    return bool(fields) and fields[0] != "Z"


# --- the reckoning ---


def _reckon(folder: Path, result: Result) -> None:
    from django.db import connection

    from counterpoint.kit import sealer
    from counterpoint.ledger import services as ledger

    connection.close()
    books = json_module.loads((folder / "books.json").read_text())
    notebook = Notebook(folder / "notebook.jsonl").refresh()
    result.sent, result.acknowledged = len(notebook.sent), len(notebook.entries)
    result.refused, result.retried = len(notebook.refused), notebook.retried
    result.unanswered = len(notebook.unanswered())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key::text, count(*), min(id) FROM kit_event WHERE verb = %s GROUP BY 1", [VERB]
        )
        standing = {key: (count, entry) for key, count, entry in cursor.fetchall()}
    own = {key: standing.pop(key, (0, 0)) for key in notebook.entries}
    result.lost = sum(own[key][1] != entry for key, entry in notebook.entries.items())
    result.doubled = sum(count > 1 for count, _ in own.values())
    # What is left is the money that the accounts started with, and nothing else.
    result.unexpected = len(standing) - ACCOUNTS
    expected = dict.fromkeys(books["accounts"], START)
    for key in notebook.entries:
        note = notebook.sent[key]
        for account, amount in ((note["debit"], -note["amount"]), (note["credit"], note["amount"])):
            if account in expected:
                expected[account] += amount
    views = {account: ledger.account(account) for account in books["accounts"]}
    result.wrong_balances = sum(views[account].balance != amount for account, amount in expected.items())
    sealer.seal_once()
    report = sealer.examine()
    result.findings = [f"{finding.place()}: {finding.message}" for finding in report.findings[:20]]


def _tell(result: Result) -> None:
    plain = result.plain()
    mark = "[green]✓[/]" if result.ok else "[red]✗[/]"
    console.print(
        f"  {mark} {result.database_kills} kills of the database, {result.poster_kills} of the poster: "
        f"{result.acknowledged} acknowledged, {result.lost} lost, {result.doubled} doubled, "
        f"{result.wrong_balances} wrong balances; first answer after {plain['recovery_median_ms']} ms "
        f"(at most {plain['recovery_max_ms']})"
    )
    for finding in result.findings:
        console.print(f"    [red]{finding}[/]")


# --- shared with the poster ---

VERB = "torture.cash.moved"


def declare_verb() -> None:
    from counterpoint.kit.verbs import CATALOGUE, declare

    if VERB not in CATALOGUE:
        declare(VERB, summary="A posting under torture", where=__name__)


def posting_of(books: dict[str, Any], key: str, legs: tuple[Any, ...]) -> Any:
    from datetime import date
    from uuid import UUID

    from counterpoint.kit.data import SYSTEM
    from counterpoint.ledger.data import Posting

    return Posting(
        key=UUID(key), verb=VERB, branch=books["branch"], business_date=date.fromisoformat(books["date"]),
        legs=legs, by=SYSTEM, subject=f"account:{legs[-1].account}", summary="torture",
    )  # fmt: skip
