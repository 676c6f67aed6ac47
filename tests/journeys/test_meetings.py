"""A briefing on the wall: two write its minutes, an action is agreed, it is finalised, and carried over."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from counterpoint.kit import clock
from tests.journeys.axe import accessible

BOSS, LI = "080201", "080102"


def on_the_wall(boss, page):
    """The agenda fills itself, and is gone through item by item, the minutes typed at the side."""
    boss.press("F7")
    expect(page.locator("#meeting-record")).to_contain_text("昨日数据")
    expect(page.locator("#meeting-record")).to_contain_text("三号柜点钞机报修")
    accessible(page)
    boss.press("F8")
    expect(page.locator(".meetings-wall")).to_be_visible()
    boss.press("F9")
    expect(page.locator(".meetings-clock")).to_be_visible()
    for _ in range(12):
        if page.locator(".meetings-now h2").inner_text() == "昨日数据":
            break
        before = page.locator("#meeting-stage header p").inner_text()
        boss.press("ArrowRight")
        expect(page.locator("#meeting-stage header p")).not_to_have_text(before)
    expect(page.locator(".meetings-now")).to_contain_text("长短款")
    page.fill("#minutes-text", "一、通报昨日等候与差错。")
    expect(page.locator(".meetings-kept")).to_contain_text("保存")
    boss.picture("meetings-screen-zh")
    accessible(page)


def both_write(page, li, other):
    """What one writes comes to the other; where both write at once nobody loses a word."""
    minutes = other.locator("#minutes-text")
    expect(minutes).to_have_value("一、通报昨日等候与差错。")
    # What one writes comes to the other by itself.
    page.locator("#minutes-text").press("Control+End")
    page.keyboard.type("二、点钞机报修。")
    expect(minutes).to_have_value("一、通报昨日等候与差错。二、点钞机报修。")
    # Both write at once: neither loses a word.
    held = []
    other.route("**/minutes/", lambda route: held.append(route))
    minutes.press("Control+End")
    other.keyboard.type(" Li adds.")
    state = page.locator("#minutes-state")
    revision = state.get_attribute("data-revision")
    page.locator("#minutes-text").press("Control+End")
    page.keyboard.type("三、抽查。")
    expect(state).not_to_have_attribute("data-revision", revision)
    for late in held:
        late.continue_()
    other.unroute("**/minutes/")
    other.keyboard.type(" More.")
    behind = other.locator("[data-minutes-behind]")
    expect(behind).to_be_visible()
    li.picture("meetings-both-en")
    accessible(other)
    behind.get_by_role("button", name="Put mine below theirs").click()
    expect(behind).to_be_hidden()
    expect(page.locator("#minutes-text")).to_have_value(re.compile("三、抽查。[\\s\\S]*Li adds. More."))


def test_a_briefing_from_the_wall_to_the_final_minutes(someone):
    boss = someone(width=1920, height=1080)
    boss.sign_in(BOSS)
    page = boss.open("/meetings/")
    accessible(page)
    for _ in range(2):
        planned = (
            page.locator("tr", has_text="网点晨会").filter(has_text="待召开").locator("[data-meetings-line]")
        )
        if planned.count():
            break
        boss.press("PageDown")
        expect(page.locator("#meetings-week")).to_be_visible()
    boss.picture("meetings-week-zh")
    planned.first.click()
    expect(page.get_by_role("heading", name="网点晨会")).to_be_visible()
    address = re.search(r"/meetings/(\d+)/", page.url).group(0)
    on_the_wall(boss, page)

    li = someone(language="en")
    li.sign_in(LI)
    other = li.open(address)
    both_write(page, li, other)

    other.fill("#decision_text", "The lunch break is covered.")
    other.locator("#decision_text").press("Enter")
    expect(other.locator("#meeting-record")).to_contain_text("The lunch break is covered.")
    other.fill("#action_text", "Repair the counter of window 3")
    other.locator("#action_text").press("Enter")
    expect(other.locator("#meeting-record")).to_contain_text("Repair the counter of window 3")
    li.picture("meetings-meeting-en")
    accessible(other)

    boss.press("Escape")
    page = boss.open(address)
    expect(page.locator("#meeting-record")).to_contain_text("The lunch break is covered.")
    boss.press("F10")
    expect(page.get_by_text("纪要已定稿。")).to_be_visible()
    # The other's page follows.
    expect(other.locator("#minutes-text")).to_have_count(0)
    mine = li.open("/meetings/actions/")
    expect(mine.locator("#meetings-actions")).to_contain_text("三号柜点钞机报修")
    accessible(mine)
    mine.get_by_role("link", name="三号柜点钞机报修").click()
    expect(mine.get_by_role("button", name="It is done")).to_be_visible()
    accessible(mine)
    accessible(li.open("/meetings/calendar/"))


def test_a_series_is_called_by_the_form(someone):
    boss = someone()
    boss.sign_in(BOSS)
    page = boss.open("/meetings/new/")
    page.fill("[name=title]", "三月周会")
    expect(page.locator("[name=rule]")).to_be_hidden()
    page.select_option("[name=repeat]", "own")
    expect(page.locator("[name=rule]")).to_be_visible()
    page.select_option("[name=repeat]", "weekly")
    page.fill("[name=day]", (clock.today() + timedelta(days=5)).isoformat())
    page.fill("[name=time]", "15:10")
    page.check("[name=whole_branch]")
    boss.picture("meetings-call-zh")
    accessible(page)
    boss.press("F10")
    expect(page.get_by_text("会议已召集，并已邀请参会人员。")).to_be_visible()
    expect(page.get_by_role("link", name="三月周会")).to_be_visible()
