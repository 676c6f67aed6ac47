"""One of the processes of ``counterpoint bench lobby-calls``: tellers who press "next" when it is time."""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from counterpoint.site import assembly

THREADS = 8


def main(path: str, place: int, processes: int) -> None:
    """Call at each of this process's desks, when its time has come; print how long each took."""
    assembly.set_up_django()
    from django.db import connection

    from counterpoint.kit import clock
    from counterpoint.kit.data import Actor, ActorKind, Refusal
    from counterpoint.lobby import services as lobby

    given: dict[str, Any] = json.loads(Path(path).read_text())
    orders = list(enumerate(given["desks"]))[place::processes]
    took: list[float] = []
    worked: list[float] = []
    refused: list[str] = []
    ready, start = threading.Barrier(THREADS + 1), threading.Event()
    zero = 0.0

    def press(at: int, order: list[Any]) -> None:
        desk, person, name, branch = order
        due = zero + at / given["rate"]
        time.sleep(max(0.0, due - time.perf_counter()))
        begun = time.perf_counter()
        try:
            lobby.call_next(desk=desk, by=Actor(ActorKind.PERSON, person, name, branch, desk))
        except Refusal as refusal:
            refused.append(refusal.code)
        done = time.perf_counter()
        took.append(done - due)
        worked.append(done - begun)

    def teller(number: int) -> None:
        lobby.board(orders[0][1][3])  # the connection and the rules are there before the first press
        ready.wait()
        start.wait()
        for at, order in orders[number::THREADS]:
            press(at, order)
        connection.close()

    tellers = [threading.Thread(target=teller, args=(number,)) for number in range(THREADS)]
    for one in tellers:
        one.start()
    ready.wait()
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    # Times that several processes share are the clock's; how long something takes is the counter's.
    zero = float(sys.stdin.readline()) - clock.now().timestamp() + time.perf_counter()
    before = time.process_time()
    start.set()
    for one in tellers:
        one.join()
    spent = time.process_time() - before
    sys.stdout.write(json.dumps({"took": took, "worked": worked, "refused": len(refused), "cpu": spent}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
