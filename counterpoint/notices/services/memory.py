"""Which operations are governed by any notice: remembered, so that the others cost no question."""

from __future__ import annotations

import threading
import time

from counterpoint.notices import queries

#: Another process may have published; this one notices after so many seconds at the latest.
SECONDS = 5.0

_lock = threading.Lock()
_known: tuple[float, frozenset[str]] | None = None


def forget() -> None:
    """A publication changes what is governed: at once here, again when it is committed."""
    global _known
    with _lock:
        _known = None


def governs_any(operation: str) -> bool:
    """May a notice govern this operation? ``False`` is certain; ``True`` has to be looked up."""
    global _known
    known = _known
    if known is None or time.monotonic() - known[0] > SECONDS:
        asked = time.monotonic()
        known = (asked, queries.governed())
        with _lock:
            _known = known
    return operation in known[1]
