"""The lobby's clock 大堂时钟: broken promises, appointments, windows that end."""

from __future__ import annotations

import threading

from counterpoint.kit.watch import repeat
from counterpoint.lobby.services.appointments import miss_appointments
from counterpoint.lobby.services.promise_learned import learn_at_night
from counterpoint.lobby.services.promising import break_promises
from counterpoint.lobby.services.reminders import remind_due
from counterpoint.lobby.services.suggestions import end_suggestions

EVERY_SECONDS = 3.0


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Let the clock strike until ``stop`` is set."""
    repeat(
        break_promises, miss_appointments, end_suggestions, remind_due, learn_at_night, stop=stop, every=every
    )
