"""The live door 实时通道: server-sent events for thousands of pages over one ``LISTEN`` connection.

An ASGI application of its own, without the ORM. A page brings a short-lived signed ticket that
names the person, the desk, the branch and the channels; the door only checks the signature. What
it passes on is an event's id, its verb and its channels, never business data: the page fetches
again what it shows, under its own rights.

    GET /live/?ticket=…   → event: signal   data: {"e": 812, "v": "teller.cash.paid_in", "c": ["branch:3"]}
                            event: resync   something may have been missed: fetch everything again
                            event: ended    the person's right has ended, or the stream's life has
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.core import signing

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
#: When a signal came, its channels, its event and verb.
Heard = tuple[float, tuple[str, ...], dict[str, Any]]

#: The PostgreSQL channel; the same as ``journal.SIGNAL``, which cannot be imported without models.
SIGNAL = "counterpoint"
SALT = "counterpoint.live"
TICKET_SECONDS = 120

#: Verbs that end the streams of the person on whose channel they are signalled; their room names them.
ENDING: set[str] = set()


def end_streams_on(verb: str) -> None:
    """Let ``verb``, signalled on ``person:<id>``, end that person's streams."""
    ENDING.add(verb)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a checked ticket says."""

    person: int
    desk: int | None
    branch: int | None
    channels: tuple[str, ...]
    made: float


class TicketRefused(Exception):
    """The ticket is missing, forged or too old."""


def ticket_for(actor: Actor, channels: Iterable[str], *, since: datetime | None = None) -> str:
    """The signed pass with which a page may listen to ``channels``; good for two minutes.

    ``since`` is when the page began to be read: what is signalled from then on is not in it.
    """
    body = {
        "p": actor.id,
        "d": actor.desk,
        "b": actor.branch,
        "c": list(channels),
        "t": (since or clock.now()).timestamp(),
    }
    return signing.dumps(body, salt=SALT)


def guest_ticket(channels: Iterable[str], *, since: datetime | None = None) -> str:
    """The pass of a page without sign-in 免登录: for what its own secret opens, and bound to that.

    It names nobody, so nobody's channel comes with it; it is as short-lived as any other.
    """
    return ticket_for(Actor(kind=ActorKind.SYSTEM, id=0, name=""), channels, since=since)


def read_ticket(text: str, *, seconds: float = TICKET_SECONDS) -> Ticket:
    """Check the signature and the age of a ticket."""
    try:
        body = signing.loads(text, salt=SALT, max_age=timedelta(seconds=seconds))
        return Ticket(int(body["p"]), body["d"], body["b"], tuple(body["c"]), float(body["t"]))
    except (signing.BadSignature, ValueError, KeyError, TypeError) as error:
        raise TicketRefused(str(error)) from error


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the door bears."""

    streams: int = 10_000
    waiting: int = 64
    heartbeat: float = 20.0
    life: float = 900.0
    stuck: float = 30.0
    remembered: int = 4096
    ticket: float = TICKET_SECONDS


@dataclass(eq=False, slots=True)
class Stream:
    """One open page. What it has not taken yet waits here, up to a bound."""

    ticket: Ticket
    bound: int
    waiting: deque[bytes] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def put(self, piece: bytes) -> None:
        """Queue ``piece``. A page that is too slow gets one "fetch again" in place of the backlog."""
        if len(self.waiting) >= self.bound:
            self.waiting.clear()
            piece = RESYNC
        self.waiting.append(piece)
        self.news.set()

    def end(self) -> None:
        self.ended = True
        self.news.set()


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


RESYNC = _event("resync", {})
ENDED = _event("ended", {})
BEAT = b": beat\n\n"


