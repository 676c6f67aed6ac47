"""A served demo branch and a browser, for stories that a person would tell.

The product runs as it does for its users: ``counterpoint up`` in a process of its own, on an
embedded server of its own, with the product's own database rights. One for all stories of a run.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import COMMAND, around
from tests.journeys.teller import Teller

ROOT = Path(__file__).parent.parent.parent
#: ``COUNTERPOINT_PICTURES=docs/manual/img bin/test tests/journeys`` renews the manual's pictures.
PICTURES = ROOT / (os.environ.get("COUNTERPOINT_PICTURES") or "var/pictures")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
]  # fmt: skip

pytestmark = pytest.mark.browser
#: A story waits for what it sees; on a busy machine a page takes its time.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Site:
    """The running product: its address, and its command line on the same data."""

    #: How it is served, but for the port.
    program: Sequence[str] = COMMAND
    serve: tuple[str, ...] = ("up",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = around(folder)

    def command(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def start(self) -> subprocess.Popen[str]:
        with (self.folder / "up.log").open("w") as log:
            process = subprocess.Popen(
                [*self.program, *self.serve, "--port", str(self.port)],
                env=self.environment, stdout=log, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        deadline = time.monotonic() + 240
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("the product did not start:\n" + (self.folder / "up.log").read_text()[-3000:])
            try:
                urllib.request.urlopen(self.url + "/sign-in/", timeout=5).close()
            except OSError:
                time.sleep(0.3)
            else:
                return process


def served(site: Site) -> Iterator[Site]:
    """A site while it runs."""
    process = site.start()
    try:
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, demo_bank: Callable[[Path], None]) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    demo_bank(folder)
    yield from served(Site(folder))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the whole run: as long as it is open, its event loop keeps the tests of the database out.
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.fail("there is no Chromium; bin/test installs one on Debian")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield running
        running.close()


class Person:
    """Somebody in front of a screen of the branch's usual size."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site = site
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        # The browser reports every refused request as an error; refusals are part of these stories.
        if getattr(message, "type", "") == "error" and "Failed to load resource" not in text:
            self.troubles.append(text)

    def open(self, path: str) -> Page:
        self.page.goto(self.site.url + path)
        return self.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def picture(self, name: str) -> Path:
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path, caret="initial")  # hiding it needs an inline style
        return path

    def sign_in(self, number: str, *, password: str = "counterpoint", desk: str | None = None) -> Page:
        page = self.open("/sign-in/")
        page.fill("input[name=login]", number)
        page.fill("input[name=password]", password)
        self.press("Enter")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        if desk is not None:
            # Who still holds a desk comes back to it; who holds none chooses.
            expect(page.locator("[data-desk-choice], #code").first).to_be_visible()
            if page.locator("#code").count() == 0:
                page.locator(f"[data-desk-choice='{desk}']").focus()
                self.press("Enter")
            page.wait_for_url("**/desk/")
        return page


@pytest.fixture
def someone_at(browser: Browser) -> Iterator[Callable[..., Person]]:
    """Make people: ``someone_at(site)`` for a Chinese screen, ``language="en"`` for an English one."""
    made: list[Person] = []

    def make(site: Site, *, language: str = "zh-hans", width: int = 1366, height: int = 768) -> Person:
        context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="Asia/Shanghai",
            locale="zh-CN" if language.startswith("zh") else "en-GB",
        )  # fmt: skip
        context.add_cookies([{"name": "django_language", "value": language, "url": site.url}])
        person = Person(site, context)
        made.append(person)
        return person

    yield make
    for person in made:
        person.context.close()
    troubles = [trouble for person in made for trouble in person.troubles]
    assert troubles == [], "the browser's console had errors"


@pytest.fixture
def someone(site: Site, someone_at: Callable[..., Person]) -> Callable[..., Person]:
    """The same, on the site of all stories."""
    return partial(someone_at, site)


@pytest.fixture
def teller(someone: Callable[..., Person]) -> Teller:
    """Wang Fang at desk 01, with nobody before her."""
    person = someone()
    person.sign_in("080101", desk="01")
    wang = Teller(person)
    # A story that failed leaves its customer at the desk; the next one does not fail for it.
    if wang.page.locator(".desk-serving").count():
        wang.finish()
    return wang
