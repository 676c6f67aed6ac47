"""The sealer 封存: folds final events into signed blocks, a few seconds behind the work.

A hash chain inside every posting would cost two thirds of the speed. So events are sealed behind
the work, by one process at a time, each branch in a chain of its own. An event is *final* when its
transaction's number lies below that of every transaction still running: no row can be added below
that line any more. A long transaction therefore delays the seal of what came after it and never
loses its own events.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterpoint.kit import blocks, clock
from counterpoint.kit.anchors import Anchor, AnchorFile
from counterpoint.kit.blocks import SCHEME, Header
from counterpoint.kit.database import connect, connected
from counterpoint.kit.finality import LOCK, Horizon, anchor_path, horizon, keys_folder
from counterpoint.kit.merkle import Tree, leaf_hash
from counterpoint.kit.proofs import check_proof, proof
from counterpoint.kit.verdict import verify
from counterpoint.kit.verifier import examine, register_check

__all__ = ["check_proof", "examine", "proof", "register_check", "run_forever", "seal_once", "verify"]

log = logging.getLogger("counterpoint.sealer")

#: A block is closed at the end of the transaction with which it reaches this many events.
BLOCK_EVENTS = 16_384

# One descent of the index for each branch: the table grows for years, the branches do not.
HEADS = """
WITH RECURSIVE branch (id) AS (
    SELECT min(branch_id) FROM kit_block
    UNION ALL
    SELECT (SELECT min(branch_id) FROM kit_block WHERE branch_id > branch.id) FROM branch
    WHERE branch.id IS NOT NULL
)
SELECT head.* FROM branch CROSS JOIN LATERAL (
    SELECT branch_id, number, era, cluster, after_event, closes_at, upto_xid, last_event, hash
    FROM kit_block WHERE branch_id = branch.id ORDER BY number DESC LIMIT 1
) head
"""

FINAL = f"""
SELECT e.branch_id, e.xid, e.id, {blocks.CANONICAL}
FROM kit_event e LEFT JOIN unnest(%s::int[], %s::bigint[], %s::bigint[]) AS head (branch, event, xid)
     ON head.branch = e.branch_id
WHERE e.xid > %s AND e.xid < %s AND e.id > coalesce(head.event, 0) AND e.xid > coalesce(head.xid, 0)
ORDER BY e.branch_id, e.xid, e.id
"""

OF_OLD_ERA = f"""
SELECT e.branch_id, e.xid, e.id, {blocks.CANONICAL}
FROM kit_event e
WHERE e.branch_id = %s AND e.id > %s AND e.id <= %s AND e.xid > %s ORDER BY e.xid, e.id
"""

FROM_BEFORE_THE_RESTORE = "SELECT branch_id, max(id) FROM kit_event WHERE xid >= %s GROUP BY branch_id"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one pass did. ``busy``: another process holds the pen."""

    blocks: int = 0
    events: int = 0
    new_era: bool = False
    busy: bool = False


@dataclass(slots=True)
class Head:
    """Where a branch's chain ends now."""

    branch: int
    number: int = 0
    era: int = 1
    after_event: int = 0
    upto_xid: int = 0
    last_event: int = 0
    hash: bytes = blocks.GENESIS

    def close(self, until: int) -> None:
        """The next block is the first of a new era."""
        self.era, self.after_event, self.upto_xid = self.era + 1, until, 0


@dataclass(slots=True)
class _Draft:
    """A block that is being filled."""

    tree: Tree = field(default_factory=lambda: Tree(blocks.hash_of(SCHEME)))
    places: bytearray = field(default_factory=bytearray)
    greatest: int = 0
    last_xid: int = 0

    def add(self, xid: int, event: int, canonical: bytes) -> None:
        leaf = leaf_hash(canonical, self.tree.hashing)
        self.tree.add(leaf)
        self.places += blocks.place_of(event, canonical, leaf)
        self.greatest = max(self.greatest, event)
        self.last_xid = xid


