"""The clock of the room: agendas filled in time, late actions told, series carried on, letters written."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from counterpoint.kit import clock
from counterpoint.kit.watch import repeat
from counterpoint.meetings.services import acting, agenda, letters, occurring

EVERY_SECONDS = 60.0
#: How often series are looked through for new days, holidays and people.
CARRY_ON = timedelta(hours=1)


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Keep the room's clock, until ``stop`` is set."""
    carried: list[datetime] = []

    def carry_on() -> None:
        if not carried or clock.now() - carried[-1] >= CARRY_ON:
            occurring.extend_all()
            carried[:] = [clock.now()]

    repeat(agenda.fill_due, acting.escalate_due, carry_on, letters.write_due, stop=stop, every=every)
