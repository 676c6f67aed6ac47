"""Verifying the anchors: whatever was written down outside the database must still stand inside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched

import psycopg

from counterpoint.kit.anchors import Anchor, AnchorFile
from counterpoint.kit.findings import Finding, Report

HASHES = """
SELECT b.branch_id, b.number, b.hash
FROM kit_block b JOIN unnest(%s::int[], %s::bigint[]) AS a (branch, number)
     ON a.branch = b.branch_id AND a.number = b.number
"""
HEADS = "SELECT branch_id, max(number) FROM kit_block GROUP BY branch_id ORDER BY branch_id"


def check_anchors(connection: psycopg.Connection, anchors: AnchorFile, until: int, report: Report) -> None:
    """Compare the first ``until`` bytes of the file with the blocks."""
    missing: dict[int, list[int]] = {}
    newest: dict[int, int] = {}
    for anchor, digest in _compared(connection, anchors, until, report):
        newest[anchor.branch] = anchor.number
        if digest is None:
            missing.setdefault(anchor.branch, []).append(anchor.number)
        elif digest.hex() != anchor.hash:
            message = "the block is another one than the one anchored"
            place = (anchor.branch, anchor.number)
            report.add(Finding("anchor.differs", message, *place, table="kit_block", columns=("hash",)))
    for branch, numbers in missing.items():
        first, last = min(numbers), max(numbers)
        what = f"block {first} is" if first == last else f"blocks {first}–{last} are"
        message = f"{what} anchored but gone: the chain was cut"
        report.add(Finding("anchor.cut", message, branch, first, table="kit_block"))
    _check_coverage(connection, newest, report)


def _compared(
    connection: psycopg.Connection, anchors: AnchorFile, until: int, report: Report
) -> Iterator[tuple[Anchor, bytes | None]]:
    for lines in batched(anchors.lines(until=until), 1000):
        known = [anchor for _, anchor in lines if anchor is not None]
        for number, anchor in lines:
            if anchor is None:
                message = f"line {number} of {anchors.path.name} cannot be read"
                report.add(Finding("anchor.unreadable", message, table="anchors"))
        rows = connection.execute(HASHES, [[a.branch for a in known], [a.number for a in known]]).fetchall()
        hashes = {(branch, number): digest for branch, number, digest in rows}
        for anchor in known:
            yield anchor, hashes.get((anchor.branch, anchor.number))


def _check_coverage(connection: psycopg.Connection, newest: dict[int, int], report: Report) -> None:
    heads: dict[int, int] = dict(connection.execute(HEADS).fetchall())
    if heads and not newest:
        report.add(Finding("anchor.missing", "the anchor file is missing or empty", table="anchors"))
        return
    for branch, number in heads.items():
        # A crash between commit and anchor leaves this; the sealer's next pass mends it.
        if number > newest.get(branch, 0):
            report.notes.append(f"branch {branch}: blocks after {newest.get(branch, 0)} are not anchored yet")