def seal_once(connection: psycopg.Connection | None = None, *, anchors: AnchorFile | None = None) -> Sealed:
    """Seal every event that is final and not sealed yet. Safe to call anywhere, at any time."""
    if connection is None:
        with connected(application="sealer") as own:
            return seal_once(own, anchors=anchors)
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    if not row or not row[0]:
        return Sealed(busy=True)
    try:
        return _Pass(connection, anchors or AnchorFile(anchor_path())).run()
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


class _Pass:
    """One pass over everything final: all its blocks in one transaction, then their anchors."""

    def __init__(self, connection: psycopg.Connection, anchors: AnchorFile) -> None:
        self.connection = connection
        self.anchors = anchors
        self.key: Ed25519PrivateKey = blocks.signing_key(keys_folder())
        self.signer = blocks.fingerprint(self.key.public_key())
        self.heads: dict[int, Head] = {}
        self.era = 1
        self.sealed: list[Anchor] = []
        self.events = 0

    def run(self) -> Sealed:
        # The horizon is read before the rows: whatever is final now is visible to every later read.
        # What lies beyond it is asked of the same snapshot: a later one would see postings that have
        # come meanwhile, and take them for rows of another cluster.
        with self.connection.transaction():
            self.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            line = horizon(self.connection)
            beyond: dict[int, int] = dict(
                self.connection.execute(FROM_BEFORE_THE_RESTORE, [line.next]).fetchall()
            )
        clusters = self._read_heads()
        self._anchor_what_a_crash_left()
        restored = self._is_restored(line, clusters, beyond)
        with self.connection.transaction():
            if restored:
                self._close_era(line, beyond)
            self._seal_final(line)
        self.anchors.append(self.sealed)
        return Sealed(blocks=len(self.sealed), events=self.events, new_era=restored)

    def _read_heads(self) -> set[str]:
        clusters = set()
        for row in self.connection.execute(HEADS).fetchall():
            branch, number, era, cluster, after_event, closes_at, upto_xid, last_event, digest = row
            clusters.add(cluster)
            head = Head(branch, number, era, after_event, upto_xid, last_event, digest)
            if closes_at is not None:
                head.close(closes_at)
            self.heads[branch] = head
            self.era = max(self.era, head.era)
        return clusters

    def _is_restored(self, line: Horizon, clusters: set[str], beyond: dict[int, int]) -> bool:
        """Whether the events came from another cluster, whose transaction numbers mean nothing here."""
        if self.heads:
            return clusters != {line.cluster} or line.next <= max(h.upto_xid for h in self.heads.values())
        return bool(beyond)

    def _anchor_what_a_crash_left(self) -> None:
        """A crash between commit and anchor leaves heads unanchored; and a cut chain is told at once."""
        self.anchors.refresh()
        missing = []
        for head in self.heads.values():
            anchor = self.anchors.heads.get(head.branch)
            if anchor is None or anchor.number < head.number:
                missing.append(Anchor(head.branch, head.number, head.hash.hex(), clock.now().isoformat()))
            elif (anchor.number, anchor.hash) != (head.number, head.hash.hex()):
                log.critical("Branch %s: the sealed chain no longer ends as anchored. Verify.", head.branch)
        self.anchors.append(missing)

    def _close_era(self, line: Horizon, restored: dict[int, int]) -> None:
        """The database was restored into another cluster: end every chain's era by event id.

        Rows with a transaction number that this cluster has not given out came with the restore, and
        so did every row with an id up to theirs. What has a greater id belongs to the new era.
        """
        for branch in sorted(self.heads.keys() | restored.keys()):
            head = self.heads.setdefault(branch, Head(branch, era=self.era))
            until = max(head.last_event, restored.get(branch, 0))
            draft = _Draft()
            upto = head.upto_xid
            arguments = [branch, head.after_event, until, head.upto_xid]
            for _, xid, event, canonical in self._stream(OF_OLD_ERA, arguments):
                draft.add(xid, event, canonical)
                upto = max(upto, xid)
            self._write(head, draft, upto=upto, cluster=line.cluster, closes_at=until)
        self.era += 1
        log.warning("The database runs in another cluster than before: era %s begins.", self.era)

    def _seal_final(self, line: Horizon) -> None:
        heads = list(self.heads.values())
        # One pass seals all branches up to the same line, so nothing final lies below the highest.
        floor = max((head.upto_xid for head in heads), default=0)
        arguments = [
            [head.branch for head in heads], [head.after_event for head in heads],
            [head.upto_xid for head in heads], floor, line.final,
        ]  # fmt: skip
        draft, head = _Draft(), None
        for branch, xid, event, canonical in self._stream(FINAL, arguments):
            if head is not None and branch != head.branch:
                self._write(head, draft, upto=line.final - 1, cluster=line.cluster)
                draft = _Draft()
            elif head is not None and draft.tree.size >= BLOCK_EVENTS and xid != draft.last_xid:
                self._write(head, draft, upto=draft.last_xid, cluster=line.cluster)
                draft = _Draft()
            head = self.heads.setdefault(branch, Head(branch, era=self.era))
            draft.add(xid, event, canonical)
        if head is not None:
            self._write(head, draft, upto=line.final - 1, cluster=line.cluster)

    def _stream(self, query: str, arguments: list[Any]) -> Iterator[tuple[int, int, int, bytes]]:
        with self.connection.cursor(name="sealing") as cursor:
            cursor.itersize = 4096
            cursor.execute(query, arguments, binary=True)
            yield from cursor

    def _write(
        self, head: Head, draft: _Draft, *, upto: int, cluster: str, closes_at: int | None = None
    ) -> None:
        places = bytes(draft.places)
        header = Header(
            branch=head.branch, number=head.number + 1, scheme=SCHEME, era=head.era, cluster=cluster,
            after_event=head.after_event, closes_at=closes_at, after_xid=head.upto_xid, upto_xid=upto,
            events=draft.tree.size, last_event=max(head.last_event, draft.greatest), root=draft.tree.root(),
            places=blocks.hash_of(SCHEME)(places), previous=head.hash, at=clock.now().isoformat(),
        )  # fmt: skip
        digest = header.hash()
        _insert(self.connection, header, places, digest, self.signer, self.key.sign(digest))
        head.number, head.hash, head.last_event = header.number, digest, header.last_event
        head.upto_xid = upto
        if closes_at is not None:
            head.close(closes_at)
        self.sealed.append(Anchor(head.branch, head.number, digest.hex(), header.at))
        self.events += header.events