class Hub:
    """The one ``LISTEN`` connection of this process, and the streams it feeds."""

    def __init__(self, dsn: str, limits: Limits | None = None) -> None:
        self.dsn = dsn
        self.limits = limits or Limits()
        self.streams: set[Stream] = set()
        self.by_channel: dict[str, set[Stream]] = {}
        self.recent: deque[Heard] = deque(maxlen=self.limits.remembered)
        self.listening = asyncio.Event()
        self.listening_since = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._listen_forever())

    async def stop(self) -> None:
        for stream in self.streams:
            stream.end()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen_forever(self) -> None:
        pause = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.dsn, autocommit=True, connect_timeout=5
                ) as connection:
                    await connection.execute(f"LISTEN {SIGNAL}")
                    pause = 0.1
                    self._restored()
                    await self._listen(connection)
            except psycopg.Error:
                self.listening.clear()
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311
            pause = min(pause * 2, 5.0)

    async def _listen(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for notice in connection.notifies(timeout=self.limits.heartbeat):
                self.pass_on(notice.payload)
            # A connection whose line was cut says nothing; a question finds out.
            await connection.execute("SELECT 1")

    def _restored(self) -> None:
        """The line stands (again): whatever was signalled before is lost, so everybody fetches again."""
        self.listening_since = clock.now().timestamp()
        self.recent.clear()
        self.listening.set()
        for stream in self.streams:
            stream.put(RESYNC)

    def pass_on(self, payload: str) -> None:
        """Give one announced signal to the streams of its channels."""
        try:
            signal = json.loads(payload)
            channels = tuple(str(channel) for channel in signal["c"])
            head = {"e": int(signal["e"]), "v": str(signal["v"])}
            if "a" in signal:
                head["a"] = str(signal["a"])
        except (ValueError, KeyError, TypeError):
            return
        self.recent.append((clock.now().timestamp(), channels, head))
        # A branch of pages hears the same: what they are sent is made once.
        made: dict[tuple[str, ...], bytes] = {}
        for stream in {s for channel in channels for s in self.by_channel.get(channel, ())}:
            self._give(stream, channels, head, made)

    def _give(
        self, stream: Stream, channels: tuple[str, ...], head: dict[str, Any],
        made: dict[tuple[str, ...], bytes],
    ) -> None:  # fmt: skip
        heard = tuple(channel for channel in channels if channel in stream.ticket.channels)
        if heard:
            if heard not in made:
                made[heard] = _event("signal", {**head, "c": heard})
            stream.put(made[heard])
        if head["v"] in ENDING and f"person:{stream.ticket.person}" in channels:
            stream.end()

    def add(self, ticket: Ticket) -> Stream | None:
        """Open a stream, and hand it what was signalled since its page was made. None when full."""
        if len(self.streams) >= self.limits.streams:
            return None
        stream = Stream(ticket, self.limits.waiting)
        self.streams.add(stream)
        for channel in {*ticket.channels, f"person:{ticket.person}"}:
            self.by_channel.setdefault(channel, set()).add(stream)
        forgotten = len(self.recent) == self.recent.maxlen and self.recent[0][0] > ticket.made
        if ticket.made < self.listening_since or forgotten:
            stream.put(RESYNC)
        else:
            for at, channels, head in self.recent:
                if at >= ticket.made:
                    self._give(stream, channels, head, {})
        return stream

    def remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for channel in {*stream.ticket.channels, f"person:{stream.ticket.person}"}:
            listeners = self.by_channel.get(channel)
            if listeners is not None:
                listeners.discard(stream)
                if not listeners:
                    del self.by_channel[channel]


class Door:
    """The ASGI application around one hub."""

    def __init__(self, dsn: str | None = None, limits: Limits | None = None) -> None:
        self._dsn = dsn
        self.limits = limits or Limits()
        self.hub: Hub | None = None

    def _open(self) -> Hub:
        if self.hub is None:
            dsn = self._dsn or os.environ.get("DATABASE_URL", "postgresql:///counterpoint")
            self.hub = Hub(dsn, self.limits)
        self.hub.start()
        return self.hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._stream(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._open()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self.hub is not None:
                    await self.hub.stop()
                    self.hub = None
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await _answer(send, 405, "method_not_allowed")
            return
        given = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        try:
            ticket = read_ticket(given, seconds=self.limits.ticket)
        except TicketRefused:
            await _answer(send, 403, "ticket_refused")
            return
        hub = self._open()
        stream = hub.add(ticket)
        if stream is None:
            await _answer(send, 503, "too_many_streams")
            return
        gone = asyncio.ensure_future(_disconnected(receive))
        gone.add_done_callback(lambda _: stream.end())
        try:
            await self._feed(stream, send)
        except (OSError, TimeoutError):
            pass  # The page went away or no longer reads; it comes back with a new ticket.
        finally:
            hub.remove(stream)
            gone.cancel()

    async def _feed(self, stream: Stream, send: Send) -> None:
        """Send what waits, a heartbeat when nothing does, and the end."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await self._send(send, b"retry: 3000\n\n")
        # Not all in the same second, when they were all opened in the same second.
        until = time.monotonic() + self.limits.life * random.uniform(0.8, 1.0)  # noqa: S311
        while not stream.ended and time.monotonic() < until:
            if not stream.waiting:
                stream.news.clear()
                patience = min(self.limits.heartbeat, max(0.0, until - time.monotonic()))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stream.news.wait(), patience)
            if stream.waiting:
                piece = b"".join(stream.waiting)
                stream.waiting.clear()
            else:
                piece = BEAT
            await self._send(send, piece)
        await self._send(send, ENDED, more=False)

    async def _send(self, send: Send, body: bytes, *, more: bool = True) -> None:
        message = {"type": "http.response.body", "body": body, "more_body": more}
        await asyncio.wait_for(send(message), self.limits.stuck)


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, code: str) -> None:
    body = json.dumps({"code": code, "status": status}).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


#: Mounted at ``/live/`` by ``site/asgi.py``.
application = Door()
