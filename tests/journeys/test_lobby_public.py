"""A customer takes a number, follows it on the phone, hears the call on the display, and rates."""

import re
import threading

import pytest
from playwright.sync_api import expect

from counterpoint.lobby.printing.simulator import Mood, Printer
from tests.journeys.axe import violations
from tests.journeys.conftest import PICTURES, ROOT

BRANCH, TELLER, LIU = "990108", "080103", "080301"
#: What the desk does meanwhile. It has its own stories; here its verbs are enough.
DESK = """
from dataclasses import replace
from django.contrib.auth import get_user_model
from counterpoint.lobby import services as lobby
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.vault import services as vault
who = people.actor_of(get_user_model().objects.get(username="080103"))
if org.desk_of(who.id) is None:
    # Not the desk that other stories sit down at: the last one with a box that nobody holds.
    free = [
        desk for desk in org.desks(3) if desk.holder is None and vault.free_box_of_desk(desk=desk.id)
    ][-1]
    org.claim_desk(desk=free.id, by=who)
    vault.claim_box(box=vault.free_box_of_desk(desk=free.id).id, by=who)
who = replace(who, branch=3, desk=org.desk_of(who.id).id)
at = lobby.current_ticket(desk=who.desk)
"""
OPEN = """
if lobby.window_of(person=who.id) is None:
    lobby.open_window(desk=who.desk, by=who)
"""
CALL = """
ticket = next(one.ticket for one in lobby.waiting(3).waiting if one.ticket.label == LABEL)
lobby.call_ticket(ticket=ticket.key, desk=who.desk, reason="short_errand", by=who)
"""
FINISH = """
lobby.begin_serving(ticket=at.key, by=who)
lobby.finish_ticket(ticket=at.key, by=who)
"""
TIDY = """
if at is not None:
    if at.state in ("called", "recalled"):
        lobby.begin_serving(ticket=at.key, by=who)
    lobby.finish_ticket(ticket=at.key, by=who)
for one in lobby.waiting(3).waiting:
    lobby.leave_line(ticket=one.ticket.key, by=who)
lobby.close_window(desk=who.desk, by=who)
"""


