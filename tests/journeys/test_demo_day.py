"""A branch's day by three people on three screens: from opening the vault to closing the books.

The evening before, a customer books a large withdrawal. In the morning two open the vault, cash goes to a
desk, the booking is paid, a counterfeit note is seized. At noon a count is short, the workbench finds the
digits that changed places, and everything goes to a colleague. In the evening the cash goes back, all is
counted, and the books are closed.
"""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Site, served
from tests.journeys.day_parts import Worker, chinese
from tests.journeys.teller import Teller
from tests.journeys.test_hand_over import Keeper

WANG, CHEN, ZHANG = "080101", "080103", "080201"
SAFE, MORNING, TODAY = "0003-V", "0003-01", "0003-02"


@pytest.fixture(scope="module")
def site(tmp_path_factory, demo_bank):
    """A branch of its own: this story closes two days of it."""
    folder = tmp_path_factory.mktemp("day")
    demo_bank(folder)
    yield from served(Site(folder))


@pytest.fixture
def day(site, someone):
    return SimpleNamespace(
        site=site, wang=Worker(someone(), WANG), chen=Worker(someone(), CHEN), zhang=Worker(someone(), ZHANG)
    )


def wealthy(site):
    """The number on the card of somebody who can draw eighty thousand."""
    sql = (
        "SELECT 'card ' || number FROM ledger_account a JOIN ledger_agreement g ON g.account_id = a.id"
        " WHERE branch_id = 3 AND product = '01' ORDER BY balance DESC LIMIT 1"
    )
    return re.search(r"card (\d+)", site.command("psql", "-c", sql).stdout).group(1)


def the_evening_before(day):
    """Somebody books eighty thousand for tomorrow; every form is counted; the books are closed."""
    wang, chen, zhang = day.wang, day.chen, day.zhang
    wang.sign_in(desk="01")
    chen.sign_in()
    zhang.sign_in()
    day.account = wealthy(day.site)
    day.booking = wang.book(day.account, "80000", "购车款")
    wang.count_forms(MORNING, chen)
    wang.leave_desk()
    chen.count_forms(SAFE, zhang)
    chen.count_forms(TODAY, zhang)
    zhang.close_day()


def two_open_the_vault(day):
    """The next day is opened; its page says what it still wants, until the vault is open and counted."""
    chen, zhang = day.chen, day.zhang
    day.date = zhang.open_day()
    wanted = zhang.page.locator("#day-state", has_text=SAFE)
    expect(wanted).to_be_visible()
    zhang.picture("day-begins")
    chen.claim(SAFE, with_=zhang, picture="vault-opening")
    chen.count(SAFE, "start", zhang.pieces(SAFE), along=zhang)
    expect(chen.page.locator("#count .is-success")).to_be_visible()


def cash_for_the_booking(day):
    """Wang Fang had 01 yesterday: today she takes 02, counts it, and draws the promised notes."""
    wang, chen = day.wang, day.chen
    wang.sit_down("02")
    wang.count(TODAY, "start", day.zhang.pieces(TODAY))
    expect(wang.page.locator("#count .is-success")).to_be_visible()
    number = wang.ask_for({"100 元": 800})
    chen.called_to(number)
    chen.person.press("F10")
    expect(chen.page.locator("#transfer .c-badge.is-attention").first).to_be_visible()
    wang.called_to(number)
    expect(wang.page.locator("#transfer")).not_to_contain_text("80,000")
    wang.type_grid({"100 元": 800})
    wang.person.picture("transfer-blind-zh")
    wang.person.press("F10")
    expect(wang.page.locator("#transfer")).to_contain_text("80,000")
    day.slip = wang.page.locator("a[href$='slip.pdf']").get_attribute("href")


def the_booking_is_paid(day):
    """Eighty thousand in cash: identified, checked with the holder, approved by a second person."""
    wang, zhang = day.wang, day.zhang
    wang.at_the_counter()
    counter = Teller(wang.person)
    counter.serve(day.account[-8:])
    counter.open("1102")
    counter.fill(amount="80000", faces_10000="800")
    wang.tick("id_checked", "id_copied")
    counter.quote()
    wang.person.picture("booked-withdrawal-zh")
    wang.approved_by(zhang, amount="80000")
    counter.post()
    wang.person.press("F10")  # the notes are handed over
    expect(wang.page.locator("[data-receipt] .is-success").first).to_be_visible()
    counter.finish()


