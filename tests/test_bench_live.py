"""The parts of ``bench live``: it sees what a page would see, and it notices what is lost."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from counterpoint.site import bench_live_client as client
from counterpoint.site import bench_live_pages as pages
from counterpoint.site.bench_live import seated
from counterpoint.site.bench_live_client import EventStream, Holder
from counterpoint.site.bench_live_pages import Page, Seen, Throttle, elements, triggers
from counterpoint.site.bench_served import percentile

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
FIRST = b'5a\r\nevent: signal\ndata: {"e":7,"v":"vault.box.made","c":["branch:3"]}\n\n\r\n'
SECOND = b"event: resync\ndata: {}\n\n"


def alone(work):
    """Run it on a thread of its own: a browser's story may have left a loop running on this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def stream_of(*pieces: bytes) -> tuple[bool, list[tuple[bytes, bytes]]]:
    """What a stream makes of these pieces: whether it is open, and its events."""

    async def run() -> tuple[bool, list[tuple[bytes, bytes]]]:
        heard: list[tuple[bytes, bytes]] = []
        stream = EventStream("ticket", lambda kind, data: heard.append((kind, data)))
        for piece in pieces:
            stream.data_received(piece)
        return stream.opened.done() and stream.opened.result(), heard

    return alone(run())


@pytest.mark.parametrize("cut", [1, 30, len(HEAD) + 3, len(HEAD) + 40, len(HEAD + FIRST) - 3])
def test_an_event_is_heard_once_wherever_the_line_is_cut(cut: int) -> None:
    whole = HEAD + b": beat\n\n" + FIRST + SECOND
    opened, heard = stream_of(whole[:cut], whole[cut:])
    assert (opened, [kind for kind, _data in heard]) == (True, [b"signal", b"resync"])
    assert heard[0][1] == b'{"e":7,"v":"vault.box.made","c":["branch:3"]}'


def test_a_door_that_refuses_is_no_open_stream() -> None:
    assert stream_of(b'HTTP/1.1 403 Forbidden\r\n\r\n{"code":"ticket_refused"}') == (False, [])


def test_a_signal_that_some_streams_never_heard_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.0)
    holder = Holder(1)
    for number in (7, 7, 8):
        holder.hear(b"signal", b'{"e":%d,"v":"x","c":[]}' % number)
    found = alone(holder.delays({"7": 0.0, "8": 0.0}, 2))
    assert (found["missing"], len(found["each"]), len(found["last"])) == (1, 3, 2)
    holder.hear(b"lost", b"")
    assert alone(holder.answer({"do": "state"}))["lost"] == 1


def test_a_made_up_desk_hears_what_a_desk_of_another_branch_hears() -> None:
    page = [
        "person:5", "branch:3", "desk:1", "visit:9", "person:5", "help:3", "duty:cash@3", "approvals:3",
        "approvals:remote",
    ]  # fmt: skip
    assert seated(page, 77, 40, at=3) == [
        "person:77", "branch:40", "desk:77", "help:40", "duty:cash@40", "approvals:40",
    ]  # fmt: skip


def test_what_a_part_listens_to_is_read_from_the_page() -> None:
    page = elements(
        b'<body data-live-ticket="t"><p hx-get="/no/"></p><div hx-get="/a/?b=1&amp;c=2" hx-swap="outerHTML"'
        b' hx-trigger="load, signal:person:5 from:body throttle:400ms, visit-news from:body throttle:2s">'
    )
    assert page.ticket == "t"
    (part,) = page.live
    assert (part["hx-get"], part["hx-swap"]) == ("/a/?b=1&c=2", "outerHTML")
    assert triggers(part["hx-trigger"]) == {"load": 0.0, "signal:person:5": 0.4, "visit-news": 2.0}


def test_a_throttle_lets_the_first_through_and_one_of_the_rest() -> None:
    async def run() -> tuple[int, int]:
        calls: list[int] = []
        again = asyncio.Event()

        def then() -> None:
            calls.append(1)
            if len(calls) == 2:
                again.set()

        throttle = Throttle(0.01, then)
        for _ in range(5):
            throttle()
        at_once = len(calls)
        await again.wait()
        await asyncio.sleep(0.05)
        return at_once, len(calls)

    assert alone(run()) == (1, 2)


class Answers:
    """A server's side of one line: what each address answers, and what was asked."""

    def __init__(self, **bodies: str) -> None:
        self.bodies = bodies
        self.asked: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ")[1].decode()
            self.asked.append(path)
            body = self.bodies.get(re.sub(r"\W", "", path), "").encode()
            status = b"200 OK" if body else b"500 Internal Server Error"
            writer.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))


def screen(answers: Answers, signal: bytes) -> Seen:
    """A page with one part that hears person 5; and what it has seen after ``signal``."""

    async def run() -> Seen:
        seen = Seen()

        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answers(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(served, "127.0.0.1", 0)
        page = Page(server.sockets[0].getsockname()[1], "csrftoken=x", seen)
        page.add(elements(b'<p hx-get="/queue/" hx-trigger="signal:person:5 from:body throttle:300ms">'))
        page._heard(b"signal", signal)
        try:
            await page.shows("line-12")
        except TimeoutError:
            seen.trouble("lost")
        page.close()
        server.close()
        await server.wait_closed()
        return seen

    return alone(run())


SIGNAL = b'{"e":1,"v":"approvals.request.made","c":["branch:3","person:5"]}'


def test_a_request_is_on_the_screen_once_its_part_was_fetched() -> None:
    answers = Answers(queue='<ol><li id="line-11"></li><li id="line-12"></li></ol>')
    seen = screen(answers, SIGNAL)
    assert (answers.asked, list(seen.fragments), seen.troubles) == (["/queue/"], ["/queue/"], {})


def test_a_screen_that_never_shows_it_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 0.2)
    assert screen(Answers(), SIGNAL).troubles == {"/queue/: 500": 1, "lost": 1}
    unheard = SIGNAL.replace(b"person:5", b"person:6")
    assert screen(Answers(queue='<p id="line-12">'), unheard).troubles == {"lost": 1}


def test_percentiles_are_of_the_times_in_order() -> None:
    times = [float(at) for at in range(200, 0, -1)]
    assert (percentile(times, 50), percentile(times, 99), percentile([], 50)) == (101.0, 199.0, None)
