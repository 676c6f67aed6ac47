"""The line 队列: who came before whom, whatever the clock did, and numbers as people read them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}\Z")


def label(series: str, number: int) -> str:
    """A number as it is printed and spoken: ``A007``."""
    return f"{series}{number:03d}"


def is_code(text: object) -> bool:
    return isinstance(text, str) and _CODE.match(text) is not None


def arrivals(moments: Sequence[datetime], now: datetime) -> list[datetime]:
    """When those in the line came, in the order of their positions, as far as the clock can be believed.

    A clock that went back would let the later come before the earlier, and waits be negative. Who stands
    further in front has waited at least as long as anybody behind, and nobody came after now.
    """
    found: list[datetime] = []
    earliest = now
    for moment in reversed(moments):
        earliest = min(earliest, moment)
        found.append(earliest)
    return found[::-1]


def seconds(start: datetime, end: datetime) -> float:
    """How long from ``start`` to ``end``; a clock that went back makes it nothing, never less."""
    return max(0.0, (end - start).total_seconds())


def clean_words(text: object, longest: int) -> str | None:
    """What somebody wrote, trimmed; ``None`` when it cannot be kept as it is."""
    if not isinstance(text, str):
        return None
    trimmed = " ".join(text.split())
    return trimmed if len(trimmed) <= longest and trimmed.isprintable() else None
