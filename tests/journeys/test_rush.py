"""A rush hour at many times the speed of the world: the lobby opens the window that the twin suggests."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import accessible
from tests.journeys.conftest import Site, served

BRANCH = "990108"
#: Several look at the next hour in turn; each takes a moment of a busy machine.
SOON = 90_000
NUMBER = re.compile(r"[A-Z]\d{3}")


class Rush(Site):
    serve = ("rush", "--speed", "10")


@pytest.fixture(scope="module")
def site(tmp_path_factory, demo_bank):
    folder = tmp_path_factory.mktemp("rush")
    demo_bank(folder / "rush")
    yield from served(Rush(folder))


def test_the_hall_moves_by_itself_and_the_suggested_window_opens_with_one_tap(someone):
    hall = someone(width=1024, height=768)
    floor = hall.sign_in("080301")
    floor = hall.open("/lobby/")
    display = hall.context.new_page()
    display.goto(f"{hall.site.url}/lobby/display/{BRANCH}/")
    display.fill("input[name=name]", "大厅屏")
    display.keyboard.press("Enter")
    expect(display.locator("#display")).to_be_visible()
    watcher = someone()
    watcher.sign_in("080201")
    board = watcher.open("/board/")

    newest = display.locator(".display-called li[data-place] b").first
    expect(newest).to_have_text(NUMBER, timeout=SOON)
    expect(newest).not_to_have_text(newest.inner_text(), timeout=SOON)
    expect(board.locator(".board-desk.is-serving").first).to_be_visible(timeout=SOON)
    expect(board.locator(".board-queue li").first).to_be_visible(timeout=SOON)

    tip = floor.locator(".floor-suggestion")
    expect(tip).to_be_visible(timeout=2 * SOON)
    expect(tip).to_contain_text("01")
    hall.picture("rush-suggestion")
    tip.locator(".btn-primary").click()
    expect(tip).to_have_count(0)
    window = floor.locator(".floor-window", has_text="王芳")
    expect(window).to_contain_text(NUMBER, timeout=SOON)
    hall.picture("rush-window-open")
    watcher.picture("rush-board")
    accessible(floor)
