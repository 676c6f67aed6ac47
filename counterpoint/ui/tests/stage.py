"""A page on a little server, and a browser in a thread of its own: for trying the small scripts.

Playwright's plain interface keeps an event loop running in its thread; in the thread of the tests it
would stand in the way of every other test that needs one.
"""

from __future__ import annotations

import json
import queue
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlparse

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from counterpoint.ui import services
from counterpoint.ui.data import Me, PaletteItem, Place
from counterpoint.ui.guide import guide_context

R = TypeVar("R")
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"

WORK = """{% extends "ui/page.html" %}{% load ui %}{% block heading %}Work{% endblock %}{% block content %}
<form id="f" method="post" action="/post" hx-post="/post" hx-target="#answer"
      data-enter data-once data-draft="work">
  <input id="code" name="code" data-key="F3" data-key-label="Code box">
  {% amount_field form.amount "CNY" %}
  {% faces "in" total_of="id_amount" %}
  <input id="secret" type="password" name="secret">
  {% confirm_button "Post" key="F10" %}
</form>
<form id="native" method="post" action="/native" data-once>
  <button id="go" name="pressed" value="yes">Go</button></form>
<div id="answer"></div>
<div id="rows" data-live hx-get="/rows" hx-trigger="signal:branch:3 from:body" hx-target="this">
  <p data-row="1">one</p><p data-row="2">two</p></div>
{% endblock %}"""


class Stage:
    """What the pages ask for, and what they sent."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.posts: list[dict[str, list[str]]] = []
        self.status = 200
        self.pause = 0.0
        self.streams: list[queue.Queue[str | None]] = []
        self.tickets = 0
        self.channels = ["person:12", "branch:3", "desk:1"]
        self.fetched = 0
        stage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                stage.get(self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                stage.posts.append(parse_qs(body, keep_blank_values=True))
                time.sleep(stage.pause)
                stage.answer(self, stage.status, "text/html", f"<p>answer {len(stage.posts)}</p>")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler, status: int, kind: str, body: str | bytes) -> None:
        data = body.encode() if isinstance(body, str) else body
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.send_header("Content-Security-Policy", POLICY)
        handler.end_headers()
        handler.wfile.write(data)

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlparse(handler.path).path
        if path in self.pages:
            self.answer(handler, 200, "text/html; charset=utf-8", self.pages[path])
        elif path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            assert isinstance(found, str), path
            with open(found, "rb") as file:
                self.answer(handler, 200, TYPES.get(found[found.rindex(".") :], "text/plain"), file.read())
        elif path == "/rows":
            self.fetched += 1
            self.answer(handler, 200, "text/html", '<p data-row="1">one</p><p data-row="2">changed</p>')
        elif path == "/ui/ticket/":
            self.tickets += 1
            told = {"ticket": "renewed", "channels": self.channels}
            self.answer(handler, 200, "application/json", json.dumps(told))
        elif path == "/ui/palette/":
            items = [
                PaletteItem("Cash deposit", "/counter?1101", code="1101"),
                PaletteItem("现金取款", "/counter?1102"),
            ]
            body = [{**asdict(item), "words": services.pinyin(str(item.title))} for item in items]
            self.answer(handler, 200, "application/json", json.dumps({"items": body}))
        elif path == "/live/":
            self.stream(handler)
        else:
            self.answer(handler, 404, "text/plain", "")

    def stream(self, handler: BaseHTTPRequestHandler) -> None:
        lines: queue.Queue[str | None] = queue.Queue()
        self.streams.append(lines)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        handler.wfile.write(b"retry: 100\n\n")
        handler.wfile.flush()
        while (line := lines.get()) is not None:
            handler.wfile.write(line.encode())
            handler.wfile.flush()

    def signal(self, event: int, *channels: str) -> None:
        data = json.dumps({"e": event, "v": "a.b.c", "c": channels})
        self.streams[-1].put(f"event: signal\ndata: {data}\n\n")

    def close(self) -> None:
        for stream in self.streams:
            stream.put(None)
        self.server.shutdown()
        self.server.server_close()


class Audience:
    """A browser, spoken to from one thread."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.browser: Browser = self.run(self._open)

    def run(self, action: Callable[..., R], *arguments: Any) -> R:
        return self.thread.submit(action, *arguments).result(timeout=120)

    def _open(self) -> Browser:
        executable = shutil.which("chromium") or shutil.which("google-chrome")
        if executable is None:
            pytest.fail("there is no Chromium; bin/test installs one on Debian")
        # A machine that does much else answers late, and is no less right.
        expect.set_options(timeout=20_000)
        self.playwright = sync_playwright().start()
        return self.playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )

    def close(self) -> None:
        self.run(self.browser.close)
        self.run(self.playwright.stop)
        self.thread.shutdown()


Story = Callable[[Page], R]


class Theatre:
    """Stage and audience: ``theatre.play(story, path)`` runs a story on a fresh page."""

    def __init__(self, stage: Stage, audience: Audience) -> None:
        self.stage, self.audience = stage, audience

    def play(self, story: Story[R], path: str = "/counter", **context: Any) -> R:
        def run() -> R:
            options = {"viewport": {"width": 1366, "height": 768}, **context}
            opened: BrowserContext = self.audience.browser.new_context(**options)
            troubles: list[str] = []
            try:
                page = opened.new_page()
                page.set_default_timeout(20_000)
                page.on("pageerror", lambda error: troubles.append(str(error)))
                page.on(
                    "console", lambda m: troubles.append(m.text) if "Content Security" in m.text else None
                )
                page.goto(self.stage.url + path)
                result = story(page)
                assert troubles == []
                return result
            finally:
                opened.close()

        return self.audience.run(run)


def draw_pages(stage: Stage) -> None:
    """The page of parts in both languages, and a page with forms and live rows."""
    from counterpoint.kit.clock import today
    from counterpoint.ui.tests.test_tags import Form

    services.describe_me(lambda _: Me(12, "王芳", "080101", "柜员"))
    services.describe_place(lambda _: Place(3, "上海人民路支行", today(), True, 1, "01 号柜台"))
    request = RequestFactory().get("/ui/guide/")
    for language in ("zh-hans", "en"):
        with translation.override(language):
            stage.pages[f"/guide/{language}"] = render_to_string("ui/guide.html", guide_context(), request)
            work = engines["django"].from_string(WORK)
            stage.pages["/counter" if language == "zh-hans" else "/counter/en"] = work.render(
                {"form": Form()}, request
            )
