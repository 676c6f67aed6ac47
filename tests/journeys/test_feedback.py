"""A problem is reported over the form and heard; a complaint is kept from whom it concerns, and paid."""

import re

from playwright.sync_api import expect

from tests.journeys.axe import accessible

OPERATIONS, LOBBY, LI, ZHANG = "090101", "080301", "080102", "080201"
TITLE = "开户页缺少紧急联系人"


def test_a_teller_reports_over_the_form_and_gets_an_answer(teller, someone):
    desk = teller.page
    teller.open("1102")
    teller.person.press("Shift+F7")
    dialog = desk.locator("#report-dialog")
    expect(dialog.locator("[name=title]")).to_be_focused()
    assert dialog.locator("[name=operation]").input_value() == "1102"
    assert dialog.locator("[name=address]").input_value() == "/desk/"
    teller.person.type(TITLE)
    teller.person.picture("feedback-report-zh")
    accessible(desk)
    teller.person.press("F10")
    expect(desk.get_by_text("已上报").first).to_be_visible()
    expect(dialog).to_have_count(0)
    # The form below has lost nothing.
    expect(desk.locator("#operation[data-operation='1102']")).to_be_visible()

    boss = someone(language="en")
    boss.sign_in(OPERATIONS)
    board = boss.open("/feedback/board/")
    line = board.get_by_role("link", name=TITLE)
    expect(line).to_be_visible()
    accessible(board)
    line.click()
    expect(board.get_by_role("button", name="Take it")).to_be_visible()
    boss.press("F2")
    expect(board.get_by_text("The report is yours.")).to_be_visible()
    board.fill("[name=text] >> nth=0", "哪一种账户？")
    boss.press("F8")
    expect(board.locator("#feedback-standing")).to_contain_text("Waits for the reporter")

    mine = teller.person.open("/feedback/")
    mine.get_by_role("link", name=TITLE).click()
    mine.fill("[name=text]", "一类户")
    teller.person.press("F10")
    # The department's page follows by itself.
    expect(board.locator("#feedback-standing")).to_contain_text("一类户")
    board.reload()
    board.fill("[name=text] >> nth=0", "已加上，明日生效。")
    boss.picture("feedback-item-en")
    accessible(board)
    boss.press("F10")
    expect(board.get_by_role("heading", name="Close it")).to_be_visible()

    expect(mine.locator("#feedback-standing")).to_contain_text("已加上")
    mine.reload()
    mine.get_by_label("5", exact=True).check()
    mine.get_by_role("button", name="评价答复").click()
    expect(mine.get_by_text("答复得 5 分")).to_be_visible()
    accessible(mine)
    teller.person.open("/desk/")


def test_whom_a_complaint_concerns_does_not_see_it(someone):
    lobby = someone()
    lobby.sign_in(LOBBY)
    page = lobby.open("/feedback/complaints/")
    seen = page.locator("[data-feedback-line]")
    expect(seen.first).to_be_visible()
    accessible(page)
    address = seen.first.get_attribute("href")
    seen.first.click()
    expect(page.get_by_text("调查记录").first).to_be_visible()
    lobby.picture("feedback-complaint-zh")
    accessible(page)

    li = someone()
    li.sign_in(LI)
    assert li.open("/feedback/complaints/").locator("[data-feedback-line]").count() == 0
    assert li.page.goto(li.site.url + address).status == 404


def test_a_complaint_is_compensated_after_another_person_approved_it(someone):
    lobby, boss = someone(), someone(language="en")
    lobby.sign_in(LOBBY)
    page = lobby.open("/feedback/complaints/")
    page.locator("[data-feedback-line]").first.click()
    page.get_by_text("提出补偿", exact=True).click()
    amount = page.locator("#compensation_amount")
    amount.fill("200")
    expect(page.locator("#compensation_amount_words")).to_contain_text("贰佰元整")
    page.fill("#compensation_reason", "叫号设备故障，客户等候近一小时")
    lobby.picture("feedback-compensation-form-zh")
    # What is scrolled half under the top bar is measured as half as large.
    page.evaluate("scrollTo(0, 0)")
    accessible(page)
    page.get_by_role("button", name="提出补偿方案").click()
    section = page.locator("#complaint-compensation")
    expect(section).to_contain_text("待授权")
    number = re.search(r"SQ\d{6}", section.inner_text()).group()
    expect(section.get_by_role("button", name="入账")).to_have_count(0)
    accessible(page)

    boss.sign_in(ZHANG)
    desk = boss.open("/approvals/")
    waiting = desk.locator(".approval-queue a").filter(has_text="Complaint compensation")
    waiting.first.click()
    panel = desk.locator("#approval-panel")
    for said in (number, "周一上午等候近一小时", "叫号设备故障", "200.00", "Every compensation needs"):
        expect(panel).to_contain_text(said)
    accessible(desk)
    boss.picture("feedback-compensation-approval-en")
    boss.press("a")
    expect(panel).to_contain_text("approved")

    # The handler's page follows by itself.
    expect(section).to_contain_text("待入账")
    lobby.picture("feedback-compensation-approved-zh")
    lobby.press("F4")
    expect(page.get_by_text("已入账。")).to_be_visible()
    expect(section).to_contain_text("已入账")
    accessible(page)
    lobby.picture("feedback-compensation-zh")
    section.get_by_role("link", name="分录").click()
    expect(page.get_by_text("客户投诉补偿")).to_be_visible()
    page.get_by_role("row").filter(has_text="2001").get_by_role("link").click()
    expect(page.get_by_role("row").filter(has_text="投诉补偿").first).to_contain_text("200.00")
    lobby.picture("feedback-compensation-account-zh")
