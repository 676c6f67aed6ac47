"""A cash rule is changed for tomorrow at nine; tomorrow it is known by all before it is used."""

import json
import re
import sys
from contextlib import contextmanager
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from counterpoint.kit import clock
from tests.journeys.axe import accessible
from tests.journeys.conftest import ROOT, Site, served
from tests.journeys.teller import Teller

CALENDAR = ROOT / "counterpoint/org/rules_data/calendar.json"
ADMIN, OPERATIONS, BOSS, WANG = "090301", "090101", "080201", "080101"
RULE, CHANGE = "大额现金取款核对要求", "3. 二十万元以上须提前一日预约。"
CHANGED = "3. 十万元以上须提前一日预约。"
QUESTION = "? 十二万元现金，何时可取\n+ 提前一日预约后\n- 随到随办\n! 自今日起，十万元以上须预约"
MISSING = "取款表单缺少用途一栏"


class Day(Site):
    """The product and its database on a day of this story; another day is another server on that data."""

    def __init__(self, folder, moment):
        super().__init__(folder)
        self.moment = moment
        ahead = int((moment - clock.now()).total_seconds())
        self.program = [sys.executable, "-W", "ignore", "-m", "tests.journeys.on_a_day", str(ahead)]


def working(moment):
    """No weekend, and no holiday of the calendar that comes with the product."""
    day = moment.date().isoformat()
    holidays = [one for year in json.loads(CALENDAR.read_text())["years"] for one in year["holidays"]]
    return moment.weekday() < 5 and not any(one["from"] <= day <= one["to"] for one in holidays)


@pytest.fixture
def days(tmp_path_factory, demo_bank):
    """The day before, tomorrow at five past nine, and its evening; on both the bank works."""
    folder = tmp_path_factory.mktemp("tomorrow")
    demo_bank(folder)
    before = clock.now().astimezone(clock.CHINA)
    while not (working(before) and working(before + timedelta(days=1))):
        before += timedelta(days=1)
    morning = datetime.combine(before + timedelta(days=1), time(9, 5), clock.CHINA)
    return [Day(folder, moment) for moment in (before, morning, morning.replace(hour=16, minute=31))]


@pytest.fixture
def at(someone_at):
    """``at(day, number)``: somebody signed in on that day."""

    def make(day, number, *, language="zh-hans", desk=None):
        person = someone_at(day, language=language)
        person.sign_in(number, desk=desk)
        return person

    return make


def changed_for_tomorrow(operations, boss, day):
    """Operations writes the next version of the rule, a supervisor approves it."""
    page = operations.open("/notices/")
    page.get_by_role("link", name=RULE).click()
    page.get_by_role("link", name="起草新版本").click()
    text = page.locator("[name=text_zh]")
    assert CHANGE in text.input_value()
    text.fill(text.input_value().replace(CHANGE, CHANGED))
    page.fill("[name=questions]", QUESTION)
    page.fill("[name=effective]", f"{day:%Y-%m-%d}T09:00")
    operations.press("F10")
    expect(page.get_by_text("起草中").first).to_be_visible()
    operations.press("F8")
    expect(page.get_by_text("待审批").first).to_be_visible()
    address = re.sub(r"^https?://[^/]+", "", page.url)
    shown = boss.open(address)
    expect(shown.locator(".notices-difference ins")).to_contain_text([CHANGED])
    accessible(shown)
    boss.press("F10")
    expect(shown.locator("#notice")).to_contain_text("待生效")
    return address


def withdraws(teller):
    teller.serve("李")
    teller.open("1102")
    teller.fill(amount="500")
    teller.quote()
    teller.post()
    teller.finish()