@pytest.fixture
def desk(site):
    """What a desk does, through its verbs, beside the served product."""

    def do(*steps, label=""):
        code = f"LABEL = {label!r}\n" + DESK + "".join(steps)
        done = site.command("manage", "shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr[-2000:]

    do(OPEN)
    yield do
    do(TIDY)


@pytest.fixture
def printer():
    with Printer() as one:
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()
        yield one
        one.shutdown()


def paired(person, printer):
    """Liu Yang makes one browser the kiosk and the display of the branch, and signs out."""
    page = person.open(f"/sign-in/?next=/lobby/kiosk/{BRANCH}/")
    page.fill("input[name=login]", LIU)
    page.fill("input[name=password]", "counterpoint")
    person.press("Enter")
    page.fill("input[name=name]", "大门取号机")
    page.fill("input[name=printer]", printer.address)
    person.press("Enter")
    expect(page.locator(".kiosk-service").first).to_be_visible()
    person.open(f"/lobby/display/{BRANCH}/")
    page.fill("input[name=name]", "大厅屏")
    person.press("Enter")
    expect(page.locator("#display")).to_be_visible()
    page.locator(".display-top form button").click()
    expect(page.locator(".display-top form")).to_have_count(0)


def take(person, service):
    """One press at the kiosk; the number."""
    page = person.open(f"/lobby/kiosk/{BRANCH}/")
    page.locator(f".kiosk-service[value={service}]").click()
    number = page.locator("[data-number]")
    expect(number).to_be_visible()
    return number.get_attribute("data-number")


def test_a_number_from_the_kiosk_to_the_rating(someone, desk, printer):
    hall = someone(width=1920, height=1080)
    paired(hall, printer)
    display = hall.context.new_page()
    display.goto(f"{hall.site.url}/lobby/display/{BRANCH}/")
    display.evaluate(
        "said = []; document.body.addEventListener('lobby:called', (e) => said.push(e.detail.zh))"
    )

    page = hall.open(f"/lobby/kiosk/{BRANCH}/?in=en")
    hall.picture("kiosk-en")
    assert violations(page) == []
    page = hall.open(f"/lobby/kiosk/{BRANCH}/")
    expect(page.locator(".kiosk-service")).to_have_count(6)
    hall.picture("kiosk-zh")
    label = take(hall, "cash")
    expect(page.locator(".kiosk-slip.is-success")).to_be_visible()
    hall.picture("kiosk-number-zh")
    assert violations(page) == []

    (paper,) = printer.papers
    assert label in paper.text.split("\n")
    (address,) = [line.qr for line in paper.lines if line.qr]
    phone = someone(width=390, height=844)
    own = phone.open(address.removeprefix(phone.site.url))
    expect(own.locator(".phone-number h1")).to_have_text(label)
    expect(own.locator(".phone-range")).to_be_visible()
    phone.picture("phone-zh")
    assert violations(own) == []

    desk(CALL, label=label)
    expect(own.locator(".phone-number.is-called")).to_be_visible()
    called = display.locator(".display-called li.is-now").first
    expect(called).to_contain_text(label)
    window = re.search(r"\d+", own.locator(".phone-state").inner_text()).group()
    expect(called).to_contain_text(window)
    said = display.evaluate("said")
    assert said == [f"请 {' '.join(label)} 号，到 {window.lstrip('0')} 号窗口。"]
    display.screenshot(path=PICTURES / "display-zh.png")
    assert violations(display) == []
    phone.picture("phone-called-zh")

    desk(FINISH)
    expect(own.locator("#phone-rating")).to_be_visible()
    own.locator("label:has([name=csat][value='5'])").click()
    own.locator("label:has([name=nps][value='9'])").click()
    phone.picture("phone-rating-zh")
    assert violations(own) == []
    own.locator("#phone-rating button[type=submit]").click()
    expect(own.locator(".c-note.is-success")).to_be_visible()
    own.reload()
    expect(own.locator(".c-note.is-success")).to_be_visible()
    expect(own.locator("#phone-rating")).to_have_count(0)


PREPARED = """
from counterpoint.visits import services as visits
found = visits.visit_of_ticket(ticket=at.key, by=who)
draft = visits.draft(found.id, "1201")
assert (draft.source, draft.person) == ("customer", None), draft
assert visits.unconfirmed(draft) == ["payee", "amount"], draft
"""


def test_a_customer_fills_in_the_form_from_the_page_of_the_number(someone, desk, printer):
    hall = someone(width=1280, height=1024)
    paired(hall, printer)
    label = take(hall, "transfer")
    expect(hall.page.locator(".kiosk-slip.is-success")).to_be_visible()
    (paper,) = printer.papers
    (address,) = [line.qr for line in paper.lines if line.qr]
    phone = someone(width=390, height=844)
    own = phone.open(address.removeprefix(phone.site.url))
    own.locator(".phone-act").click()
    expect(own.locator(".pre-choices a")).to_have_count(1)
    assert violations(own) == []
    own.locator(".pre-choices a").click()
    own.fill("input[name=payee]", "6299500003010000983")
    own.fill("input[name=amount]", "1234.00")
    phone.picture("phone-form-zh")
    assert violations(own) == []
    own.locator("main form button[type=submit]").click()
    expect(own.locator(".c-note.is-success")).to_be_visible()
    assert "1234" not in own.content()
    own.locator(".pre-back").click()
    expect(own.locator(".phone-number h1")).to_have_text(label)
    expect(own.locator(".phone-act")).to_contain_text("已预填")

    desk(CALL, label=label)
    expect(own.locator(".phone-number.is-called")).to_be_visible()
    expect(own.locator(".phone-act")).to_have_count(0)
    desk(PREPARED)
    desk(FINISH)


def test_a_number_without_paper_is_printed_when_there_is_paper_again(someone, desk, printer):
    hall = someone(width=1366, height=768)
    paired(hall, printer)
    printer.mood = Mood(paper_out=True)
    label = take(hall, "transfer")
    expect(hall.page.locator(".kiosk-slip.is-danger")).to_be_visible()

    liu = someone(width=1366, height=768)
    liu.sign_in(LIU)
    page = liu.open("/lobby/devices/")
    row = page.locator("section[aria-labelledby=unprinted] tbody tr", has_text=label)
    expect(row).to_be_visible()
    liu.picture("lobby-devices-zh")
    assert violations(page) == []
    printer.mood = Mood()
    page.locator("section[aria-labelledby=unprinted] header button.btn-primary").click()
    expect(page.locator("section[aria-labelledby=unprinted]")).to_have_count(0)
    assert [one.text.count(label) > 0 for one in printer.papers] == [True]


def test_the_kiosk_says_what_does_not_work_and_no_number_is_lost(someone, desk, printer):
    hall = someone(width=1280, height=1024)
    paired(hall, printer)
    printer.mood = Mood(paper_out=True)
    take(hall, "transfer")
    page = hall.page
    expect(page.locator(".kiosk-slip.is-danger")).to_be_visible()
    hall.picture("kiosk-no-paper-zh")
    assert violations(page) == []

    page = hall.open(f"/lobby/kiosk/{BRANCH}/")
    waiting = page.locator(".kiosk-service[value=query] span").first
    before = int(re.search(r"\d+", waiting.inner_text()).group())
    hall.context.set_offline(True)
    page.locator(".kiosk-service[value=query]").click()
    expect(page.locator("[data-kiosk-down]")).to_be_visible()
    hall.context.set_offline(False)
    # The browser reports the broken line as an error; it is part of this story.
    hall.troubles[:] = [trouble for trouble in hall.troubles if "Failed to fetch" not in trouble]
    page.locator(".kiosk-service[value=query]").click()
    expect(page.locator("[data-number]")).to_be_visible()
    page.locator("[data-kiosk-back]").click()
    expect(page.locator(".kiosk-service[value=query] span").first).to_contain_text(str(before + 1))


def test_the_kiosk_goes_back_to_the_start_by_itself(someone, desk, printer):
    hall = someone(width=1920, height=1080)
    paired(hall, printer)
    hall.page.clock.install()
    take(hall, "other")
    hall.page.clock.run_for(16_000)
    expect(hall.page.locator(".kiosk-service").first).to_be_visible()
    hall.open(f"/lobby/kiosk/{BRANCH}/?in=en")
    hall.page.clock.run_for(61_000)
    expect(hall.page.locator("html")).to_have_attribute("lang", "zh-hans")


SCRIPT = ROOT / "counterpoint/lobby/static/lobby/display.js"


def screen_of(calls):
    """A display with these calls, the newest first: place, desk, whether it still waits."""
    rows = "".join(
        f'<li data-place="{place}" data-desk="{desk}" data-now="{now}" data-zh="{place}" data-en="">'
        "<i hidden data-missed>missed</i></li>"
        for place, desk, now in calls
    )
    return (
        '<!doctype html><head><script defer src="/display.js"></script></head><body data-branch="3">'
        f'<button data-voice-on></button><i data-voice-none></i><ol id="display">{rows}</ol></body>'
    )


@pytest.fixture
def display(browser):
    """A display whose server is this test; ``shows`` lets it show calls and answers what it then said."""
    context = browser.new_context()
    page, showing = context.new_page(), {"html": ""}
    page.route("**/display.js", lambda route: route.fulfill(path=SCRIPT, content_type="text/javascript"))
    page.route("**/hall", lambda route: route.fulfill(body=showing["html"], content_type="text/html"))
    page.add_init_script(
        "said = []; addEventListener('lobby:called', (e) => said.push(Number(e.detail.place)), true)"
    )

    def shows(*calls, opened=False, lost=False):
        showing["html"] = screen_of(calls)
        if opened:
            page.goto("http://127.0.0.1:9/hall")
            return page.evaluate("said.splice(0)")
        if lost:
            page.evaluate("document.body.dispatchEvent(new CustomEvent('live:resync'))")
        page.evaluate(
            "(html) => { const shown = new DOMParser().parseFromString(html, 'text/html');"
            "document.getElementById('display').replaceChildren(...shown.getElementById('display').children);"
            "document.dispatchEvent(new CustomEvent('htmx:after:swap')); }",
            showing["html"],
        )
        return page.evaluate("said.splice(0)")

    shows.page = page
    yield shows
    context.close()


def test_the_display_says_every_call_once(display):
    assert display((1, "01", 1), opened=True) == [1]
    assert display((2, "02", 1), (1, "01", 1)) == [2]
    assert display((2, "02", 1), (1, "01", 1)) == []
    assert display((4, "01", 1), (3, "02", 0), (2, "02", 0), (1, "01", 0)) == [3, 4]


@pytest.mark.parametrize("again", ["opened", "lost"])
def test_after_an_hour_off_only_the_newest_call_of_each_desk_is_said(display, again):
    assert display((1, "01", 1), opened=True) == [1]
    calls = ((6, "01", 1), (5, "02", 1), (4, "02", 1), (3, "01", 0), (2, "03", 0), (1, "01", 0))
    assert display(*calls, **{again: True}) == [5, 6]
    missed = display.page.locator("[data-missed]:not([hidden])").locator("xpath=..")
    assert [one.get_attribute("data-place") for one in missed.all()] == ["4", "3", "2"]
