"""Limits and open requests are looked at again and again 巡检, beside the server: no posting waits for it."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection

from counterpoint.vault.services.limits import note_breaches
from counterpoint.vault.services.marks import mark_stocks
from counterpoint.vault.services.transfers import lapse_requests

log = logging.getLogger("counterpoint.limits")
EVERY_SECONDS = 15.0


def watch_limits(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Clocks of limits, marks in stocks, requests that lapse, until ``stop`` is set; trouble is logged."""
    while not stop.is_set():
        close_old_connections()
        try:
            note_breaches()
            mark_stocks()
            lapse_requests()
        except Exception:
            log.exception("The boxes were not looked at; it is tried again.")
        finally:
            connection.close()
        stop.wait(every)
