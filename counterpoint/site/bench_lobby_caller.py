"""One of the processes of ``counterpoint bench lobby-calls``: tellers who press "next" when it is time.

It lives through all rounds, as a server does: its connections and what it knows of the rules stay. Each
line it reads is a round: what is pressed, when it begins, and the seed of the order.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from counterpoint.site import assembly

THREADS = 8


class Round:
    """One round of this process: every one of its desks presses once, when its time has come."""

    def __init__(self, desks: list[list[Any]], rate: float, press: Callable[[list[Any]], bool]) -> None:
        self.desks, self.rate, self.press = list(enumerate(desks)), rate, press
        self.took: list[float] = []
        self.worked: list[float] = []
        self.refused = 0
        self.together = threading.Barrier(THREADS)

    def teller(self, orders: list[tuple[int, list[Any]]], zero: float) -> None:
        self.together.wait()
        for at, desk in orders:
            due = zero + at / self.rate
            time.sleep(max(0.0, due - time.perf_counter()))
            begun = time.perf_counter()
            self.refused += not self.press(desk)
            done = time.perf_counter()
            self.took.append(done - due)
            self.worked.append(done - begun)

    def run(self, pool: ThreadPoolExecutor, place: int, processes: int, zero: float) -> dict[str, Any]:
        mine, before = self.desks[place::processes], time.process_time()
        each = [pool.submit(self.teller, mine[number::THREADS], zero) for number in range(THREADS)]
        for one in each:
            one.result()
        spent = time.process_time() - before
        return {"took": self.took, "worked": self.worked, "refused": self.refused, "cpu": spent}


def call(order: list[Any]) -> bool:
    """The whole verb, as the desk's button calls it."""
    from counterpoint.kit.data import Actor, ActorKind, Refusal
    from counterpoint.lobby import services as lobby

    desk, person, name, branch = order
    try:
        lobby.call_next(desk=desk, by=Actor(ActorKind.PERSON, person, name, branch, desk))
    except Refusal:
        return False
    return True


def peer(order: list[Any]) -> bool:
    """The least that a queue in PostgreSQL can be: one row taken, with nothing known and nothing recorded."""
    from django.db import connection, transaction

    from counterpoint.lobby import bench

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(bench.PEER_NEXT, [order[3]])
        found = cursor.fetchone()
        if found:
            cursor.execute(bench.PEER_TAKEN, [order[0], found[0]])
    return found is not None


def main(path: str, place: int, processes: int) -> None:
    assembly.set_up_django()
    from counterpoint.kit import clock

    given: dict[str, Any] = json.loads(Path(path).read_text())
    with ThreadPoolExecutor(THREADS) as pool:
        gc.freeze()
        for line in sys.stdin:
            asked = json.loads(line)
            # Times that several processes share are the clock's; how long something takes is the counter's.
            zero = asked["begin"] - clock.now().timestamp() + time.perf_counter()
            desks = list(given["desks"])
            random.Random(asked["seed"]).shuffle(desks)  # noqa: S311
            one = Round(desks, given["rate"], {"call": call, "peer": peer}[asked["press"]])
            sys.stdout.write(json.dumps(one.run(pool, place, processes, zero)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
