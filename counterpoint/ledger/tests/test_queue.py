"""Who may share a batch, and who keeps whose turn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.ledger.engine.queue import Queue


def order(*accounts: int) -> Any:
    return SimpleNamespace(accounts=accounts)


def test_lanes_never_work_on_one_account_together():
    queue = Queue(lanes=2, limit=10, least=10)
    first, second, third = order(1, 2), order(3, 4), order(2, 3)
    queue.put(first)
    taken = queue.take()
    queue.put(second)
    queue.put(third)
    assert taken == [first]
    assert queue.take() == [second]
    assert queue.take() == []
    queue.release(taken)
    assert queue.take() == [], "account 3 is still busy"
    queue.release([second])
    assert queue.take() == [third]


def test_nothing_overtakes_what_waits_on_one_of_its_accounts():
    queue = Queue(lanes=2, limit=10, least=10)
    running, waiting, later = order(1, 2), order(2, 3), order(3, 4)
    queue.put(running)
    taken = queue.take()
    queue.put(waiting)
    queue.put(later)
    assert queue.take() == []
    queue.release(taken)
    assert queue.take() == [waiting, later]


def test_one_lane_leaves_work_for_the_others():
    queue = Queue(lanes=4, limit=100, least=2)
    for number in range(40):
        queue.put(order(number))
    assert len(queue.take()) == 10


def test_a_waiting_lane_is_woken_by_work_and_by_accounts_that_become_free():
    queue = Queue(lanes=2, limit=10, least=10)
    woken: list[int] = []
    queue.when_ready(lambda: woken.append(1))
    queue.put(order(1))
    assert woken == [1]
    taken = queue.take()
    queue.put(order(1))
    queue.when_ready(lambda: woken.append(2))
    assert woken == [1]
    queue.release(taken)
    assert woken == [1, 2]


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(1, 5), min_size=1, max_size=3), max_size=30), st.randoms())
def test_every_order_is_served_once_and_in_turn_on_each_account(wishes: list[set[int]], chance: Any) -> None:
    queue = Queue(lanes=3, limit=4, least=1)
    orders = [order(*wish) for wish in wishes]
    rest, running, served = list(orders), [], []
    while rest or running or queue.outstanding:
        step = chance.random()
        if rest and step < 0.4:
            queue.put(rest.pop(0))
        elif running and step < 0.7:
            queue.release(running.pop(chance.randrange(len(running))))
        elif len(running) < 3 and (taken := queue.take()):
            busy = {account for batch in running for one in batch for account in one.accounts}
            assert busy.isdisjoint({account for one in taken for account in one.accounts})
            running.append(taken)
            served.extend(taken)
    for account in range(1, 6):
        assert [o for o in served if account in o.accounts] == [o for o in orders if account in o.accounts]
