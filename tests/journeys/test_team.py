"""The team at the counter: an approval from afar, a hand-off, help; and the board sees all of it move."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.test_teller_day import Teller

WANG, CHEN, ZHANG, ZHOU = "080101", "080103", "080201", "090401"


def photo():
    held = io.BytesIO()
    Image.new("RGB", (900, 640), (176, 196, 190)).save(held, "JPEG")
    return {"name": "customer.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


class Approver:
    """Zhou Min 周敏 of the authorization centre, by the letters of the desk."""

    def __init__(self, person):
        self.person, self.page = person, person.page
        person.sign_in(ZHOU)
        person.open("/approvals/")
        if self.page.locator("[data-key=g]:visible").count():
            person.press("g")
        expect(self.page.locator("#approval-desk, main").first).to_be_visible()

    def sees(self, number):
        expect(self.page.locator("main")).to_contain_text(number)


@pytest.fixture
def zhou(someone):
    return Approver(someone())


@pytest.fixture
def wang(someone):
    person = someone()
    person.sign_in(WANG, desk="01")
    return Teller(person)


@pytest.fixture
def board(someone):
    person = someone(language="en")
    person.sign_in(ZHANG)
    person.open("/board/")
    expect(person.page.locator("#board")).to_be_visible()
    return person


def ask(teller, note="", papers=()):
    """F10 on the quote, a note, papers, F10 again; the number of the request."""
    teller.person.press("F10")
    dialog = teller.page.locator("#ask-dialog[open]")
    expect(dialog).to_be_visible()
    teller.person.type(note)
    for paper in papers:
        dialog.locator("input[type=file]").first.set_input_files(paper)
        expect(dialog.locator("input[name=papers]").last).to_be_attached()
    teller.person.press("F10")
    panel = teller.page.locator("[id^=approval-waiting-]")
    expect(panel).to_be_visible()
    return re.search(r"SQ\d+", panel.inner_text()).group()


def test_three_screens_play_a_large_withdrawal_a_hand_off_and_help(wang, zhou, board, someone):
    wang.serve("王")
    wang.open("1102")
    wang.fill(amount="50000")
    for tick in ("id_checked", "id_copied"):
        wang.page.locator(f"[name={tick}]").focus()
        wang.person.press("Space")
    wang.quote()
    number = ask(wang, note="客户购房")
    zhou.sees(number)
    zhou.person.picture("approval-desk-zh")
    expect(board.page.locator(".board-mark").first).to_be_visible()
