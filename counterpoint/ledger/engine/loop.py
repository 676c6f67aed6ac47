"""The thread that runs the lanes, one for a process, and the way into it from anywhere."""

from __future__ import annotations

import asyncio
import atexit
import gc
import os
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import uvloop
from django.db import connections
from psycopg import pq
from psycopg.conninfo import make_conninfo

from counterpoint.ledger.data import Posted
from counterpoint.ledger.engine.lane import DEADLINE, Lane, unknown
from counterpoint.ledger.engine.order import Order
from counterpoint.ledger.engine.queue import Queue
from counterpoint.ledger.engine.wire import LineBroken, open_line

#: Found by measuring on two cores; see docs/adr/0003-group-posting.md.
LANES = 4
LIMIT = 128
LEAST = 16

#: The plans are for arrays of any length into tables of any size: by index, one row after the other.
SESSION = (
    "SET plan_cache_mode = force_generic_plan",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET enable_seqscan = off",
    "SET lock_timeout = '3s'",
    "SET idle_in_transaction_session_timeout = '10s'",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO'",
)


class Engine:
    """The posting engine of this process. Use ``engine()``."""

    def __init__(self, *, lanes: int = LANES, limit: int = LIMIT, least: int = LEAST) -> None:
        # A posting makes objects that live as long as its batch: searching them for cycles after every
        # few hundred, as is usual, took a tenth of the processor.
        gc.set_threshold(50_000, 20, 100)
        parameters = connections["default"].get_connection_params()
        role = connections["default"].settings_dict["OPTIONS"].get("assume_role")
        for django_only in ("context", "cursor_factory", "client_encoding", "prepare_threshold"):
            parameters.pop(django_only, None)
        self._conninfo = make_conninfo(**parameters, application_name="counterpoint posting")
        self._session = (*SESSION, f'SET ROLE "{role}"') if role else SESSION
        self.database: str = parameters["dbname"]
        self.loop = uvloop.new_event_loop()
        self._connecting = ThreadPoolExecutor(lanes, thread_name_prefix="posting-connect")
        self.loop.set_default_executor(self._connecting)
        self.queue = Queue(lanes=lanes, limit=limit, least=least)
        self.lanes = [Lane(self.queue, self.connect) for _ in range(lanes)]
        self._arrivals: deque[Order] = deque()
        self._called = False
        self._tasks: list[asyncio.Task[None]] = []
        self._thread = threading.Thread(target=self._run, name="posting", daemon=True)
        self._thread.start()

    def connect(self) -> pq.abc.PGconn:
        """A line for a lane."""
        return open_line(self._conninfo, self._session)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self._tasks = [self.loop.create_task(lane.run()) for lane in self.lanes]
        try:
            self.loop.run_forever()
        finally:
            for task in self._tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
            self._take_arrivals()
            unknown(self.queue.drain(), LineBroken("the engine was stopped"))
            # Not waited for: at the interpreter's end no thread can be made to wait in.
            self._connecting.shutdown(wait=False, cancel_futures=True)
            self.loop.close()

    def submit(self, order: Order) -> Future[Posted]:
        """Hand over an order from any thread."""
        order.done = Future()
        order.deadline = time.monotonic() + DEADLINE
        self._arrivals.append(order)
        # One call wakes the loop for all that arrived until it runs.
        if not self._called:
            self._called = True
            self.loop.call_soon_threadsafe(self._take_arrivals)
        return order.done  # type: ignore[no-any-return]

    def _take_arrivals(self) -> None:
        self._called = False
        while self._arrivals:
            self.queue.put(self._arrivals.popleft())

    def submit_here(self, order: Order, queue: Queue | None = None) -> asyncio.Future[Posted]:
        """Hand over an order from a coroutine that runs on this very loop."""
        order.done = self.loop.create_future()
        order.deadline = time.monotonic() + DEADLINE
        (queue or self.queue).put(order)
        return order.done  # type: ignore[no-any-return]

    def stop(self) -> None:
        """End the thread and its connections. Whoever still waits hears that the outcome is unknown."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(timeout=10)


_engine: Engine | None = None
_owner: tuple[int, str] | None = None
_gate = threading.Lock()


def engine() -> Engine:
    """The engine of this process, started at the first posting; anew after a fork."""
    global _engine, _owner
    me = (os.getpid(), str(connections["default"].settings_dict["NAME"]))
    running = _engine
    if running is not None and _owner == me:
        return running
    with _gate:
        if _engine is None or _owner != me:
            if _engine is not None and _owner is not None and _owner[0] == me[0]:
                _engine.stop()
            _engine, _owner = Engine(), me
        return _engine


def stop_engine() -> None:
    """Stop this process's engine; the next posting starts another."""
    global _engine, _owner
    with _gate:
        running, _engine, pid = _engine, None, _owner[0] if _owner else 0
        _owner = None
    if running is not None and pid == os.getpid():
        running.stop()


atexit.register(stop_engine)
