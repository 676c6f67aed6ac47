"""Integrals over the time of one replication: busy agents, agents on duty, people in line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Areas:
    """Agent-time of one group."""

    busy: float = 0.0
    scheduled: float = 0.0
    #: Busy beyond the number on duty: who finishes a customer after the end of the shift.
    ghost: float = 0.0
    #: Busy while at least one is on duty.
    attended: float = 0.0

    def add(self, length: float, busy: int, agents: int) -> None:
        self.busy += length * busy
        self.scheduled += length * agents
        if busy > agents:
            self.ghost += length * (busy - agents)
        if agents > 0:
            self.attended += length * busy


class Gauge:
    """``open`` holds what fell into the opening time, ``after`` what came later."""

    def __init__(self, groups: int, kinds: int, opens: float, closes: float) -> None:
        self.opens, self.closes = opens, closes
        self.open = [Areas() for _ in range(groups)]
        self.after = [Areas() for _ in range(groups)]
        self._areas = self.open
        self._since = [opens] * groups
        #: Person-time in line, by type: during the opening time, and in all.
        self.line_open = [0.0] * kinds
        self.line_all = [0.0] * kinds

    def change(self, group: int, now: float, busy: int, agents: int) -> None:
        """Call before ``busy`` or ``agents`` of a group change."""
        length = now - self._since[group]
        if length > 0:
            self._areas[group].add(length, busy, agents)
            self._since[group] = now

    def restart(self, now: float) -> None:
        """Forget what was before."""
        self.open = [Areas() for _ in self._since]
        self._areas = self.open
        self._since = [now] * len(self._since)

    def close(self, now: float) -> None:
        self._areas = self.after
        self._since = [now] * len(self._since)

    def waited(self, kind: int, since: float, until: float) -> None:
        self.line_all[kind] += max(0.0, until - max(since, self.opens))
        inside = min(until, self.closes) - max(since, self.opens)
        if inside > 0:
            self.line_open[kind] += inside

    def finish(self, now: float, busy: list[int], agents: list[int]) -> None:
        for group in range(len(self._since)):
            self.change(group, now, busy[group], agents[group])
        self.finished = now