def a_counterfeit_is_seized(day):
    """Two people, in the holder's sight; the certificate has its number."""
    wang, chen = day.wang, day.chen
    wang.person.open("/vault/")
    wang.follow(wang.page.locator("a[href='/vault/counterfeit/']"))
    wang.page.wait_for_url("**/vault/counterfeit/")
    wang.person.press("F2")
    expect(wang.page.locator("#counterfeit-new")).to_be_visible()
    wang.type_in(holder="钱多多", identity="310101198503124517", phone="13800138000")
    wang.type_in(**{"notes-0-face": "100", "notes-0-serial": "HD90123456", "notes-0-edition": "2015"})
    wang.person.press("F8")
    expect(wang.page.locator("#second-dialog[open]")).to_be_visible()
    wang.person.picture("counterfeit-zh")
    wang.signed_by(chen)
    wang.person.press("F10")
    expect(wang.page.locator("#counterfeit")).to_be_visible()
    day.certificate = wang.printed("F4")


def digits_change_places(day):
    """A deposit of 4,500 is booked as 5,400. At noon the box is short of 900, and the workbench says why."""
    wang, zhang = day.wang, day.zhang
    wang.at_the_counter()
    counter = Teller(wang.person)
    counter.serve("赵")
    counter.open("1101")
    counter.fill(amount="5400", faces_10000="54")
    counter.quote()
    counter.post()
    counter.finish()
    really = zhang.pieces(TODAY)
    really["100 元"] -= 9
    wang.count(TODAY, "mid", really)
    first = wang.page.locator("[data-cause]").first
    expect(first).to_have_attribute("data-cause", "transposed")
    expect(first).to_contain_text("4,500.00")
    wang.picture("difference-proposed")
    wang.signed_by(zhang)
    wang.person.press("F10")
    expect(wang.page.locator("#difference")).to_be_visible()
    wang.person.press("F6")  # that is it
    expect(wang.page.locator("[name=note]").first).to_have_value(re.compile("4,500.00"))
    wang.picture("difference-taken")
    wang.person.press("F9")
    expect(wang.page.locator("#difference .is-information").first).to_be_visible()
    expect(wang.page.locator("[name=account]")).to_have_value(re.compile(r"\d{16,}"))
    wang.page.locator("#id_note").focus()
    wang.person.type("存款金额数字换位，按实收更正")
    wang.signed_by(zhang)
    wang.person.press("F10")
    expect(wang.page.locator("#difference [name=account]")).to_have_count(0)
    wang.picture("difference-resolved")


def everything_goes_to_a_colleague(day):
    """Noon: Chen Jing locks the vault and takes all that Wang Fang holds; Zhang Wei signs."""
    wang, chen, zhang = day.wang, day.chen, day.zhang
    chen.give_back(SAFE)
    giver, taker = Keeper(wang.person, WANG), Keeper(chen.person, CHEN)
    number = giver.propose(CHEN)
    package = giver.package()
    chen.called_to(number)
    expect(chen.page.locator("#count-form")).to_be_visible()
    taker.count(*package)
    taker.sign(ZHANG)
    expect(chen.page.locator("#hand-over .c-badge.is-success").first).to_be_visible()
    day.register = chen.page.locator("a[href$='register.pdf']").get_attribute("href")
    wang.leave_desk()
    giver_of_the_key = Keeper(chen.person, CHEN)
    giver_of_the_key.give("YS-JK-A", WANG)
    expect(zhang.page.locator("body")).to_be_visible()


