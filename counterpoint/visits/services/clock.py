"""The clock of visits 到访时钟, beside the server: what nobody accepts goes back, who left goes."""

from __future__ import annotations

import threading

from counterpoint.kit.watch import repeat
from counterpoint.visits.services.calling import end_left
from counterpoint.visits.services.hand_offs import lapse_due

EVERY_SECONDS = 2.0


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Let due hand-offs go back, and end visits whose customers have left, until ``stop`` is set."""
    repeat(lapse_due, end_left, stop=stop, every=every)
