"""Verification 核验: every signature, chain, root, anchor and registered sum, computed anew.

It reads one snapshot, streams, and writes nothing. A finding names the place: the branch, the block,
the event, the table and the column as far as they can be known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from counterpoint.kit import blocks, finality
from counterpoint.kit.anchors import AnchorFile
from counterpoint.kit.blocks import CANONICAL, Header
from counterpoint.kit.database import connected
from counterpoint.kit.findings import Finding, Report
from counterpoint.kit.merkle import Tree, leaf_hash
from counterpoint.kit.verifier_anchors import check_anchors
from counterpoint.kit.verifier_places import name_the_difference

#: What a room verifies of its own: it reads through the connection (one read-only snapshot for all
#: checks, autocommit off) and yields a finding for everything that does not add up.
Check = Callable[[psycopg.Connection], Iterable[Finding]]
#: Called now and then with what is being done and how many rows of it are done.
Progress = Callable[[str, int], None]

CHECKS: dict[str, Check] = {}

BLOCKS = """
SELECT branch_id, number, scheme, era, cluster, after_event, closes_at, after_xid, upto_xid, events,
       last_event, root, places, previous, at, hash, signer, signature
FROM kit_block ORDER BY branch_id, number
"""

# An event belongs to the era that its id falls into; inside an era the order is that of sealing.
EVENTS = f"""
SELECT e.branch_id, {{ordinal}} AS ordinal, e.xid, e.id, e.key IS NOT NULL, {CANONICAL}
FROM kit_event e ORDER BY e.branch_id, ordinal, e.xid, e.id
"""
ORDINAL = """(
    SELECT count(*) FROM kit_block b
    WHERE b.branch_id = e.branch_id AND b.closes_at IS NOT NULL AND b.closes_at < e.id
)"""

HEADS = """
SELECT DISTINCT ON (branch_id) branch_id, cluster, last_event FROM kit_block
ORDER BY branch_id, number DESC
"""

_EVERY = 20_000


def register_check(name: str, check: Check) -> None:
    """Let ``counterpoint verify`` also run ``check``, shown under ``name``."""
    if CHECKS.setdefault(name, check) is not check:
        raise ValueError(f"a check {name!r} is registered already")


@dataclass(frozen=True, slots=True)
class _Row:
    branch: int
    ordinal: int
    xid: int
    id: int
    posting: bool
    canonical: bytes


@dataclass(frozen=True, slots=True)
class _Block:
    header: Header
    hash: bytes
    signer: str
    signature: bytes
    places: bytes


def examine(progress: Progress | None = None) -> Report:
    """Recompute everything and report."""
    say = progress or (lambda _what, _count: None)
    report = Report()
    with connected(application="verify") as connection:
        # Between a block's commit and its anchor the sealer holds the lock: wait for it once.
        connection.execute("SELECT pg_advisory_lock_shared(%s)", [finality.LOCK])
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        line = finality.horizon(connection)
        anchors = AnchorFile(finality.anchor_path())
        until = anchors.size()
        connection.execute("SELECT pg_advisory_unlock_shared(%s)", [finality.LOCK])
        _Seals(connection, report, line, say).run()
        say("anchors", 0)
        check_anchors(connection, anchors, until, report)
        for name, check in CHECKS.items():
            say(name, 0)
            _run_check(connection, name, check, report)
        connection.execute("ROLLBACK")
    return report


def _run_check(connection: psycopg.Connection, name: str, check: Check, report: Report) -> None:
    """Whoever alters rows can make a sum impossible to compute: that is a finding, not an end."""
    try:
        with connection.transaction():
            for finding in check(connection):
                report.add(finding)
    except psycopg.Error as error:
        what = str(error).partition("\n")[0]
        report.add(Finding("check.failed", f"{name} cannot be computed: {what}", table=""))


class _Rows:
    """The events in sealing order, with a look at the next one."""

    def __init__(self, rows: Iterator[_Row]) -> None:
        self._rows = rows
        self.next = next(rows, None)

    def take(self, wanted: Callable[[_Row], bool]) -> Iterator[_Row]:
        """The next rows for as long as they are ``wanted``."""
        while (row := self.next) is not None and wanted(row):
            yield row
            self.next = next(self._rows, None)


class _Seals:
    """One walk along all chains and all events side by side."""

    def __init__(
        self, connection: psycopg.Connection, report: Report, line: finality.Horizon, say: Progress
    ) -> None:
        self.connection = connection
        self.report = report
        self.line = line
        self.say = say
        self.keys = blocks.public_keys(finality.keys_folder())
        heads = connection.execute(HEADS).fetchall()
        #: Branches whose chain was made in another cluster and not taken up here yet → last sealed event.
        self.restored = {branch: event for branch, cluster, event in heads if cluster != line.cluster}

    def run(self) -> None:
        self.say("events", 0)
        if self.restored:
            self.report.notes.append("restored from another cluster: the next seal begins a new era")
        rows = _Rows(self._events())
        head: _Block | None = None
        closings = 0
        for block in self._blocks():
            branch = block.header.branch
            if head is not None and head.header.branch != branch:
                self._tail(rows, head)
                head = None
            if head is None:
                closings = 0
                self._unsealed(rows.take(lambda row, upto=branch: row.branch < upto), None)  # type: ignore[misc]
            self._check_block(block)
            self._check_link(block, head)
            self._orphans(rows, block, closings)
            self._check_rows(rows, block, closings)
            closings += block.header.closes_at is not None
            head = block
        if head is not None:
            self._tail(rows, head)
        self._unsealed(rows.take(lambda row: True), None)

    # --- reading ---

    def _events(self) -> Iterator[_Row]:
        closed = self.connection.execute(
            "SELECT EXISTS (SELECT FROM kit_block WHERE closes_at IS NOT NULL)"
        ).fetchone()
        ordinal = ORDINAL if closed and closed[0] else "0"
        for found in self._stream("events", EVENTS.format(ordinal=ordinal)):
            self.report.events += 1
            self.report.entries += found[4]
            if not self.report.events % _EVERY:
                self.say("events", self.report.events)
            row = _Row(*found)
            if (
                row.branch in self.restored
                and row.id > self.restored[row.branch]
                and row.xid < self.line.next
            ):
                # Written here after the restore: its number means nothing to the blocks from there.
                self.report.unsealed += 1
                continue
            yield row

    def _blocks(self) -> Iterator[_Block]:
        for found in self._stream("blocks", BLOCKS):
            self.report.blocks += 1
            *fields, places, previous, at, digest, signer, signature = found
            try:
                listed = blocks.hash_of(fields[2])(places)
            except KeyError:
                listed = b""
            header = Header.of_row(fields, listed, previous, at)
            yield _Block(header, digest, signer, signature, places)

    def _stream(self, name: str, query: str) -> Iterator[tuple[Any, ...]]:
        with self.connection.cursor(name=f"verify_{name}") as cursor:
            cursor.itersize = 2048 if name == "events" else 16
            cursor.execute(query, binary=True)
            yield from cursor

    # --- blocks ---

    def _find(self, block: _Block, code: str, message: str, *columns: str) -> None:
        header = block.header
        self.report.add(
            Finding(code, message, header.branch, header.number, table="kit_block", columns=columns)
        )

    def _check_block(self, block: _Block) -> None:
        try:
            digest = block.header.hash()
        except KeyError:
            self._find(block, "block.scheme", f"scheme {block.header.scheme!r} is unknown here", "scheme")
            return
        if digest != block.hash:
            self._find(block, "block.altered", "the block is not what its hash was taken of")
        key = self.keys.get(block.signer)
        if key is None:
            self._find(block, "block.signer", f"no public key {block.signer!r} is known here", "signer")
        elif not blocks.is_signed(digest, block.signature, key):
            self._find(block, "block.forged", "the signature is not that of the sealing key", "signature")

    def _check_link(self, block: _Block, before: _Block | None) -> None:
        header = block.header
        expected = before.header.number + 1 if before else 1
        if header.number != expected:
            gap = f"{header.number - expected} blocks" if header.number > expected + 1 else "the block"
            self._find(block, "block.missing", f"{gap} before this one, from {expected} on, went missing")
            return
        if header.previous != (before.hash if before else blocks.GENESIS):
            self._find(block, "block.unchained", "the block does not follow the one before it", "previous")
        if before is None:
            start: tuple[int, ...] = (header.era, 0, 0)
        elif before.header.closes_at is not None:
            start = (before.header.era + 1, before.header.closes_at, 0)
        else:
            start = (before.header.era, before.header.after_event, before.header.upto_xid)
        if (header.era, header.after_event, header.after_xid) != start:
            self._find(block, "block.range", "it does not start where the block before it ends", "after_xid")

    # --- rows ---

    def _orphans(self, rows: _Rows, block: _Block, closings: int) -> None:
        """Events that only a missing block can have held."""
        header = block.header
        lost = [
            row.id
            for row in rows.take(
                lambda row: (
                    row.branch == header.branch
                    and (
                        row.ordinal < closings
                        or (row.ordinal == closings and row.xid <= header.after_xid > 0)
                    )
                )
            )
        ]
        if lost:
            message = f"{len(lost)} events from this one on were sealed in a block that is missing"
            self.report.add(Finding("event.unsealed", message, header.branch, header.number - 1, lost[0]))

    def _check_rows(self, rows: _Rows, block: _Block, closings: int) -> None:
        header = block.header
        try:
            hashing = blocks.hash_of(header.scheme)
        except KeyError:
            hashing = blocks.hash_of(blocks.SCHEME)
        tree = Tree(hashing)
        found: dict[int, bytes] = {}
        closing = header.closes_at is not None
        for row in rows.take(
            lambda row: (
                row.branch == header.branch
                and row.ordinal == closings
                and (closing or row.xid <= header.upto_xid)
            )
        ):
            leaf = leaf_hash(row.canonical, hashing)
            tree.add(leaf)
            found[row.id] = leaf
        if tree.size != header.events or tree.root() != header.root:
            for finding in name_the_difference(self.connection, header, block.places, found):
                self.report.add(finding)

    def _tail(self, rows: _Rows, head: _Block) -> None:
        branch = head.header.branch
        self._unsealed(rows.take(lambda row: row.branch == branch), head)

    def _unsealed(self, rows: Iterator[_Row], head: _Block | None) -> None:
        # After a restore into another cluster the numbers tell nothing until the new era begins.
        same = head is not None and head.header.cluster == self.line.cluster
        for row in rows:
            self.report.unsealed += 1
            if same and row.xid >= self.line.next:
                message = f"transaction {row.xid} has not happened yet"
                self.report.add(Finding("event.future", message, row.branch, None, row.id, columns=("xid",)))
