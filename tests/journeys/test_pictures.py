"""The pictures of the manual, taken from the product at work, and what an assistive reader makes of them."""

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import violations

LANGUAGES = [("zh", "zh-hans"), ("en", "en")]


@pytest.fixture(params=LANGUAGES, ids=lambda pair: pair[0])
def spoken(request):
    return request.param


def test_the_desk_with_a_quote(someone, spoken):
    short, language = spoken
    person = someone(language=language)
    page = person.sign_in("080102", desk="02")
    person.press("Shift+F2")
    person.type("杨")
    expect(page.locator(".desk-hit").first).to_be_visible()
    person.picture(f"find-{short}")
    person.press("Alt+1")
    expect(page.locator(".desk-accounts button").first).to_be_visible()
    person.press("F3")
    person.type("1101")
    person.press("Enter")
    expect(page.locator("#operation :focus")).to_be_visible()
    person.type("1409.50")
    for face, count in (("10000", "14"), ("500", "1"), ("100", "4"), ("50", "1")):
        page.locator(f"[name=faces_{face}]").focus()
        person.type(count)
    expect(page.locator("[data-faces-same]")).to_be_visible()
    person.picture(f"desk-{short}")
    person.press("F8")
    expect(page.locator("#quote[data-quote]")).to_be_visible()
    person.picture(f"quote-{short}")
    assert violations(page) == []
    person.press("F10")
    expect(page.locator("[data-receipt]")).to_be_visible()
    person.picture(f"receipt-{short}")
    page.locator("#tab-day").click()
    expect(page.locator("#side-day .desk-done li").first).to_be_visible()
    person.picture(f"my-day-{short}")
    page.locator("#tab-box").click()
    expect(page.locator("#side-box tbody tr").first).to_be_visible()
    person.picture(f"my-box-{short}")
    person.press("Escape", "?")
    expect(page.locator("dialog[open]")).to_be_visible()
    person.picture(f"keys-{short}")
    person.press("Escape", "F9")
    expect(page.locator("#find")).to_be_visible()


@pytest.mark.parametrize(
    ("number", "path", "name"),
    [
        ("080201", "/board/", "board"),
        ("080201", "/vault/", "vault"),
        ("080201", "/vault/hand-overs/", "hand-overs"),
        ("080201", "/vault/vouchers/", "vouchers"),
        ("080201", "/vault/seals/", "seals"),
        ("080201", "/org/rules/", "rules"),
        ("080201", "/org/calendar/", "calendar"),
        ("080201", "/ledger/trial-balance/", "trial-balance"),
        ("080401", "/customers/", "customers"),
        ("090301", "/staff/", "staff"),
        ("080101", "/account/", "account"),
    ],
)
def test_the_other_screens(someone, spoken, number, path, name):
    short, language = spoken
    person = someone(language=language)
    person.sign_in(number)
    page = person.open(path)
    expect(page.locator("h1")).to_be_visible()
    person.picture(f"{name}-{short}")
    assert violations(page) == []


def test_the_sign_in_page(someone, spoken):
    short, language = spoken
    person = someone(language=language)
    page = person.open("/sign-in/")
    expect(page.locator("h1")).to_be_visible()
    person.picture(f"sign-in-{short}")
    assert violations(page) == []
