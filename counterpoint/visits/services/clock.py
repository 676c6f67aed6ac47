"""The clock of visits 到访时钟, beside the server: hand-offs that nobody accepts go back by themselves."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection

from counterpoint.visits.services.hand_offs import lapse_due

log = logging.getLogger("counterpoint.visits")
EVERY_SECONDS = 2.0


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Let due hand-offs go back until ``stop`` is set; trouble is logged and tried again."""
    while not stop.is_set():
        close_old_connections()
        try:
            lapse_due()
        except Exception:
            log.exception("The hand-offs were not looked at; it is tried again.")
        finally:
            connection.close()
        stop.wait(every)
