"""A changed rule: written, approved, in the way of who has not read it, read, and out of the way."""

import re

from playwright.sync_api import expect

from tests.journeys.axe import accessible

OPERATIONS, SUPERVISOR, LI = "090101", "080201", "080102"
TITLE = "大额取款核对新规"
TEXT = "# 第一条\n\n五万元以上取款须**核对身份证件**。\n\n- 登记证件号码\n- 复核人签字"
QUESTION = "? 五万元以上须核对什么\n+ 身份证件\n- 什么也不用\n! 见第一条"


def test_an_unread_rule_bars_what_it_governs_until_it_is_acknowledged(someone):
    writer = someone()
    writer.sign_in(OPERATIONS)
    page = writer.open("/notices/new/")
    page.fill("[name=title_zh]", TITLE)
    page.fill("[name=text_zh]", TEXT)
    page.fill("[name=questions]", QUESTION)
    page.fill("[name=people]", LI)
    page.select_option("[name=operations]", "1102")
    writer.picture("notice-write-zh")
    accessible(page)
    writer.press("F10")
    expect(page.get_by_text("起草中").first).to_be_visible()
    writer.press("F8")
    expect(page.get_by_text("待审批").first).to_be_visible()
    address = re.sub(r"^https?://[^/]+", "", page.url)

    boss = someone(language="en")
    boss.sign_in(SUPERVISOR)
    boss.open(address)
    boss.press("F10")
    expect(boss.page.locator("#notice")).to_contain_text("Approved by")
    boss.press("F4")
    unread = boss.page.get_by_text(LI)
    expect(unread.first).to_be_visible()
    boss.picture("notice-readers-en")
    accessible(boss.page)

    li = someone()
    desk = li.sign_in(LI, desk="02")
    li.press("F3")
    li.type("1102")
    li.press("Enter")
    refused = desk.locator("#work-area .c-refusal, #work-area [data-refusal]").first
    expect(refused).to_contain_text(TITLE)
    li.picture("notice-bars-zh")
    refused.get_by_role("link", name="阅读通知").click()
    expect(desk.locator("#notice")).to_contain_text("核对身份证件")
    desk.get_by_label("什么也不用").check()
    li.press("F10")
    expect(desk.get_by_role("alert")).to_contain_text("见第一条")
    li.picture("notice-wrong-answer-zh")
    accessible(desk)
    desk.get_by_label("身份证件", exact=True).check()
    li.press("F10")
    expect(desk.locator(".notices-acknowledge")).to_have_count(0)

    expect(unread).to_have_count(0)
    li.open("/desk/")
    li.press("F3")
    li.type("1102")
    li.press("Enter")
    expect(desk.locator("#operation[data-operation='1102'] :focus")).to_be_visible()
    expect(desk.locator("#work-area")).not_to_contain_text(TITLE)
