"""The live door, over real sockets and a real LISTEN connection."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvicorn
from django.core import signing

from counterpoint.kit import live
from counterpoint.kit.data import Actor, ActorKind
from counterpoint.kit.embedded import Server
from counterpoint.kit.journal import signal

WANG = Actor(kind=ActorKind.PERSON, id=12, name="王芳", branch=3, desk=1)
QUICK = live.Limits(heartbeat=0.3, life=60.0)
Test = Callable[..., Coroutine[Any, Any, None]]


def told(test: Test) -> Callable[..., None]:
    """Run an async test, and never longer than half a minute."""

    def run(**fixtures: Any) -> None:
        async def limited() -> None:
            async with asyncio.timeout(30):
                await test(**fixtures)

        asyncio.run(limited())

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    run.__signature__ = inspect.signature(test)  # type: ignore[attr-defined]
    return run


@asynccontextmanager
async def opened(limits: live.Limits = QUICK, dsn: str = "") -> AsyncIterator[tuple[live.Door, int]]:
    """A door behind uvicorn on a free port of 127.0.0.1."""
    door = live.Door(dsn or os.environ["DATABASE_URL"], limits)
    configuration = uvicorn.Config(
        door, host="127.0.0.1", port=0, log_level="critical", ws="none", timeout_graceful_shutdown=1
    )  # type: ignore[arg-type]
    server = uvicorn.Server(configuration)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    assert door.hub is not None
    await door.hub.listening.wait()
    try:
        yield door, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


class Page:
    """A browser's stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.status = reader, writer, 0
        self.headers: dict[str, str] = {}
        self.beats = 0

    async def event(self, seconds: float = 5.0) -> tuple[str, Any] | None:
        """The next event, or None when the stream has ended."""
        async with asyncio.timeout(seconds):
            name = ""
            while line := await self.reader.readline():
                text = line.decode().strip()
                if text == "0":
                    return None  # The closing chunk; the connection itself may live on.
                self.beats += text == ": beat"
                if text.startswith("event: "):
                    name = text.removeprefix("event: ")
                elif text.startswith("data: "):
                    return name, json.loads(text.removeprefix("data: "))
            return None

    async def nothing(self, seconds: float = 0.4) -> bool:
        try:
            await self.event(seconds)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def page(port: int, ticket: str, method: str = "GET") -> AsyncIterator[Page]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} /live/?ticket={ticket} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    opened_page = Page(reader, writer)
    opened_page.status = int((await reader.readline()).split()[1])
    while line := (await reader.readline()).strip():
        name, _, value = line.decode().partition(": ")
        opened_page.headers[name.lower()] = value
    if opened_page.status == 200:
        while b"retry" not in await reader.readline():
            pass
    try:
        yield opened_page
    finally:
        writer.close()


async def announce(event: int, verb: str, channels: list[str], dsn: str = "") -> None:
    async with await psycopg.AsyncConnection.connect(
        dsn or os.environ["DATABASE_URL"], autocommit=True
    ) as line:
        await line.execute("SELECT pg_notify(%s, %s)", [live.SIGNAL, signal(event, verb, channels)])


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def ticket(*channels: str) -> str:
    return live.ticket_for(WANG, channels or ("person:12", "branch:3"))


@told
async def test_a_signal_reaches_the_pages_of_its_channels_and_no_others() -> None:
    async with opened() as (_, port), page(port, ticket()) as mine, page(port, ticket("branch:4")) as other:
        await announce(7, "teller.cash.paid_in", ["branch:3", "account:9", "person:12"])
        assert await mine.event() == (
            "signal",
            {"e": 7, "v": "teller.cash.paid_in", "c": ["branch:3", "person:12"]},
        )
        assert await other.nothing()
        assert mine.headers["content-type"].startswith("text/event-stream")
        assert mine.headers["cache-control"] == "no-store"


