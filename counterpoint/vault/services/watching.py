"""Limits and open requests are looked at again and again 巡检, beside the server: no posting waits for it."""

from __future__ import annotations

import threading

from counterpoint.kit.watch import repeat
from counterpoint.vault.services.limits import note_breaches
from counterpoint.vault.services.marks import mark_stocks
from counterpoint.vault.services.transfers import lapse_requests

EVERY_SECONDS = 15.0


def watch_limits(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Clocks of limits, marks in stocks, requests that lapse, until ``stop`` is set."""
    repeat(note_breaches, mark_stocks, lapse_requests, stop=stop, every=every)
