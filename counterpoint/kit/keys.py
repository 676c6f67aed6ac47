"""Client-made keys 幂等键: one per opened form, so that a repeated press posts once."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Mapping
from typing import Any
from uuid import UUID

#: Randomness drawn ahead: a call into the kernel for every key is dearer than the rest of the key.
_chances: deque[int] = deque()
os.register_at_fork(after_in_child=_chances.clear)  # or both would make the same keys


def _draw() -> int:
    """Fill the store of random numbers, each of 80 bits, and take one."""
    drawn = os.urandom(10 * 128)
    _chances.extend(int.from_bytes(drawn[at : at + 10]) for at in range(10, len(drawn), 10))
    return int.from_bytes(drawn[:10])


def new_key() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7): neighbours in time are neighbours in the index.

    An identifier only. Nothing is ever ordered by it, as the clock can go back.
    """
    stamp = time.time_ns() // 1_000_000
    try:
        chance = _chances.pop()
    except IndexError:
        chance = _draw()
    return UUID(
        int=stamp << 80 | 7 << 76 | (chance >> 62 & 0xFFF) << 64 | 0b10 << 62 | chance & (1 << 62) - 1
    )


def key_from(text: str, *, owner: str) -> UUID:
    """The key for a client's own ``Idempotency-Key`` text, apart for each ``owner``.

    Deterministic, so that the same text from the same client is the same key.
    """
    digest = hashlib.sha256(f"{owner}\x1f{text}".encode()).digest()
    value = int.from_bytes(digest[:16])
    return UUID(int=value & ~(0xF << 76) & ~(0b11 << 62) | 8 << 76 | 0b10 << 62)


def digest(payload: Mapping[str, Any]) -> str:
    """The hash that an approval is bound to: of the one text that means ``payload``, sorted, tight, no floats
    that are no numbers.
    """
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
