"""Posting 记账: in groups by the engine, or within another verb's transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from counterpoint.kit.data import Refusal
from counterpoint.ledger.data import Posted, Posting
from counterpoint.ledger.engine import within
from counterpoint.ledger.engine.batch import posted_from
from counterpoint.ledger.engine.loop import engine
from counterpoint.ledger.engine.order import prepare


def post(posting: Posting) -> Posted:
    """Post, together with whatever else is waiting; returns when it is committed.

    Inside an open transaction it is part of that transaction, as ``post_within`` is. Raises a
    ``Refusal``; ``OutcomeUnknown`` means: ask again with the same key.
    """
    order = prepare(posting)
    if connection.in_atomic_block:
        return within.post_order(order)
    return engine().submit(order).result()


async def apost(posting: Posting) -> Posted:
    """``post`` for a coroutine."""
    return await asyncio.wrap_future(engine().submit(prepare(posting)))


def post_within(posting: Posting) -> Posted:
    """Post as a part of the open transaction. The rows stay locked until it ends: keep it short."""
    return within.post_order(prepare(posting))


def posted_by_key(key: UUID) -> Posted | None:
    """What was posted under ``key``, if anything: the answer to an unknown outcome."""
    seen = within.find(key)
    return None if seen is None else posted_from(seen)


def post_many(postings: Sequence[Posting]) -> list[Posted | Exception]:
    """Post several at once; each answer, or why there is none, in its place.

    Those of one account are posted in the order given. A malformed one stops all before any is posted.
    """
    answers: list[Posted | Exception] = []
    if connection.in_atomic_block:
        for order in [prepare(posting) for posting in postings]:
            try:
                answers.append(within.post_order(order))
            except Refusal as refusal:
                answers.append(refusal)
        return answers
    running = [engine().submit(order) for order in [prepare(posting) for posting in postings]]
    for future in running:
        try:
            answers.append(future.result())
        except Exception as trouble:  # each caller's answer is its own, whatever it is
            answers.append(trouble)
    return answers
