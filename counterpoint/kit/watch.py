"""Work beside the server 后台循环: done again and again, until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

log = logging.getLogger("counterpoint.watch")


def repeat(work: Callable[[], object], stop: threading.Event, *, every: float) -> None:
    """Do ``work`` every so many seconds until ``stop`` is set; trouble is logged, and it is tried again."""
    while not stop.is_set():
        close_old_connections()
        try:
            work()
        except Exception:
            log.exception("%s failed; it is tried again.", work.__qualname__)
        finally:
            connection.close()
        stop.wait(every)