def the_cash_goes_back(day):
    """Evening: a last customer, then what may not stay in the box overnight goes into the vault."""
    wang, chen, zhang = day.wang, day.chen, day.zhang
    chen.sit_down("02")
    counter = Teller(chen.person)
    counter.serve("孙")
    counter.open("1101")
    counter.fill(amount="300", faces_10000="3")
    counter.quote()
    counter.post()
    counter.finish()
    wang.claim(SAFE, with_=zhang)
    chen.box(TODAY)
    chen.follow(chen.page.locator("a[href*='overnight=1']"))
    expect(chen.page.locator("#work-form")).to_be_visible()
    chen.picture("hand-in-overnight")
    chen.person.press("F10")
    expect(chen.page.locator("#transfer")).to_be_visible()
    pieces = {
        row.locator("th").inner_text(): int(row.locator("td").nth(3).inner_text().replace(",", ""))
        for row in chen.page.locator("#transfer tbody tr").all()
    }
    number = re.search(r"DB\d{4}-\d{8}-\d{3}", chen.page.locator("h1").inner_text()).group()
    chen.person.press("F10")
    expect(chen.page.locator("#transfer .c-badge.is-attention").first).to_be_visible()
    wang.called_to(number)
    wang.type_grid(pieces)
    wang.person.press("F10")
    expect(wang.page.locator("#transfer .c-badge.is-success").first).to_be_visible()


def all_is_counted(day):
    """Cash and forms of every box in use, then all is given back."""
    wang, chen, zhang = day.wang, day.chen, day.zhang
    wang.count(SAFE, "end", zhang.pieces(SAFE), along=zhang)
    wang.count_forms(SAFE, zhang)
    chen.count(TODAY, "end", zhang.pieces(TODAY))
    day.sheet = chen.page.locator("a[href$='sheet.pdf']").get_attribute("href")
    chen.count_forms(TODAY, wang)
    wang.give_back(SAFE)
    chen.leave_desk()
    chen.count_forms(MORNING, zhang)


def the_books_are_closed(day):
    """Nothing is in the way; the steps run to their end, and the day is told in figures and papers."""
    zhang = day.zhang
    zhang.person.open("/org/days/3/")
    expect(zhang.page.locator("#day-state .is-danger")).to_have_count(0)
    zhang.picture("day-ready")
    zhang.close_day()
    zhang.picture("day-closed")


def the_papers_are_good(day):
    """Every paper is a PDF whose Chinese can be read and copied, with what it is about."""
    wang, chen, zhang = day.wang, day.chen, day.zhang
    zhang.person.open(f"/org/days/3/{day.date}/")
    links = [link.get_attribute("href") for link in zhang.page.locator("a[href*='/papers/']").all()]
    papers = {
        re.search(r"/papers/(\w+)\.pdf", link).group(1): link for link in links if link.endswith(".pdf")
    }
    assert set(papers) == {"day_book", "box_journal", "position"}
    for name, words in (
        ("day_book", ("日记账", "80,000.00", "5,400.00")),
        ("box_journal", ("尾箱日结单", SAFE, TODAY, "昨日结存")),
        ("position", ("现金头寸表", SAFE, "券别")),
    ):
        text = chinese(zhang.paper(papers[name]))
        assert all(word in text for word in words), (name, text[:400])
    wanted = (
        (wang, day.certificate, ("假币收缴凭证", "HD90123456", "钱多多", "鉴定")),
        (chen, day.register, ("交接登记簿", "王芳", "陈静", "张伟")),
        (chen, day.sheet, ("尾箱碰库单", TODAY, "账实相符", "陈静")),
        (wang, day.slip, ("现金调拨单", "80,000.00", SAFE)),
        (zhang, f"/vault/vouchers/register.pdf?day={day.date}", ("重要空白凭证登记簿", "银行汇票")),
    )
    for who, address, words in wanted:
        text = chinese(who.paper(address))
        assert all(word in text for word in words), (address, text[:400])


def the_books_and_custody_are_proved(day):
    """``counterpoint verify`` recomputes it all, custody too."""
    said = day.site.command("verify")
    assert said.returncode == 0, said.stdout[-2000:]
    assert "vault.custody" in said.stdout


PARTS = (
    the_evening_before, two_open_the_vault, cash_for_the_booking, the_booking_is_paid,
    a_counterfeit_is_seized, digits_change_places, everything_goes_to_a_colleague, the_cash_goes_back,
    all_is_counted, the_books_are_closed, the_papers_are_good, the_books_and_custody_are_proved,
)  # fmt: skip


def test_the_demo_day(day):
    for part in PARTS:
        part(day)