@told
async def test_what_was_signalled_between_the_page_and_its_stream_is_not_lost() -> None:
    async with opened() as (_, port):
        early = ticket()
        await announce(8, "a.b.c", ["branch:3"])
        await asyncio.sleep(0.1)
        async with page(port, early) as mine, page(port, ticket()) as later:
            assert await mine.event() == ("signal", {"e": 8, "v": "a.b.c", "c": ["branch:3"]})
            assert await later.nothing()


@pytest.mark.parametrize("kind", ["none", "forged", "altered", "foreign", "expired"])
def test_without_a_good_ticket_the_door_stays_shut(kind: str) -> None:
    good = ticket()
    bad = {
        "none": "",
        "forged": "abc:def:ghi",
        "altered": good[:-2] + ("AA" if not good.endswith("AA") else "BB"),
        "foreign": signing.dumps({"p": 1, "d": None, "b": 3, "c": ["branch:3"], "t": 0}, salt="other"),
        "expired": good,
    }[kind]

    async def knock() -> None:
        limits = live.Limits(ticket=-1) if kind == "expired" else QUICK
        async with opened(limits) as (door, port), page(port, bad) as refused:
            assert refused.status == 403
            assert door.hub is not None
            assert not door.hub.streams

    asyncio.run(knock())


@told
async def test_only_get_opens_a_stream() -> None:
    async with opened() as (_, port), page(port, ticket(), method="POST") as refused:
        assert refused.status == 405


@told
async def test_a_suspended_persons_streams_end_and_nobody_elses() -> None:
    colleague = Actor(kind=ActorKind.PERSON, id=13, name="李娜", branch=3)
    async with (
        opened() as (_, port),
        page(port, ticket()) as mine,
        page(port, live.ticket_for(colleague, ["branch:3"])) as other,
    ):
        await announce(9, "people.staff.suspended", ["branch:3", "person:12"])
        assert (await mine.event() or ("",))[0] == "signal"
        assert await mine.event() == ("ended", {})
        assert await mine.event() is None
        assert (await other.event() or ("",))[0] == "signal"
        assert await other.nothing()


@told
async def test_a_person_is_found_even_when_the_page_did_not_ask_for_that_channel() -> None:
    async with opened() as (_, port), page(port, ticket("branch:3")) as mine:
        await announce(9, "people.staff.suspended", ["branch:4", "person:12"])
        assert await mine.event() == ("ended", {})


@told
async def test_a_guest_hears_what_its_pass_names_and_nobodys_own_channel() -> None:
    async with opened() as (_, port), page(port, live.guest_ticket(["display:3"])) as display:
        await announce(8, "lobby.service.parked", ["lobby:3", "person:0", "person:12"])
        await announce(9, "lobby.ticket.called", ["branch:3", "display:3"])
        event = await display.event()
        assert event == ("signal", {"e": 9, "v": "lobby.ticket.called", "c": ["display:3"]})
        assert await display.nothing()


@told
async def test_a_ticket_made_before_the_suspension_opens_nothing_that_lasts() -> None:
    async with opened() as (_, port):
        before = ticket()
        await announce(9, "people.staff.suspended", ["person:12"])
        await asyncio.sleep(0.1)
        async with page(port, before) as mine:
            while (event := await mine.event()) != ("ended", {}):
                assert event is not None
            assert await mine.event() is None


@told
async def test_a_quiet_stream_beats_and_an_old_one_ends() -> None:
    async with opened(live.Limits(heartbeat=0.1, life=2)) as (_, port), page(port, ticket()) as mine:
        assert await mine.event() == ("ended", {})
        assert mine.beats


@told
async def test_a_page_that_goes_away_is_forgotten() -> None:
    async with opened() as (door, port):
        hub = door.hub
        assert hub is not None
        async with page(port, ticket()):
            await until(lambda: len(hub.streams) == 1)
        await until(lambda: not hub.streams)
        assert hub.by_channel == {}


@told
async def test_more_streams_than_the_door_bears_are_turned_away() -> None:
    async with (
        opened(live.Limits(streams=1)) as (_, port),
        page(port, ticket()),
        page(port, ticket()) as second,
    ):
        assert second.status == 503


