"""What org brings to the day: no more postings, and seals over everything."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit import clock, sealer
from counterpoint.org import queries_closing
from counterpoint.org.data import Finding, Gate, Report, Step
from counterpoint.org.services import closing, running
from counterpoint.people.data import Duty

#: The sealer works seconds behind; what waits for longer says that it stands still.
SEAL_LAG = timedelta(minutes=10)
PATIENCE = 5.0


def seal_gate(branch: int, day: date) -> list[Finding]:
    """Events that the sealer has left behind 未封存事件."""
    count, oldest = queries_closing.unsealed(branch)
    if not count or oldest is None or clock.now() - oldest < SEAL_LAG:
        return []
    said = _("%(count)s events wait for their seal since %(at)s: is the server's sealer running?")
    return [Finding(said % {"count": count, "at": f"{oldest:%Y-%m-%d %H:%M}"})]


def seal_step(branch: int, day: date, report: Report) -> dict[str, Any]:
    """Seal what is final now. What a running transaction still holds back is sealed a moment later."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done = sealer.seal_once()
        if not done.busy and not done.blocks:
            break
        time.sleep(0.2 if done.busy else 0)
    return {"unsealed": queries_closing.unsealed(branch)[0]}


def appear() -> None:
    """Enter the gate and the steps."""
    closing.register_gate(
        Gate("org.sealed", gettext_lazy("Seals"), Duty.DAY_CLOSE, seal_gate, blocking=False, order=60)
    )
    closing.register_step(
        Step(running.SHUT, gettext_lazy("No more postings on this date"), 10, running.shut_day)
    )
    closing.register_step(Step("org.seal", gettext_lazy("Seals"), 90, seal_step, atomic=False))
