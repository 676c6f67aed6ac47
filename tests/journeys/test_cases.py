"""A visit ends and a loan talk remains: a case goes to the loan desk, by keyboard and live."""

import re

from playwright.sync_api import expect

from tests.journeys.axe import accessible

WANG, ZHAO, ZHANG = "080101", "080401", "080201"


def open_case(person, title):
    """F2 from the own cases, the form by Enter, F10; the number of the case."""
    page = person.open("/visits/cases/")
    person.press("F2")
    expect(page.locator("#id_kind")).to_be_visible()
    page.locator("#id_kind").focus()
    page.locator("#id_kind").select_option("loan_application")
    person.press("Enter")
    person.type(title)
    person.press("F10")
    page.wait_for_url(re.compile(r"/visits/cases/\d+/"))
    return re.search(r"C\d{6}", page.locator("h1").inner_text()).group()


def card(page, number):
    return page.locator("[data-case-card]", has_text=number)


def column(page, state):
    return page.locator(f"[data-case-column].is-{state}")


def test_a_case_is_opened_taken_talked_about_and_moved_by_keyboard(someone):
    teller, loans, chief = (someone() for _ in range(3))
    for person, number in ((teller, WANG), (loans, ZHAO), (chief, ZHANG)):
        person.sign_in(number)
    board = loans.open("/visits/cases/")
    board.locator(".cases-tabs a").nth(1).click()
    board.wait_for_url("**/visits/cases/teams/*/")
    accessible(board, best_practice=True)

    number = open_case(teller, "经营贷款申请")
    accessible(teller.page, best_practice=True)
    expect(card(column(board, "new"), number)).to_be_visible()

    card(board, number).locator("a").focus()
    loans.press("t")
    expect(card(column(board, "doing"), number)).to_be_visible()
    expect(card(board, number).locator("a")).to_be_focused()
    expect(teller.page.locator("#case-work")).to_contain_text("赵敏")

    loans.press("<")
    expect(card(column(board, "waiting_customer"), number)).to_be_visible()
    loans.press(">")
    expect(card(column(board, "doing"), number)).to_be_visible()
    expect(card(board, number).locator("a")).to_be_focused()
    loans.press(">")
    expect(board.locator("[data-refusal=case_incomplete]")).to_be_visible()
    loans.picture("cases-board")
    other = open_case(teller, "房屋按揭咨询")
    expect(card(column(board, "new"), other)).to_be_visible()
    expect(board.locator("[data-refusal=case_incomplete]")).to_be_visible()
    expect(card(board, number).locator("a")).to_be_focused()

    loans.press("Enter")
    board.wait_for_url(re.compile(r"/visits/cases/\d+/"))
    tick = board.locator(".cases-tick").first
    tick.focus()
    loans.press("Space")
    expect(board.locator(".cases-tick").first).to_have_attribute("aria-checked", "true")
    expect(board.locator(".cases-tick").first).to_be_focused()

    mine = teller.open("/visits/cases/")
    board.locator("#comment_words").focus()
    loans.type("@王芳 请客户补交收入证明")
    loans.press("Control+Enter")
    expect(board.locator(".cases-comments mark")).to_have_text("@王芳")
    expect(mine.locator("#my-cases section", has_text=number).first).to_be_visible()
    loans.picture("case")
    accessible(board, best_practice=True)

    watched = chief.open(board.url.removeprefix(loans.site.url))
    loans.press("F6")
    expect(board.locator("#team_team")).to_be_focused()
    loans.press("Enter")
    loans.type("请大堂联系客户")
    loans.press("Control+Enter")
    expect(watched.locator("#case-side")).to_contain_text("请大堂联系客户")
