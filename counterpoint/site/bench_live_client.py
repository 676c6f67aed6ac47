"""Thousands of live streams, in a process beside the one that measures.

    python -m counterpoint.site.bench_live_client PORT

Each line that it reads is a command in JSON, and each is answered by one line. ``connect`` opens a stream
a ticket; ``heard`` says how long signals took that were sent at these times; ``state`` says what has
become of the streams. Times are ``perf_counter``, one clock for all processes of a machine under Linux.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote

import uvloop

from counterpoint.site.bench_desk_client import HOST
from counterpoint.site.serve import open_files

EVENT = re.compile(rb"event: (\w+)\ndata: (.*)\n\n")
NUMBER = re.compile(rb'"e":(\d+)')
#: No event is longer; what is left behind the last one is the beginning of the next.
LONGEST = 8192
#: So many streams are being opened at a time.
AT_ONCE = 64
#: Seconds without a further delivery, after which what is missing is lost.
PATIENCE = 10.0

Heard = Callable[[bytes, bytes], None]


class EventStream(asyncio.Protocol):
    """One stream as a browser reads it. ``heard`` gets each event, and ``lost`` when the line breaks."""

    def __init__(self, ticket: str, heard: Heard) -> None:
        self._request = (
            f"GET /live/?ticket={quote(ticket)} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/event-stream\r\n\r\n"
        ).encode()
        self._heard = heard
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        rest = self._rest + data
        if not self.opened.done() and b"\r\n\r\n" in rest:
            self.opened.set_result(rest.startswith(b"HTTP/1.1 200"))
        end = 0
        for event in EVENT.finditer(rest):
            self._heard(event[1], event[2])
            end = event.end()
        self._rest = rest[end:][-LONGEST:]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_result(False)
        if self._transport is not None:
            self._heard(b"lost", b"")

    def close(self) -> None:
        """Go away, as a page does that is left; this is no loss."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()


async def open_stream(port: int, ticket: str, heard: Heard) -> EventStream | None:
    """A stream that has been answered; ``None`` when the door refused it, or said nothing."""
    try:
        _transport, stream = await asyncio.get_running_loop().create_connection(
            lambda: EventStream(ticket, heard), HOST, port
        )
    except OSError:
        return None
    try:
        if await asyncio.wait_for(stream.opened, PATIENCE):
            return stream
    except TimeoutError:
        pass
    stream.close()
    return None


class Holder:
    """The streams, and when each signal came to each of them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: list[EventStream] = []
        self.heard: dict[int, list[float]] = {}
        self.others = {"resync": 0, "ended": 0, "lost": 0, "refused": 0}

    def hear(self, kind: bytes, data: bytes) -> None:
        if kind != b"signal":
            self.others[kind.decode()] += 1
        elif number := NUMBER.search(data):
            self.heard.setdefault(int(number[1]), []).append(time.perf_counter())

    async def connect(self, tickets: list[str]) -> dict[str, Any]:
        started, turn = time.perf_counter(), asyncio.Semaphore(AT_ONCE)

        async def one(ticket: str) -> None:
            async with turn:
                stream = await open_stream(self.port, ticket, self.hear)
            if stream is None:
                self.others["refused"] += 1
            else:
                self.streams.append(stream)

        await asyncio.gather(*map(one, tickets))
        return {"streams": len(self.streams), "seconds": time.perf_counter() - started}

    async def delays(self, sent: dict[str, float], fan: int) -> dict[str, Any]:
        """Of each signal, heard by ``fan`` streams: milliseconds to each of them, and to the last."""
        numbers, wanted = [int(number) for number in sent], fan * len(sent)
        count, progress = -1, time.perf_counter()
        while time.perf_counter() - progress < PATIENCE:
            found = sum(len(self.heard.get(number, ())) for number in numbers)
            if found >= wanted:
                break
            if found > count:
                count, progress = found, time.perf_counter()
            await asyncio.sleep(0.02)
        times = {number: self.heard.pop(number, []) for number in numbers}
        each = [(at - sent[str(number)]) * 1e3 for number in numbers for at in times[number]]
        last = [(max(times[number]) - sent[str(number)]) * 1e3 for number in numbers if times[number]]
        ends = [at for heard in times.values() for at in heard]
        took = max(ends) - min(sent.values()) if ends else 0.0
        return {"missing": wanted - len(each), "each": each, "last": last, "seconds": took}

    async def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        if command["do"] == "connect":
            return await self.connect(command["tickets"])
        if command["do"] == "heard":
            return await self.delays(command["sent"], command["fan"])
        return {"streams": len(self.streams), **self.others}


async def hold(port: int) -> None:
    """Do what is asked until nobody asks any more."""
    holder, reader = Holder(port), asyncio.StreamReader(limit=1 << 26)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
    )
    while line := await reader.readline():
        sys.stdout.write(json.dumps(await holder.answer(json.loads(line))) + "\n")
        sys.stdout.flush()
    for stream in holder.streams:
        stream.close()


def main() -> None:
    open_files()
    uvloop.run(hold(int(sys.argv[1])))


if __name__ == "__main__":
    main()
