"""The form of a seal 封存: what a leaf, a block and a signature are made of. No Django, no database.

An auditor needs this module, ``merkle`` and the public key to check a proof, and nothing else.
"""

from __future__ import annotations

import binascii
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterpoint.kit.merkle import HASHES, Hash

#: Hash and form of the leaves, as a block names them. A new column of ``kit_event`` is a new form.
SCHEME = "sha256/1"

#: Every column of an event in the order of its leaf, and the SQL whose JSON value stands there.
COLUMNS: dict[str, str] = {
    "id": "e.id",
    "branch_id": "e.branch_id",
    "business_date": "e.business_date",
    "at": "(extract(epoch FROM e.at) * 1000000)::bigint",
    "verb": "e.verb",
    "subject": "e.subject",
    "actor": "e.actor",
    "correlation": "e.correlation",
    "data": "e.data",
    "key": "e.key",
    "digest": "encode(e.digest, 'hex')",
    "xid": "e.xid",
}

#: The canonical bytes of an event row ``e``: a JSON array, the same under every session's settings.
CANONICAL = f"convert_to(jsonb_build_array({', '.join(COLUMNS.values())})::text, 'UTF8')"

GENESIS = bytes(32)


def hash_of(scheme: str) -> Hash:
    """The hash that ``scheme`` names; ``KeyError`` when this release knows neither it nor its form."""
    name, _, form = scheme.partition("/")
    if form != "1":
        raise KeyError(scheme)
    return HASHES[name]


@dataclass(frozen=True, slots=True)
class Header:
    """What a block states about its branch's events; its hash is signed and chained.

    The block holds the events with ``after_event < id`` and ``after_xid < xid <= upto_xid``. The
    block that closes an era also says with which event it ends (``closes_at``); from then on
    ``after_event`` has that value and ``after_xid`` starts again, because a database restored into
    a new cluster counts its transactions anew. ``cluster`` is the one in which the chain goes on.
    ``last_event`` is the greatest id sealed so far,
    ``places`` the hash of the list that helps to name an altered row.
    """

    branch: int
    number: int
    scheme: str
    era: int
    cluster: str
    after_event: int
    closes_at: int | None
    after_xid: int
    upto_xid: int
    events: int
    last_event: int
    root: bytes
    places: bytes
    previous: bytes
    at: str

    def plain(self) -> dict[str, Any]:
        """The header as JSON knows it: digests in hexadecimal."""
        return {k: v.hex() if isinstance(v, bytes) else v for k, v in asdict(self).items()}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Header:
        digests = {k: bytes.fromhex(plain[k]) for k in ("root", "places", "previous")}
        return cls(**{**plain, **digests})

    @classmethod
    def of_row(cls, fields: Sequence[Any], places: bytes, previous: bytes, at: datetime) -> Header:
        """From the columns of ``kit_block``: ``fields`` are those up to the root, in order."""
        values: tuple[Any, ...] = (*fields, places, previous, at.astimezone(UTC).isoformat())
        return cls(*values)

    def hash(self) -> bytes:
        text = json.dumps(self.plain(), sort_keys=True, separators=(",", ":"))
        return hash_of(self.scheme)(b"counterpoint block\n" + text.encode())


# --- the list of places: which rows a block holds, to name the one that was altered ---

_MARK = 8
_PLACE = 8 + _MARK + len(COLUMNS)


def place_of(event: int, canonical: bytes, leaf: bytes) -> bytes:
    """One entry: the event's id, the start of its leaf hash, one check byte for each column."""
    return event.to_bytes(8) + leaf[:_MARK] + column_marks(canonical)


def column_marks(canonical: bytes) -> bytes:
    crc, dumps = binascii.crc32, orjson.dumps
    return bytes([crc(dumps(value)) & 255 for value in orjson.loads(canonical)])


def read_places(places: bytes) -> dict[int, tuple[bytes, bytes]]:
    """Event id → (start of the leaf hash, column marks)."""
    entries = (places[at : at + _PLACE] for at in range(0, len(places), _PLACE))
    return {int.from_bytes(e[:8]): (e[8 : 8 + _MARK], e[8 + _MARK :]) for e in entries}


def differing_columns(before: bytes, after: bytes) -> tuple[str, ...]:
    """The columns whose check bytes differ. One in 256 alterations is missed here, never by the hash."""
    return tuple(name for name, a, b in zip(COLUMNS, before, after, strict=True) if a != b)


# --- keys ---


def fingerprint(key: Ed25519PublicKey) -> str:
    """The name of a key: sixteen hexadecimal digits of the hash of its raw bytes."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return HASHES["sha256"](raw).hex()[:16]


def public_pem(key: Ed25519PublicKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(encoding, form)


def load_public(pem: bytes) -> Ed25519PublicKey:
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    return key


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The private key in ``folder``, made on first use; its public key is written beside it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "seal.key"
    if not path.exists():
        _make_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    public = folder / f"seal-{fingerprint(key.public_key())}.pub"
    if not public.exists():
        public.write_bytes(public_pem(key.public_key()))
    return key


def _make_key(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Linked into place, so that of two processes that start together one key wins for both.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def public_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """The public keys in ``folder`` by fingerprint, those of earlier years included."""
    keys = (load_public(path.read_bytes()) for path in sorted(folder.glob("seal-*.pub")))
    return {fingerprint(key): key for key in keys}


def is_signed(block_hash: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, block_hash)
    except InvalidSignature:
        return False
    return True


def column_values(canonical: bytes) -> dict[str, Any]:
    """An event's canonical bytes as columns, to be read by a person."""
    values: Sequence[Any] = json.loads(canonical)
    return dict(zip(COLUMNS, values, strict=True))
