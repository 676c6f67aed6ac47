"""Naming the row: what differs between a sealed block's list of places and the rows found."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from counterpoint.kit import blocks
from counterpoint.kit.blocks import CANONICAL, Header
from counterpoint.kit.findings import Finding

ROW = f"SELECT {CANONICAL} FROM kit_event e WHERE e.id = %s"


def name_the_difference(
    connection: psycopg.Connection, header: Header, places: bytes, found: dict[int, bytes]
) -> Iterator[Finding]:
    """A finding for every row of the block that was altered, removed, moved away or put in."""
    sealed = blocks.read_places(places)
    named = False
    for event, (start, marks) in sealed.items():
        leaf = found.get(event)
        if leaf is not None and leaf.startswith(start):
            continue
        named = True
        yield _altered_or_gone(connection, header, event, marks)
    for event in found.keys() - sealed.keys():
        named = True
        message = "the event was put into a range that was sealed without it"
        yield Finding("event.inserted", message, header.branch, header.number, event)
    if not named:
        message = f"the block states {header.events} events and a root that its rows do not have"
        yield Finding(
            "block.root", message, header.branch, header.number, table="kit_block", columns=("root", "events")
        )


def _altered_or_gone(connection: psycopg.Connection, header: Header, event: int, marks: bytes) -> Finding:
    row = connection.execute(ROW, [event], binary=True).fetchone()
    if row is None:
        return Finding("event.deleted", "the event is gone", header.branch, header.number, event)
    columns = blocks.differing_columns(marks, blocks.column_marks(row[0]))
    named = " and ".join(columns) or "a column that cannot be named"
    return Finding(
        "event.altered",
        f"{named} is not what was sealed",
        header.branch,
        header.number,
        event,
        columns=columns,
    )
