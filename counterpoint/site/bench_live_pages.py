"""Pages as browsers hold them: a live stream, and the parts that fetch themselves again on a signal.

What fetches what, and when, is read from the page itself: its ``hx-get``, ``hx-trigger`` and ``hx-swap``,
with htmx's throttle (the first at once, the last of the rest when the time is over) and its queue (one
more behind the one that runs).
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from counterpoint.site.bench_desk_client import Answer, Line
from counterpoint.site.bench_live_client import EventStream, open_stream

#: A browser opens six connections to a host under HTTP/1.1, and the stream is one of them.
LINES = 5
#: The server closes what was idle for 75 seconds; a line is made anew before that.
IDLE = 60.0
#: Longer than this nobody waits: it counts as lost.
PATIENCE = 10.0
#: As ``visits/news.js``: what only the branch is told of matters when it moves a queue, and is not urgent.
NEWS = re.compile(r"^(visits\.(visit|serving|hand_off|help|parking)|lobby\.(ticket|service|window))\.")
OF_ALL = ("branch:", "lobby:")
NEWS_SOON, NEWS_SPREAD = 0.06, 1.5
MARK = re.compile(rb'(?:id|data-row)="((?:line|hand-off)-\d+)"')
#: What a part sends of itself with its next fetch (``hx-include``), so that its address stays the same.
KEPT = re.compile(rb'<input type="hidden" id="([\w-]+)" name="(\w+)" value="([^"]*)"')
#: The open request on the approval desk, and what an answer carries besides what was asked for.
STRIP, OUT_OF_BAND = "/strip/", b"hx-swap-oob"
INTERVAL = re.compile(r"throttle:(\d+)(ms|s)")


@dataclass(slots=True)
class Seen:
    """What came of all the asking: milliseconds by fragment, and what was not as it should be."""

    fragments: dict[str, list[float]] = field(default_factory=dict)
    troubles: dict[str, int] = field(default_factory=dict)

    def trouble(self, what: str) -> None:
        self.troubles[what] = self.troubles.get(what, 0) + 1


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.live: list[dict[str, str]] = []
        self.ticket = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.ticket = found.get("data-live-ticket", "")
        # What hangs in a tab that nobody looks at does not fetch itself (ui/tabs.js).
        unseen = found.get("role") == "tabpanel" and "hidden" in found
        if "hx-get" in found and "hx-trigger" in found and not unseen:
            self.live.append(found)


def elements(body: bytes) -> _Elements:
    """The elements that fetch themselves, and the ticket of the page."""
    parser = _Elements()
    parser.feed(body.decode())
    return parser


def triggers(text: str) -> dict[str, float]:
    """``signal:branch:3 from:body throttle:400ms, load`` → what is heard, and seconds between two."""
    found = {}
    for spec in text.split(", "):
        every = INTERVAL.search(spec)
        scale = 1000 if every and every[2] == "ms" else 1
        found[spec.split(" ")[0]] = int(every[1]) / scale if every else 0.0
    return found


class Throttle:
    """The first call at once; of those that follow within the time, one when it is over."""

    def __init__(self, seconds: float, then: Callable[[], None]) -> None:
        self._seconds, self._then = seconds, then
        self._shut = self._again = False

    def __call__(self) -> None:
        if self._shut:
            self._again = True
            return
        self._then()
        if self._seconds:
            self._shut = True
            asyncio.get_running_loop().call_later(self._seconds, self._open)

    def _open(self) -> None:
        self._shut = False
        if self._again:
            self._again = False
            self()


class Part:
    """An element that fetches itself."""

    def __init__(self, page: Page, attributes: dict[str, str]) -> None:
        self._page = page
        # What draws something else stays what it is.
        self._swap_style = "" if "hx-target" in attributes else attributes.get("hx-swap", "innerHTML")
        self._busy = self._queued = False
        self._become(attributes)

    def _become(self, attributes: dict[str, str]) -> None:
        self.path = attributes["hx-get"]
        self._include = attributes.get("hx-include", "").removeprefix("#")
        self._headers: dict[str, str] = json.loads(attributes.get("hx-headers", "{}"))
        self._triggers = attributes["hx-trigger"]
        self._signals = frozenset(attributes.get("data-signals", "").split())
        self._throttles = {
            name: Throttle(seconds, self.fetch) for name, seconds in triggers(self._triggers).items()
        }

    def listen(self, channels: list[str]) -> None:
        """One signal, however many of the channels that the part names it has."""
        if self._signals.intersection(channels):
            self.hear("signals")

    def hear(self, name: str) -> None:
        throttle = self._throttles.get(name)
        if throttle is not None:
            throttle()

    def fetch(self) -> None:
        if self._busy:
            self._queued = True
        else:
            self._busy = True
            self._page.begin(self._fetch())

    async def _fetch(self) -> None:
        try:
            kept = self._page.kept.get(self._include)
            path = f"{self.path}?{urlencode([kept])}" if kept else self.path
            answer = await self._page.get(path, self._headers)
            if self._swap_style.startswith("outer") and answer.status == 200:
                self._swap(answer.body)
            elif OUT_OF_BAND in answer.body:
                self._page.add(elements(answer.body))
        finally:
            self._busy = False
        if self._queued and self in self._page.parts:
            self._queued = False
            self.fetch()

    def _swap(self, body: bytes) -> None:
        """The element that came in place of this one listens on, or no longer."""
        first = elements(body[: body.find(b">") + 1]).live
        if not first:
            self._page.drop([self])
        elif self._swap_style == "outerHTML" or first[0]["hx-trigger"] != self._triggers:
            self._become(first[0])
        else:
            self.path = first[0]["hx-get"]


class Page:
    """One tab of one person."""

    def __init__(self, port: int, cookie: str, seen: Seen) -> None:
        self.port, self.seen = port, seen
        self.parts: list[Part] = []
        #: When each row, each request that ended, stood on the screen first.
        self.first: dict[str, float] = {}
        #: Names and values of the hidden fields that stand on the screen, by their ids.
        self.kept: dict[str, tuple[bytes, bytes]] = {}
        token = re.search(r"csrftoken=([^;]+)", cookie)
        self._headers = {"Cookie": cookie, "X-CSRFToken": token[1] if token else ""}
        self._lines: asyncio.LifoQueue[tuple[Line, float]] = asyncio.LifoQueue()
        for _ in range(LINES):
            self._lines.put_nowait((Line(port, self._headers), 0.0))
        self._tasks: set[asyncio.Task[None]] = set()
        self._awaited: list[tuple[Callable[[str], bool], asyncio.Future[str]]] = []
        self._stream: EventStream | None = None
        self._news: asyncio.TimerHandle | None = None
        self._queue_news: asyncio.TimerHandle | None = None
        self._closed = False

    async def open(self, path: str) -> None:
        """Load the page and open its stream."""
        answer = await self._ask("GET", path, b"", {})
        if answer.status != 200:
            raise SystemExit(f"{path} could not be opened: {answer.status} {answer.headers.get('location')}")
        page = elements(answer.body)
        self._stream = await open_stream(self.port, page.ticket, self._heard)
        if self._stream is None:
            raise SystemExit(f"The live door refused the ticket of {path}.")
        self._look(answer)
        self.add(page)

    def close(self) -> None:
        self._closed = True
        if self._stream is not None:
            self._stream.close()
        for task in self._tasks:
            task.cancel()
        while not self._lines.empty():
            self._lines.get_nowait()[0].close()

    async def get(self, path: str, more: dict[str, str]) -> Answer:
        """A fragment."""
        started = time.perf_counter()
        answer = await self._ask("GET", path, b"", {"HX-Request": "true", **more})
        took = (time.perf_counter() - started) * 1e3
        self.seen.fragments.setdefault(_known(path), []).append(took)
        return self._checked(path, answer)

    async def opens(self, path: str) -> None:
        """A part that somebody brings onto the page by a key, unless it stands there."""
        if not any(part.path.startswith(path.removesuffix("panel/")) for part in self.parts):
            self.add(elements((await self.get(path, {})).body))

    async def post(self, path: str, fields: dict[str, str]) -> tuple[Answer, list[Part]]:
        """A press; with the parts that its answer brings onto the page."""
        headers = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._checked(path, await self._ask("POST", path, urlencode(fields).encode(), headers))
        return answer, self.add(elements(answer.body)) if answer.status == 200 else []

    async def go(self, path: str) -> None:
        """A press by which the page goes elsewhere."""
        answer = await self._ask("POST", path, b"", {})
        if answer.status != 302:
            self.seen.trouble(f"{_known(path)}: {answer.status}")

    def drop(self, parts: list[Part]) -> None:
        self.parts = [part for part in self.parts if part not in parts]

    def begin(self, work: Coroutine[None, None, None]) -> None:
        if self._closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def shows(self, name: str) -> float:
        """When ``name`` stood on the screen first; waits for it."""
        if name not in self.first:
            await self.comes(lambda mark: mark == name)
        return self.first[name]

    async def comes(self, wanted: Callable[[str], bool]) -> str:
        """The next new mark on the screen that is wanted."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._awaited.append((wanted, future))
        try:
            return await asyncio.wait_for(future, PATIENCE)
        finally:
            self._awaited.remove((wanted, future))

    def add(self, found: _Elements) -> list[Part]:
        parts = [Part(self, attributes) for attributes in found.live]
        if any(STRIP in part.path for part in parts):
            # Another request stands in the panel now.
            self.drop([part for part in self.parts if STRIP in part.path])
        self.parts += parts
        for part in parts:
            part.hear("load")
        return parts

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (trouble := task.exception()) is not None:
            self.seen.trouble(f"fragment: {trouble!r}")

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        line, used = await self._lines.get()
        if time.perf_counter() - used > IDLE:
            line.close()
            line = Line(self.port, self._headers)
        try:
            return await line.ask(method, path, body=body, headers=headers)
        except BaseException:
            # Half an answer would be read as the next one.
            line.close()
            line = Line(self.port, self._headers)
            raise
        finally:
            self._lines.put_nowait((line, time.perf_counter()))

    def _checked(self, path: str, answer: Answer) -> Answer:
        if answer.status != 200:
            self.seen.trouble(f"{_known(path)}: {answer.status}")
        self._look(answer)
        for name in _events(answer):
            self._tell(name)
        return answer

    def _look(self, answer: Answer) -> None:
        self.kept |= {id.decode(): (name, value) for id, name, value in KEPT.findall(answer.body)}
        marks = [mark.decode() for mark in MARK.findall(answer.body)]
        changed = _events(answer).get("approval-changed")
        if changed:
            marks.append(f"{changed['state']}-{changed['request']}")
        for mark in marks:
            if mark in self.first:
                continue
            self.first[mark] = time.perf_counter()
            for wanted, future in self._awaited:
                if not future.done() and wanted(mark):
                    future.set_result(mark)

    def _tell(self, name: str) -> None:
        for part in list(self.parts):
            part.hear(name)
        if name == "visit-changed":
            self._have_news()

    def _heard(self, kind: bytes, data: bytes) -> None:
        if kind != b"signal":
            self.seen.trouble(f"stream of a page: {kind.decode()}")
            return
        signal = json.loads(data)
        for channel in (*signal["c"], *filter(None, [signal.get("a")])):
            self._tell(f"signal:{channel}")
        for part in list(self.parts):
            part.listen(signal["c"])
        if any(not one.startswith(OF_ALL) for one in signal["c"]):
            self._have_news()
        elif NEWS.match(signal["v"]) and self._news is None and self._queue_news is None:
            pause = NEWS_SOON + random.random() * NEWS_SPREAD  # noqa: S311
            self._queue_news = asyncio.get_running_loop().call_later(pause, self._tell_queue)

    def _have_news(self) -> None:
        """What comes within a moment is one piece of news, and shows the queue too."""
        if self._news is not None:
            return
        if self._queue_news is not None:
            self._queue_news.cancel()
            self._queue_news = None
        self._news = asyncio.get_running_loop().call_later(NEWS_SOON, self._tell_news)

    def _tell_news(self) -> None:
        self._news = None
        self._tell("visit-news")

    def _tell_queue(self) -> None:
        self._queue_news = None
        self._tell("visit-queue")


def _known(path: str) -> str:
    """The path without its numbers, so that like troubles count together."""
    return re.sub(r"\d+", "…", path.partition("?")[0])


def _events(answer: Answer) -> dict[str, dict[str, str]]:
    """What the answer tells the page by ``HX-Trigger``."""
    text = answer.headers.get("hx-trigger", "")
    found: dict[str, dict[str, str]] = json.loads(text) if text.startswith("{") else {}
    return found
