"""Work beside the server 后台循环: done again and again, until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

log = logging.getLogger("counterpoint.watch")


def repeat(*works: Callable[[], object], stop: threading.Event, every: float) -> None:
    """Do each of ``works`` every so many seconds until ``stop`` is set.

    Trouble is logged, and tried again the next time; the works behind one in trouble are done all the same.
    """
    while not stop.is_set():
        close_old_connections()
        for work in works:
            try:
                work()
            except Exception:
                log.exception("%s failed; it is tried again.", work.__qualname__)
        connection.close()
        stop.wait(every)
