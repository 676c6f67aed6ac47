"""A lane: one connection that takes a batch, commits it and answers, and mends itself when it breaks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _
from psycopg import pq

from counterpoint.kit.data import OutcomeUnknown
from counterpoint.ledger.data import NotPosted, Posted
from counterpoint.ledger.engine.batch import Batch, Statement
from counterpoint.ledger.engine.order import Order
from counterpoint.ledger.engine.queue import Queue
from counterpoint.ledger.engine.wire import LineBroken, ServerError, Wire

log = logging.getLogger(__name__)

BEGIN: Statement = ("BEGIN ISOLATION LEVEL READ COMMITTED", ())
COMMIT: Statement = ("COMMIT", ())
ROLLBACK: Statement = ("ROLLBACK", ())

#: Unique violation, deadlock, serialization: the next try sees what this one ran into.
PASSING = frozenset({"23505", "40P01", "40001"})
#: The server goes away, or does not take connections yet.
LEAVING = frozenset({"57P01", "57P02", "57P03", "08000", "08003", "08006", "53300"})
TRIES = 4

#: Seconds after which a caller hears "unknown" rather than waits for a server that does not come back.
DEADLINE = 5.0


class Lane:
    """Takes batches from ``queue`` for ever. ``connect`` opens a line; it blocks, so it runs in a thread."""

    def __init__(self, queue: Queue, connect: Callable[[], pq.abc.PGconn]) -> None:
        self._queue = queue
        self._connect = connect
        self._wire: Wire | None = None
        self.batches = 0
        self.orders = 0

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                orders = self._queue.take()
                if not orders:
                    ready = loop.create_future()
                    self._queue.when_ready(lambda f=ready: f.done() or f.set_result(None))  # type: ignore[misc]
                    await ready
                    continue
                try:
                    await self._serve(orders)
                finally:
                    unknown(orders, LineBroken("the engine was stopped"))  # whom nobody has answered
                    self._queue.release(orders)
        finally:
            self._drop()

    async def _serve(self, orders: list[Order]) -> None:
        """Bring every order to an answer: together, or one by one when together does not work."""
        try:
            await self._together(orders)
        except ServerError as error:
            if len(orders) == 1:
                log.warning("not posted: %s", error)
                answer(
                    orders[0], NotPosted(_("The posting could not be written."), code_of_server=error.code)
                )
                return
            # One of them carries what the server refuses. Alone, only that one is refused.
            for order in orders:
                await self._serve([order])
        except LineBroken as error:
            unknown(orders, error)
        except Exception as error:
            log.exception("batch failed")
            if len(orders) == 1:
                answer(orders[0], error)
                return
            for order in orders:
                await self._serve([order])

    async def _together(self, orders: list[Order]) -> None:
        tries = 0
        while True:
            try:
                batch = await self._transaction(orders)
            except LineBroken as error:
                self._drop()
                orders = self._expire(orders, error)
                if not orders:
                    return
                await asyncio.sleep(0.05)
                continue
            except ServerError as error:
                tries += 1
                if error.code not in PASSING or tries >= TRIES:
                    raise
                continue
            self.batches += 1
            self.orders += len(orders)
            for index, order in enumerate(orders):
                answer(order, batch.outcomes[index])
            return

    def _expire(self, orders: list[Order], error: LineBroken) -> list[Order]:
        """Those that may still wait. The others hear that nobody knows yet."""
        now = time.monotonic()
        unknown([order for order in orders if order.deadline <= now], error)
        return [order for order in orders if order.deadline > now]

    async def _transaction(self, orders: Sequence[Order]) -> Batch:
        wire = await self._line()
        batch = Batch(orders)
        try:
            rows = await wire.run([BEGIN, *batch.load()])
            batch.read(rows[1:])
            batch.decide()
            await self._end(wire, batch)
        except ServerError as error:
            if error.code in LEAVING:
                raise LineBroken(str(error)) from error
            await self._roll_back(wire)
            raise
        except LineBroken:
            raise
        except Exception:
            await self._roll_back(wire)
            raise
        return batch

    async def _end(self, wire: Wire, batch: Batch) -> None:
        try:
            await wire.run([*batch.write(), COMMIT])
        except LineBroken:
            for order in batch.orders:
                order.lost = True
            raise

    async def _roll_back(self, wire: Wire) -> None:
        try:
            await wire.run([ROLLBACK])
        except ServerError as error:
            raise LineBroken(str(error)) from error

    async def _line(self) -> Wire:
        if self._wire is None:
            line = await asyncio.get_running_loop().run_in_executor(None, self._connect)
            self._wire = Wire(line)
        return self._wire

    def _drop(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()


def answer(order: Order, outcome: Posted | BaseException) -> None:
    """Tell the caller, unless the caller has left."""
    done = order.done
    if done.done():
        return
    if isinstance(outcome, BaseException):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)


def unknown(orders: Sequence[Order], error: LineBroken) -> None:
    for order in orders:
        if order.done.done():
            continue
        refusal = OutcomeUnknown(
            _("The line broke before the answer came. The same key will tell what happened."),
            key=str(order.posting.key),
        )
        refusal.__cause__ = error
        answer(order, refusal)
