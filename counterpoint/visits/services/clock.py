"""The clock of visits 到访时钟, beside the server: hand-offs that nobody accepts go back by themselves."""

from __future__ import annotations

import threading

from counterpoint.kit.watch import repeat
from counterpoint.visits.services.hand_offs import lapse_due

EVERY_SECONDS = 2.0


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Let due hand-offs go back until ``stop`` is set."""
    repeat(lapse_due, stop, every=every)