def barred_until_read(wang):
    """The desk says which notice, opens it, explains a wrong answer, and lets her on after the right one."""
    desk = wang.page
    wang.press("F3")
    wang.type("1102")
    wang.press("Enter")
    refused = desk.locator("#work-area [data-refusal]").first
    expect(refused).to_contain_text(RULE)
    wang.picture("known-barred-zh")
    refused.get_by_role("link", name="阅读通知").click()
    expect(desk.locator("#notice")).to_contain_text("十万元以上须提前一日预约")
    desk.get_by_label("随到随办").check()
    wang.press("F10")
    expect(desk.get_by_role("alert")).to_contain_text("十万元以上须预约")
    accessible(desk)
    desk.get_by_label("提前一日预约后").check()
    wang.press("F10")
    expect(desk.locator(".notices-acknowledge")).to_have_count(0)


def on_the_agenda(boss):
    """The morning's briefing has filled its agenda by itself."""
    page = boss.open("/meetings/")
    briefing = page.locator("tr.is-today", has_text="网点晨会").locator("[data-meetings-line]")
    briefing.click()
    expect(page.get_by_role("heading", name="网点晨会")).to_be_visible()
    expect(page.locator("#meeting-record")).to_contain_text(RULE)
    boss.picture("known-agenda-zh")


def reports(wang):
    wang.open("/desk/")
    Teller(wang).open("1102")
    wang.press("Shift+F7")
    expect(wang.page.locator("#report-dialog [name=title]")).to_be_focused()
    wang.type(MISSING)
    wang.press("F10")
    expect(wang.page.get_by_text("已上报").first).to_be_visible()


def answers(operations):
    board = operations.open("/feedback/board/")
    board.get_by_role("link", name=MISSING).click()
    expect(board.get_by_role("button", name="受理")).to_be_visible()
    operations.press("F2")
    expect(board.locator("#feedback-standing")).to_contain_text("周涛")
    board.fill("[name=text] >> nth=0", "下周一的版本加上用途一栏。")
    operations.press("F10")
    expect(board.locator("#feedback-standing")).to_contain_text("下周一的版本")


def every_mail_arrived(admin):
    """Also the answer, which Wang Fang gets in her digest; nothing waits and nothing failed."""
    page = admin.open("/mail/arrived/")
    hers = page.get_by_role("row").filter(has_text=f"{WANG}@bank.example")
    expect(hers.filter(has_text=re.compile(r"今日 \d+ 条消息")).first).to_be_visible()
    expect(hers.filter(has_text=RULE).first).to_be_visible()
    admin.picture("known-mails-zh")
    for state in ("waiting", "failed"):
        admin.open(f"/mail/?show={state}")
        expect(page.locator("#mail-letters tbody tr")).to_have_count(0)


def test_a_rule_changed_for_tomorrow_is_known_before_it_is_used(days, at):
    today, tomorrow, evening = days
    with contextmanager(served)(today):
        operations, boss = at(today, OPERATIONS), at(today, BOSS)
        address = changed_for_tomorrow(operations, boss, tomorrow.moment)
        # Until then the old rule is in force, and who knew it works on.
        wang = at(today, WANG, desk="01")
        withdraws(Teller(wang))
        for person in (operations, boss, wang):
            person.context.close()
    with contextmanager(served)(tomorrow):
        boss = at(tomorrow, BOSS)
        on_the_agenda(boss)
        expect(boss.open("/board/").locator("#board")).to_contain_text(f"1102 · {RULE}")
        boss.picture("known-board-zh")
        waiting = boss.open(f"{address}readers/").locator("#notice-readers")
        row = waiting.locator("tr", has_text=WANG)
        expect(row).to_be_visible()
        before = waiting.locator("tbody tr").count()
        wang = at(tomorrow, WANG, desk="01")
        barred_until_read(wang)
        # The supervisor's list shrinks by itself.
        expect(row).to_have_count(0)
        expect(waiting.locator("tbody tr")).to_have_count(before - 1)
        wang.open("/desk/")
        withdraws(Teller(wang))
        reports(wang)
        operations = at(tomorrow, OPERATIONS)
        answers(operations)
        mine = wang.open("/feedback/")
        mine.get_by_role("link", name=MISSING).click()
        expect(mine.locator("#feedback-standing")).to_contain_text("下周一的版本")
        for person in (boss, wang, operations):
            person.context.close()
    with contextmanager(served)(evening):
        every_mail_arrived(at(evening, ADMIN))
