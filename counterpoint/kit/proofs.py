"""Inclusion proofs 包含证明: one event, and how it is contained in a signed block.

A proof is plain JSON. Whoever has the bank's public sealing key checks it with ``check_proof`` alone,
without this database and without trusting it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from counterpoint.kit import blocks
from counterpoint.kit.blocks import CANONICAL, Header
from counterpoint.kit.data import Malformed, NotFound
from counterpoint.kit.merkle import leaf_hash, path, root_from_path

if TYPE_CHECKING:
    import psycopg

BLOCK_OF = """
SELECT b.branch_id, b.number, b.scheme, b.era, b.cluster, b.after_event, b.closes_at, b.after_xid,
       b.upto_xid, b.events, b.last_event, b.root, b.places, b.previous, b.at, b.signer, b.signature
FROM kit_event e JOIN kit_block b ON b.branch_id = e.branch_id
WHERE e.id = %s AND b.after_xid < e.xid AND e.xid <= b.upto_xid
      AND b.after_event < e.id AND (b.closes_at IS NULL OR e.id <= b.closes_at)
ORDER BY b.number LIMIT 1
"""
ROWS_OF = f"""
SELECT e.id, {CANONICAL} FROM kit_event e
WHERE e.branch_id = %s AND e.xid > %s AND e.xid <= %s AND e.id > %s AND e.id <= coalesce(%s, e.id)
ORDER BY e.xid, e.id
"""


class UnsealedYet(NotFound):
    """The event does not exist, or no block holds it yet: it will, a few seconds after its commit."""

    code = "event_unsealed"


class ProofFailed(Malformed):
    """The proof proves nothing; the message says where it breaks."""

    code = "proof_failed"


def proof(event: int) -> dict[str, Any]:
    """The inclusion proof of a sealed event, to be handed to an auditor as JSON."""
    from counterpoint.kit.database import connected

    with connected(application="proof") as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return _proof(connection, event)


def _proof(connection: psycopg.Connection, event: int) -> dict[str, Any]:
    row = connection.execute(BLOCK_OF, [event], binary=True).fetchone()
    if row is None:
        raise UnsealedYet(f"event {event} is not sealed")
    *fields, places, previous, at, signer, signature = row
    hashing = blocks.hash_of(fields[2])
    header = Header.of_row(fields, hashing(places), previous, at)
    arguments = [header.branch, header.after_xid, header.upto_xid, header.after_event, header.closes_at]
    rows = connection.execute(ROWS_OF, arguments, binary=True).fetchall()
    index = next(n for n, (found, _) in enumerate(rows) if found == event)
    leaves = [leaf_hash(canonical, hashing) for _, canonical in rows]
    return {
        "event": rows[index][1].decode(),
        "index": index,
        "path": [neighbour.hex() for neighbour in path(leaves, index, hashing)],
        "block": header.plain(),
        "signer": signer,
        "signature": signature.hex(),
    }


def check_proof(proof: dict[str, Any] | str | bytes, public_key: bytes) -> dict[str, Any]:
    """Check a proof with the public key (PEM); returns the event's columns, or raises ``ProofFailed``."""
    try:
        found = json.loads(proof) if isinstance(proof, str | bytes) else proof
        header = Header.of_plain(found["block"])
        hashing = blocks.hash_of(header.scheme)
        canonical = found["event"].encode()
        columns = blocks.column_values(canonical)
        leaf = leaf_hash(canonical, hashing)
        neighbours = [bytes.fromhex(neighbour) for neighbour in found["path"]]
        root = root_from_path(leaf, found["index"], header.events, neighbours, hashing)
        signature = bytes.fromhex(found["signature"])
        key = blocks.load_public(public_key)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProofFailed(f"the proof cannot be read: {error}") from error
    if root != header.root:
        raise ProofFailed("the event and its path do not lead to the block's root")
    if not blocks.is_signed(header.hash(), signature, key):
        raise ProofFailed("the block was not signed with this key")
    return columns
