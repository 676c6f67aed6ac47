"""An alert is written to people: it arrives, one chooses digests, one mail fails and goes again."""

import re

from playwright.sync_api import expect

from tests.journeys.axe import accessible

ADMIN, WRITER, SUPERVISOR, WANG, LI = "090301", "090101", "080201", "080101", "080102"
TITLE = "警惕冒充客服的屏幕共享诈骗"


def mailbox(admin, email):
    page = admin.open("/mail/addresses/")
    page.fill("[name=lines]", f"{LI} {email}")
    admin.press("F10")
    expect(page.get_by_role("cell", name=email)).to_be_visible()


def published(someone):
    """An alert for Wang Fang and Li Na; it goes out at any hour."""
    writer = someone()
    writer.sign_in(WRITER)
    page = writer.open("/notices/new/")
    page.select_option("[name=kind]", "alert")
    page.fill("[name=title_zh]", TITLE)
    page.fill("[name=text_zh]", "客户共享屏幕时转账的，先拦下。")
    page.fill("[name=people]", f"{WANG} {LI}")
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


def test_an_alert_arrives_and_what_failed_is_sent_again(someone):
    admin = someone()
    page = admin.sign_in(ADMIN)
    mailbox(admin, "refuse@bank.example")
    accessible(page)
    admin.open("/mail/arrived/")
    published(someone)

    mine = page.get_by_role("row").filter(has_text=f"{WANG}@bank.example").filter(has_text=TITLE)
    expect(mine).to_have_count(1)
    admin.picture("mail-arrived-zh")
    accessible(page)
    mine.get_by_role("link").click()
    expect(page.locator(".mail-text")).to_contain_text("/notices/versions/")

    wang = someone(language="en")
    wang.sign_in(WANG)
    own = wang.open("/mail/mine/")
    expect(own.get_by_role("row").filter(has_text=TITLE)).to_contain_text("Delivered")
    own.select_option("[name=way_notices]", "digest")
    wang.press("F10")
    expect(own.get_by_text("Your choice is kept.").first).to_be_visible()
    expect(own.locator("[name=way_notices]")).to_have_value("digest")
    wang.picture("mail-mine-en")
    accessible(own)

    admin.open("/mail/?show=failed")
    failed = page.get_by_role("row").filter(has_text=LI).filter(has_text=TITLE)
    expect(failed).to_contain_text("550 5.1.1 no such mailbox")
    admin.picture("mail-letters-zh")
    accessible(page)
    mailbox(admin, f"{LI}@bank.example")
    admin.open("/mail/?show=failed")
    failed.get_by_role("button").click()
    expect(page.get_by_text("已重发").first).to_be_visible()
    admin.open("/mail/arrived/")
    expect(
        page.get_by_role("row").filter(has_text=f"{LI}@bank.example").filter(has_text=TITLE)
    ).to_have_count(1)

    admin.open("/mail/bots/")
    expect(page.get_by_role("button", name="添加")).to_be_visible()
    admin.picture("mail-bots-zh")
    accessible(page)