def _insert(
    connection: psycopg.Connection,
    header: Header,
    places: bytes,
    digest: bytes,
    signer: str,
    signature: bytes,
) -> None:
    row = {
        "branch_id": header.branch, "number": header.number, "scheme": header.scheme, "era": header.era,
        "cluster": header.cluster, "after_event": header.after_event, "closes_at": header.closes_at,
        "after_xid": header.after_xid, "upto_xid": header.upto_xid, "events": header.events,
        "last_event": header.last_event, "root": header.root, "places": places, "previous": header.previous,
        "at": datetime.fromisoformat(header.at).astimezone(UTC), "hash": digest, "signer": signer,
        "signature": signature,
    }  # fmt: skip
    names, holes = ", ".join(row), ", ".join(["%s"] * len(row))
    connection.execute(f"INSERT INTO kit_block ({names}) VALUES ({holes})", list(row.values()))


def run_forever(stop: threading.Event, *, every: float = 3.0) -> None:
    """Seal until ``stop`` is set, for a thread of the server. Trouble is logged and tried again."""
    anchors = AnchorFile(anchor_path())
    connection: psycopg.Connection | None = None
    while not stop.is_set():
        try:
            if connection is None or connection.closed:
                connection = connect(application="sealer")
            seal_once(connection, anchors=anchors)
        except Exception:
            log.exception("Sealing failed; it is tried again.")
            _close((connection,))
            connection = None
        stop.wait(every)
    _close((connection,))


def _close(lines: Iterable[psycopg.Connection | None]) -> None:
    for line in lines:
        if line is not None:
            line.close()
