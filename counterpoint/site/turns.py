"""Whose turn it is 先后: what somebody waits for goes before what only keeps a screen fresh.

One process serves a branch, and Python computes one thing at a time. A signal makes many pages fetch in
the same moment, and without an order a press would wait behind all of them.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count
from typing import Any

#: RFC 9218, section 4.1: urgency from 0 to 7, without a word 3; from 5 on it is work in the background.
URGENCY = re.compile(rb"(?:^|[,\s])u=([0-7])")
USUAL, BACKGROUND = 3, 5
#: Background work waits for a quiet moment, but no longer than this; so a busy day does not starve it.
PATIENCE = 1.0


def urgency(scope: dict[str, Any]) -> int:
    """What the request says of itself by its ``Priority``; only what reads may."""
    if scope["method"] == "GET":
        for name, value in scope["headers"]:
            if name == b"priority" and (said := URGENCY.search(value)):
                return int(said[1])
    return USUAL


class Turns:
    """Counts what runs. ``together`` presses and parts at once, the most urgent first and then as they
    came; one background request beside nothing, or after ``patience`` seconds beside the others.
    """

    def __init__(self, *, together: int, patience: float = PATIENCE) -> None:
        self._together, self._patience = together, patience
        self._running = self._behind = 0
        self._first: list[tuple[int, int, asyncio.Future[None]]] = []
        self._came = count()
        self._later: deque[tuple[float, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def turn(self, *, urgency: int = USUAL) -> AsyncIterator[None]:
        """Wait for the turn, and have it."""
        background = urgency >= BACKGROUND
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        if background:
            self._later.append((loop.time() + self._patience, mine))
            loop.call_later(self._patience, self._call)
        else:
            heappush(self._first, (urgency, next(self._came), mine))
        self._call()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._end(background)
            raise
        try:
            yield
        finally:
            self._end(background)

    def _end(self, background: bool) -> None:
        if background:
            self._behind -= 1
        else:
            self._running -= 1
        self._call()

    def _call(self) -> None:
        while self._first and self._running < self._together:
            self._running += _begin(heappop(self._first)[2])
        now = asyncio.get_running_loop().time()
        while self._later and not self._behind and (not self._running or self._later[0][0] <= now):
            self._behind += _begin(self._later.popleft()[1])


def _begin(turn: asyncio.Future[None]) -> int:
    """Give the turn, unless whoever waited for it is gone."""
    if turn.done():
        return 0
    turn.set_result(None)
    return 1
