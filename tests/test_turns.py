"""Whose turn it is: a press before what only keeps a screen fresh, and nobody waits for ever."""

from __future__ import annotations

import asyncio

import pytest

from counterpoint.site.turns import USUAL, Turns, urgency


def scope(method="GET", **headers):
    return {"method": method, "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}


@pytest.mark.parametrize(
    ("priority", "said"),
    [("u=6", 6), ("i, u=5", 5), ("u=7,i", 7), ("u=0", 0), ("u=9", USUAL), ("menu=6", USUAL), ("", USUAL)],
)
def test_what_reads_says_how_urgent_it_is(priority, said):
    assert urgency(scope(priority=priority)) == said


def test_without_a_word_and_for_a_press_it_is_as_usual():
    assert urgency(scope()) == USUAL
    assert urgency(scope("POST", priority="u=6")) == USUAL


class Work:
    """Requests that run until they are told to end, and the order in which they began."""

    def __init__(self, **more):
        self.turns, self.began, self.tasks, self.ends = Turns(**more), [], {}, {}

    async def comes(self, name, *, background=False, urgency=USUAL):
        self.ends[name] = asyncio.Event()

        async def run():
            async with self.turns.turn(urgency=6 if background else urgency):
                self.began.append(name)
                await self.ends[name].wait()

        self.tasks[name] = asyncio.create_task(run())
        await asyncio.sleep(0.01)

    async def ends_now(self, name):
        self.ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0.01)


def test_a_press_passes_what_waits_in_the_background():
    async def story():
        work = Work(together=1, patience=60)
        await work.comes("press")
        await work.comes("fresh", background=True)
        await work.comes("second press")
        assert work.began == ["press"]
        await work.ends_now("press")
        assert work.began == ["press", "second press"]
        await work.ends_now("second press")
        assert work.began == ["press", "second press", "fresh"]
        await work.ends_now("fresh")

    asyncio.run(story())


def test_the_most_urgent_goes_first():
    async def story():
        work = Work(together=1)
        for name, said in (("press", USUAL), ("list", USUAL), ("answer", 1)):
            await work.comes(name, urgency=said)
        for name in ("press", "answer", "list"):
            await work.ends_now(name)
        assert work.began == ["press", "answer", "list"]

    asyncio.run(story())


def test_the_background_comes_one_by_one_and_never_holds_a_press_up():
    async def story():
        work = Work(together=2, patience=60)
        await work.comes("fresh", background=True)
        await work.comes("fresher", background=True)
        await work.comes("press")
        assert work.began == ["fresh", "press"]
        for name in ("fresh", "press", "fresher"):
            await work.ends_now(name)
        assert work.began == ["fresh", "press", "fresher"]

    asyncio.run(story())


def test_what_has_waited_long_enough_goes_beside_the_presses():
    async def story():
        work = Work(together=1, patience=0.05)
        await work.comes("press")
        await work.comes("fresh", background=True)
        assert work.began == ["press"]
        await asyncio.wait_for(_until(lambda: "fresh" in work.began), 5)
        for name in ("press", "fresh"):
            await work.ends_now(name)

    asyncio.run(story())


def test_whoever_goes_away_while_waiting_takes_no_turn():
    async def story():
        work = Work(together=1, patience=60)
        await work.comes("press")
        await work.comes("gone")
        await work.comes("last")
        work.tasks["gone"].cancel()
        await asyncio.gather(work.tasks["gone"], return_exceptions=True)
        await work.ends_now("press")
        assert work.began == ["press", "last"]
        await work.ends_now("last")

    asyncio.run(story())


async def _until(true):
    while not true():
        await asyncio.sleep(0.01)