@told
async def test_garbage_on_the_channel_harms_nobody() -> None:
    async with opened() as (_, port), page(port, ticket()) as mine:
        async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as line:
            for payload in ("", "{", "[]", '{"e": "x", "v": 1, "c": 5}', '{"e": 1}'):
                await line.execute("SELECT pg_notify(%s, %s)", [live.SIGNAL, payload])
        await announce(10, "a.b.c", ["branch:3"])
        assert await mine.event() == ("signal", {"e": 10, "v": "a.b.c", "c": ["branch:3"]})


@told
async def test_a_page_that_does_not_read_holds_a_bounded_backlog_and_then_fetches_everything() -> None:
    door = live.Door(os.environ["DATABASE_URL"], live.Limits(waiting=8))
    sent: list[bytes] = []
    gate = asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))
        if len(sent) > 2:
            await gate.wait()

    async def receive() -> Any:
        await asyncio.sleep(3600)

    scope = {"type": "http", "method": "GET", "query_string": f"ticket={ticket()}".encode()}
    serving = asyncio.create_task(door(scope, receive, send))
    await until(lambda: door.hub is not None and len(door.hub.streams) == 1)
    hub = door.hub
    assert hub is not None
    await hub.listening.wait()
    stream = next(iter(hub.streams))
    for number in range(1000):
        hub.pass_on(signal(number, "a.b.c", ["branch:3"]))
        if number == 3:
            await asyncio.sleep(0.05)
        assert len(stream.waiting) <= 8
    gate.set()
    await until(lambda: any(live.RESYNC in piece for piece in sent[3:]))
    await hub.stop()
    await serving
    assert hub.streams == set()


@told
async def test_a_page_whose_line_is_stuck_is_given_up() -> None:
    door = live.Door(os.environ["DATABASE_URL"], live.Limits(stuck=0.1))

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(3600)

    scope = {"type": "http", "method": "GET", "query_string": f"ticket={ticket()}".encode()}
    await door(scope, lambda: _forever(), send)
    assert door.hub is not None
    assert door.hub.streams == set()
    await door.hub.stop()


def _forever() -> Awaitable[Any]:
    return asyncio.sleep(3600)


@pytest.mark.slow
@told
async def test_after_the_server_restarts_pages_fetch_everything_and_hear_again(tmp_path: Path) -> None:
    server = Server(tmp_path, settings={"fsync": "off"})
    await asyncio.to_thread(server.start)
    try:
        async with opened(dsn=server.url) as (door, port), page(port, ticket()) as mine:
            hub = door.hub
            assert hub is not None
            # The page's ticket is younger than the LISTEN, so nothing is fetched twice at the start.
            assert await mine.nothing(0.2)
            await asyncio.to_thread(server.stop)
            await until(lambda: not hub.listening.is_set())
            await asyncio.to_thread(server.start)
            assert await mine.event(15) == ("resync", {})
            await announce(11, "a.b.c", ["branch:3"], server.url)
            assert await mine.event() == ("signal", {"e": 11, "v": "a.b.c", "c": ["branch:3"]})
    finally:
        await asyncio.to_thread(server.stop)


@told
async def test_a_verbs_signal_is_what_the_door_understands() -> None:
    async with opened() as (door, _):
        hub = door.hub
        assert hub is not None
        hub.pass_on(signal(12, "people.staff.added", ["branch:3"]))
        assert hub.recent[-1][1:] == (("branch:3",), {"e": 12, "v": "people.staff.added"})
        # Which thing it is about is passed on to whoever hears a channel.
        hub.pass_on(signal(13, "approvals.request.claimed", ["approvals:3"], "request:17"))
        assert hub.recent[-1][2]["a"] == "request:17"


@told
async def test_five_thousand_pages_hear_one_signal() -> None:
    hub = live.Hub(os.environ["DATABASE_URL"])
    checked = live.read_ticket(ticket())
    streams = [hub.add(checked) for _ in range(5000)]
    hub.pass_on(signal(1, "a.b.c", ["branch:3"]))
    assert all(stream is not None and len(stream.waiting) == 1 for stream in streams)
