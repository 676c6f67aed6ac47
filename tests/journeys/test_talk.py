"""Two at the counter talk: live, named, answered by a sign, read at a time; let alone while one serves."""

import re

from playwright.sync_api import expect

from tests.journeys.axe import accessible

WANG, LI, BOSS = "080101", "080102", "080201"
CARD = "6222021001112345678"


def say(person, text):
    person.page.locator("#talk-text").focus()
    person.type(text)
    person.press("Enter")
    expect(person.page.locator("#talk-text")).to_have_value("")


def test_a_message_arrives_live_with_name_sign_and_the_time_it_was_read(someone):
    boss, wang = someone(language="en"), someone()
    boss.sign_in(BOSS)
    wang.sign_in(WANG)
    mine = wang.open("/talk/")
    accessible(mine)

    # Ctrl+K finds people.
    page = boss.open("/talk/")
    boss.press("Control+k")
    boss.type("Wang Fang")
    expect(page.locator("[role=option]", has_text="Wang Fang").first).to_be_visible()
    page.locator("[role=option]", has_text="Wang Fang").last.click()
    expect(page.locator("#talk-title")).to_have_text("Wang Fang")
    page.locator("#talk-text").focus()
    boss.type("第三号窗口的印泥在哪里？")
    boss.press("Enter")
    expect(page.locator("#talk-messages")).to_contain_text("印泥")

    # It is in her list by itself; the arrow keys lead there.
    line = mine.locator("#talk-list [data-talk-line]").first
    expect(line).to_contain_text("印泥")
    expect(line.locator(".talk-count")).to_be_visible()
    wang.press("ArrowDown")
    expect(line).to_be_focused()
    wang.press("Enter")
    expect(mine.locator("#talk-messages")).to_contain_text("印泥")
    expect(page.locator(".talk-message.is-own").last).to_contain_text("Read")

    say(wang, f"在我抽屉里。顺便核对卡号 {CARD}")
    theirs = page.locator(".talk-message").last
    expect(theirs).to_contain_text("****5678")
    expect(theirs).not_to_contain_text(CARD)
    theirs.get_by_role("button", name="Show the number").click()
    expect(page.locator("#talk-clear")).to_contain_text(CARD)
    boss.press("Escape")
    accessible(page)
    boss.picture("talk-en")

    theirs.get_by_role("button", name="Sign").click()
    expect(page.locator("#talk-signs")).to_be_visible()
    boss.press("2")
    expect(mine.locator(".talk-message").last).to_contain_text("谢谢 1")
    mine.locator(".talk-message").last.get_by_role("button", name="已读").click()
    dialog = mine.locator("#talk-receipts")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    expect(dialog.locator("tbody td")).to_have_text(re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d"))
    accessible(mine)
    wang.picture("talk-receipt-zh")
    wang.press("Escape")

    mine.locator(".talk-message").last.get_by_role("button", name="编辑").click()
    edit = mine.locator("#talk-edit")
    expect(edit.locator("textarea")).to_be_focused()
    edit.locator("textarea").fill("在我抽屉里，钥匙在柜上。")
    wang.press("F10")
    expect(page.locator(".talk-message").last).to_contain_text("钥匙在柜上")
    expect(page.locator(".talk-message").last).to_contain_text("edited")


def test_names_scripts_and_the_pane_over_any_screen(someone):
    wang, li = someone(), someone()
    wang.sign_in(WANG)
    li.sign_in(LI)
    other = li.open("/feedback/")
    page = wang.open("/talk/new/")
    page.fill("[name=people]", f"{LI} {BOSS}")
    page.fill("[name=title]", "尾箱轮换")
    accessible(page)
    wang.press("F10")
    expect(page.locator("#talk-title")).to_have_text("尾箱轮换")
    page.locator("#talk-text").focus()
    wang.type("@李")
    expect(page.locator("[data-talk-names] li:not([hidden])")).to_have_count(1)
    wang.press("Enter")
    wang.type("<script>document.title='x'</script> 明天换你")
    wang.press("Enter")
    expect(page.locator(".talk-message mark")).to_have_text("@李娜")
    expect(page.locator(".talk-message")).to_contain_text("<script>")
    assert page.title() != "x"

    # On whatever screen she is, she is told, and answers there.
    expect(other.locator(".c-toast")).to_contain_text("明天换你")
    li.press("Shift+F8")
    pane = other.locator("#talk-pane")
    expect(pane.locator("[data-talk-line]").first).to_contain_text("尾箱轮换")
    accessible(other)
    pane.locator("[data-talk-line]").first.click()
    expect(pane.locator("#talk-small-messages")).to_contain_text("明天换你")
    pane.locator("textarea").focus()
    li.type("好，八点见")
    li.picture("talk-pane-zh")
    li.press("Enter")
    expect(page.locator("#talk-messages")).to_contain_text("好，八点见")
    accessible(other)
    li.press("Escape")
    # What she has closed stays closed when the next word comes.
    say(wang, "@李娜 带上钥匙")
    expect(other.locator(".c-toast", has_text="带上钥匙")).to_be_visible()
    expect(pane).to_have_count(0)

    # Who is taken out reads what was said until then, and hears nothing any more.
    address = page.url
    there = li.open(address.removeprefix(li.site.url))
    page.goto(address + "about/")
    accessible(page)
    page.locator("tr", has_text="李娜").get_by_role("button").click()
    expect(page.get_by_text("成员已移出")).to_be_visible()
    expect(there.locator("#talk-messages")).to_contain_text("好，八点见")
    page.goto(address)
    say(wang, "她不在了")
    there.reload()
    expect(there.locator("#talk-messages")).to_contain_text("好，八点见")
    expect(there.locator("#talk-messages")).not_to_contain_text("她不在了")
    expect(there.locator("[data-talk-write]")).to_have_count(0)


def test_who_serves_is_let_alone_but_for_the_own_visit(teller, someone):
    desk = teller.page
    teller.serve("陈")
    boss = someone()
    boss.sign_in(BOSS)
    page = boss.open("/visits/")
    visit = page.locator("a[href]", has_text=re.compile(r"V0|[A-Z]\d{3}")).first
    address = visit.get_attribute("href")

    talk = boss.open("/talk/")
    boss.press("Control+k")
    boss.type("王芳")
    talk.locator("[role=option]", has_text="080101").click()
    expect(talk.locator("#talk-title")).to_have_text("王芳")
    talk.locator("#talk-text").focus()
    boss.type("忙完来一下")
    boss.press("Enter")
    expect(talk.locator("#talk-messages")).to_contain_text("忙完来一下")
    counter = desk.locator(".c-counter", has_text="未读会话")
    expect(counter).to_have_class(re.compile("is-on"))
    expect(desk.locator(".c-toast")).to_have_count(0)

    page = boss.open(address)
    panel = page.locator(".talk-panel")
    expect(panel).to_be_visible()
    panel.locator("textarea").focus()
    boss.type("@王芳 客户的旧存折在我这里")
    boss.press("Enter")
    expect(panel.locator(".talk-messages")).to_contain_text("旧存折")
    expect(desk.locator(".c-toast")).to_contain_text("旧存折")
    panel.scroll_into_view_if_needed()
    accessible(page)
    boss.picture("talk-visit-zh")

    # The teller answers beside the form; the thread goes with its visit.
    desk.get_by_role("tab", name="讨论").click()
    thread = desk.locator("#side-thread")
    expect(thread).to_contain_text("旧存折")
    thread.locator("textarea").focus()
    teller.person.type("马上来取")
    teller.person.press("Enter")
    expect(panel.locator(".talk-messages")).to_contain_text("马上来取")
    teller.person.picture("talk-desk-zh")
    accessible(desk)
    teller.finish()
    expect(thread).not_to_contain_text("旧存折")
    expect(thread.locator("textarea")).to_have_count(0)
