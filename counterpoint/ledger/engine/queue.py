"""Which waiting orders may share a batch. One queue for all lanes of a process.

An account that a lane works on is busy; orders that touch it wait for that lane to finish. So lanes
never wait for each other's rows in the server, and an account that everybody wants is worked on by
one lane at a time, in large batches. What waits keeps its turn: no later order overtakes it on any of
its accounts, so postings of one account stand in the order in which they came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from operator import attrgetter

from counterpoint.ledger.engine.order import Order

_turn = attrgetter("turn")


class Queue:
    """Waiting orders, and the lanes that wait for them."""

    def __init__(self, *, lanes: int, limit: int, least: int) -> None:
        self._lanes = lanes
        self._limit = limit
        self._least = least
        self._ready: deque[Order] = deque()
        self._blocked: list[Order] = []
        self._busy: set[int] = set()
        self._wanted: set[int] = set()  # the accounts of all that is blocked: newcomers stay behind it
        self._passed: set[int] = set()  # of what was blocked when its turn came: the ready stay behind that
        self._idle: list[Callable[[], None]] = []
        self._turns = 0
        self.outstanding = 0

    def put(self, order: Order) -> None:
        self.outstanding += 1
        self._turns += 1
        order.turn = self._turns
        if self._busy.isdisjoint(order.accounts) and self._wanted.isdisjoint(order.accounts):
            self._ready.append(order)
            if self._idle:
                self._idle.pop()()
        else:
            self._blocked.append(order)
            self._wanted.update(order.accounts)

    def take(self) -> list[Order]:
        """Orders for one batch; their accounts are busy from now on, until ``release``.

        Not all of them at once: a lane that swallowed everything would leave the others, and with
        them the server or this processor, without work.
        """
        limit = min(self._limit, max(self._least, -(-self.outstanding // self._lanes)))
        taken: list[Order] = []
        ready = self._ready
        while ready and len(taken) < limit:
            order = ready.popleft()
            if self._busy.isdisjoint(order.accounts) and self._passed.isdisjoint(order.accounts):
                taken.append(order)
            else:
                self._blocked.append(order)
                self._wanted.update(order.accounts)
                self._passed.update(order.accounts)
        for order in taken:
            self._busy.update(order.accounts)
        return taken

    def release(self, taken: list[Order]) -> None:
        """A batch is done: its accounts are free, and what waited for them may go."""
        self.outstanding -= len(taken)
        for order in taken:
            self._busy.difference_update(order.accounts)
        if self._blocked:
            # Both are nearly in turn already, so this is a merge.
            self._ready = deque(sorted([*self._blocked, *self._ready], key=_turn))
            self._blocked.clear()
            self._wanted.clear()
            self._passed.clear()
        while self._ready and self._idle:
            self._idle.pop()()

    def drain(self) -> list[Order]:
        """All that waits, taken out."""
        left = [*self._ready, *self._blocked]
        self._ready.clear()
        self._blocked.clear()
        self._wanted.clear()
        self._passed.clear()
        self.outstanding -= len(left)
        return left

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` once when there is something to take."""
        self._idle.append(wake)
