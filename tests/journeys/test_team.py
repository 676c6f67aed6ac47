"""The team at the counter: an approval from afar, a hand-off, help; and the board sees all of it move."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.teller import Teller

CHEN, ZHANG, ZHOU = "080103", "080201", "090401"


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
        leave = self.page.get_by_role("button", name="离岗")
        expect(self.page.locator("[data-key=G]").or_(leave)).to_be_visible()
        if not leave.is_visible():
            person.press("g")
        expect(leave).to_be_visible()

    def sees(self, number):
        """The first opens by itself, another with N."""
        waiting = self.page.get_by_role("navigation", name="待授权申请")
        expect(waiting.get_by_role("link")).to_have_count(1)
        if number not in self.page.locator("#approval-panel").inner_text():
            self.person.press("n")
        expect(self.page.locator("#approval-panel")).to_contain_text(number)

    def returns(self, words):
        self.person.press("r")
        expect(self.page.locator("#return-dialog[open] [name=reason]").first).to_be_focused()
        self.person.press("Space", "Enter")
        expect(self.page.locator("#return-dialog [name=words]")).to_be_focused()
        self.person.type(words)
        self.person.picture("approval-return-zh")
        self.person.press("F10")
        expect(self.page.locator("#return-dialog[open]")).to_have_count(0)

    def approves(self):
        self.person.press("a")
        expect(self.page.locator("#approval-panel")).to_contain_text("已授权")


@pytest.fixture
def zhou(someone):
    return Approver(someone())


@pytest.fixture
def wang(teller):
    return teller


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


def withdraw(teller, amount):
    teller.open("1102")
    teller.fill(amount=amount)
    for tick in ("id_checked", "id_copied"):
        teller.page.locator(f"[name={tick}]").focus()
        teller.person.press("Space")
    teller.quote()


def hand_on(teller, desk, note):
    """F6, the desk by its arrow keys, why, F10."""
    teller.person.press("F6")
    dialog = teller.page.locator("#hand-off-dialog[open]")
    expect(dialog).to_be_visible()
    dialog.locator("label", has_text=desk).locator("input").focus()
    teller.person.press("Space")
    dialog.locator("#hand-off-note").focus()
    teller.person.type(note)
    teller.person.picture("hand-off-zh")
    teller.person.press("F10")
    expect(dialog).to_have_count(0)


def test_three_screens_play_a_large_withdrawal_a_hand_off_and_help(wang, zhou, board, someone):
    chen_person = someone()
    chen_person.sign_in(CHEN, desk="05")
    chen = Teller(chen_person)

    wang.serve("王")
    withdraw(wang, "50000")
    zhou.sees(ask(wang, note="客户购房"))
    zhou.person.picture("approval-desk-zh")
    expect(board.page.locator(".board-mark")).to_contain_text("approval")
    board.picture("board-approval-en")

    zhou.returns("缺客户本人照片")
    quote = wang.page.locator("#quote")
    expect(quote).to_contain_text("缺客户本人照片")
    wang.person.picture("approval-returned-zh")
    expect(board.page.locator(".board-mark")).to_have_count(0)

    zhou.sees(ask(wang, note="照片已补", papers=[photo()]))
    expect(zhou.page.locator("#approval-panel img").first).to_be_visible()
    zhou.approves()
    expect(quote).to_contain_text("已由 周敏")
    assert wang.post()
    receipt = wang.page.locator("[data-receipt]")
    expect(receipt.locator(":focus")).to_be_visible()
    wang.person.press("Enter")
    expect(receipt).to_contain_text("现金已付清")
    expect(receipt.locator("[data-key=F8]")).to_be_focused()

    wang.open("1101")
    wang.fill(amount="2000")
    expect(wang.page.locator("#visit")).to_contain_text("1101")
    hand_on(wang, "陈静", "客户想了解住房贷款，先存2000元")
    expect(board.page.locator("#board")).to_contain_text("Hand-off")

    expect(chen.page.locator(".desk-call")).to_contain_text("客户想了解住房贷款")
    chen.person.press("Alt+A")
    expect(chen.page.locator(".desk-serving")).to_be_visible()
    amount = chen.page.locator("#operation[data-operation='1101'] [name=amount]")
    expect(amount).to_have_value(re.compile("2,?000"))
    chen.person.picture("hand-off-accepted-zh")

    chen.person.press("F7")
    expect(board.page.locator(".board-mark")).to_contain_text("help")
    board.picture("board-help-en")
    board.page.locator("#board a", has_text=re.compile("1101|—")).first.focus()
    board.press("Enter")
    expect(board.page.locator("#help")).to_be_visible()
    board.press("F2")
    expect(board.page.locator("#help")).to_contain_text("2,000")
    board.picture("help-en")
    expect(chen.page.locator(".desk-call")).to_contain_text("张伟")
    board.press("F9")
    expect(chen.page.locator(".desk-call")).to_have_count(0)
    chen.finish()
