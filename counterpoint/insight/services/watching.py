"""The twin's work beside the server 后台推演: answers, and a look at each branch's next hour."""

from __future__ import annotations

import threading
import time

from counterpoint.insight.services import runs, suggesting
from counterpoint.kit import clock
from counterpoint.kit.watch import repeat

EVERY_SECONDS = 1.0


class Work:
    """What is done at each stroke; suggestions only as often as the rule says."""

    def __init__(self) -> None:
        self.looked = 0.0
        self.begun = False

    def strike(self) -> None:
        if not self.begun:
            runs.begin_again()
            self.begun = True
        runs.answer_waiting()
        passed = (time.monotonic() - self.looked) * clock.speed()
        if passed >= suggesting.rule("suggestion_every_minutes") * 60:
            # Before the work: what breaks is tried again at the next look, not at the next stroke.
            self.looked = time.monotonic()
            suggesting.suggest_everywhere()


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Answer and suggest until ``stop`` is set."""
    repeat(Work().strike, stop=stop, every=every)
