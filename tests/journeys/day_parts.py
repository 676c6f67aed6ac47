"""Hands and eyes of a branch's day: what the people of a story do at their screens, key by key."""

import os
import re
from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdfium2 import PdfDocument

BRANCH = 3
PASSWORD = "counterpoint"
#: The forms that the demo branch holds and nobody uses in these stories: ranges by box and kind.
FORMS = {
    "0003-V": {"passbook": "30101-31000", "certificate": "30051-30500", "draft": "30001-30200"},
    "0003-01": {"passbook": "30001-30050", "certificate": "30001-30025"},
    "0003-02": {"passbook": "30051-30100", "certificate": "30026-30050"},
}


class Worker:
    """Somebody of the branch at a screen of their own."""

    def __init__(self, person, number):
        self.person = person
        self.page = person.page
        self.number = number
        self.known = {}

    def picture(self, name):
        """The page as it stands; for the manual in English as well, whose reader reads it so."""
        self.person.picture(f"{name}-zh")
        if not os.environ.get("COUNTERPOINT_PICTURES"):
            return
        for language in ("en", "zh-hans"):
            cookie = {"name": "django_language", "value": language, "url": self.person.site.url}
            self.person.context.add_cookies([cookie])
            self.page.reload()
            expect(self.page.locator("html")).to_have_attribute("lang", re.compile(language[:2]))
            if language == "en":
                self.person.picture(f"{name}-en")

    def sign_in(self, *, desk=None):
        self.person.sign_in(self.number, desk=desk)
        return self

    def go_to(self, name):
        """Press Enter from field to field, as on the old terminal; in a text of several lines, Ctrl+Enter."""
        expect(self.page.locator("input:focus, select:focus, textarea:focus")).to_have_count(1)
        for _ in range(80):
            here, tag = self.page.evaluate("[document.activeElement.name, document.activeElement.tagName]")
            if here == name:
                return
            self.person.press("Control+Enter" if tag == "TEXTAREA" else "Enter")
        pytest.fail(f"Enter never came to {name}")

    def follow(self, link):
        """Go to a link and press Enter."""
        expect(link).to_be_visible()
        link.focus()
        self.person.press("Enter")

    def signed_by(self, other, *, prefix="second"):
        """Another person signs here and now, with number, password and no code."""
        expect(self.page.locator(f"[name={prefix}_number]")).to_be_visible()
        self.go_to(f"{prefix}_number")
        for text in (other.number, PASSWORD):
            self.person.type(text)
            self.person.press("Enter")

    def vault(self, key):
        """One of the vault's pages by its digit."""
        self.person.open("/vault/")
        self.person.press(key)
        self.page.wait_for_url(re.compile(r"/vault/\w+/"))

    def box(self, number):
        """The page of a box; its id. Who has been there knows the way."""
        if number in self.known:
            self.person.open(f"/vault/boxes/{self.known[number]}/")
        else:
            self.vault("1")
            self.follow(self.page.get_by_role("link", name=number, exact=True))
            self.page.wait_for_url(re.compile(r"/vault/boxes/\d+/"))
            self.known[number] = int(re.search(r"/boxes/(\d+)/", self.page.url).group(1))
        return self.known[number]

    def claim(self, number, *, with_=None, picture=""):
        """Take a box; the vault with a second person."""
        self.box(number)
        if picture:
            self.picture(picture)
        if with_ is not None:
            self.signed_by(with_)
        self.person.press("F10")
        expect(self.page.locator("#box form[action$='/return/']")).to_be_visible()

    def give_back(self, number):
        self.box(number)
        self.follow(self.page.locator("#box form[action$='/return/'] button[type=submit]"))
        expect(self.page.locator("#box form[action$='/return/']")).to_have_count(0)

    def sit_down(self, desk):
        """Choose a desk when one is signed in already 上柜."""
        self.person.open("/desk/")
        self.follow(self.page.locator(f"[data-desk-choice='{desk}']"))
        self.page.wait_for_url("**/desk/")

    def leave_desk(self):
        """Give the box back and leave the desk 下柜."""
        self.person.open("/desk/")
        self.follow(self.page.locator("#tab-box"))
        self.follow(self.page.locator("[data-leave]"))
        self.page.wait_for_url("**/desk/choice/")

    def pieces(self, number):
        """What the books say of a box, by the name of each face, for who may see it."""
        self.box(number)
        rows = self.page.locator("#box-stock table").first.locator("tbody tr:has(th)")
        told = rows.evaluate_all("rows => rows.map(row => [row.cells[0].innerText, row.cells[1].innerText])")
        return {name.strip(): int(count.replace(",", "")) for name, count in told}

    def type_grid(self, pieces):
        """A blind count from the first cell to the last: bundles, straps and loose, rolls and loose."""
        rows = self.page.locator("[data-count-grid] [data-count-row]")
        expect(rows.first).to_be_visible()
        cells = rows.evaluate_all(
            "rows => rows.map(row => [row.cells[0].innerText.trim(), row.querySelectorAll('input').length])"
        )
        self.page.locator("[data-count-grid] input").first.focus()
        typed = []
        for name, across in cells:
            n = pieces.get(name, 0)
            typed += (n // 1000, n % 1000 // 100, n % 100) if across == 3 else (n // 50, n % 50)
        for at, one in enumerate(typed):
            if at:
                self.person.press("Enter")
            if one:
                self.person.type(str(one))

    def count(self, number, moment, pieces, *, along=None):
        """Count a box 碰库; the page then says whether it agrees."""
        self.vault("2")
        row = self.page.locator("tr", has=self.page.get_by_role("rowheader", name=number))
        self.follow(row.locator("a[href*='/new/']"))
        expect(self.page.locator("#count-form")).to_be_visible()
        self.type_grid(pieces)
        self.go_to("moment")
        self.page.locator("[name=moment]").select_option(moment)
        if along is not None:
            self.signed_by(along)
        self.person.press("F10")
        expect(self.page.locator("#count")).to_be_visible()

    def count_forms(self, number, along):
        """Count the blank forms of a box at the end of the day, two people."""
        box = self.known.get(number) or self.box(number)
        self.person.open(f"/vault/vouchers/counts/{box}/?moment=end")
        for kind, range_ in FORMS[number].items():
            self.go_to(f"kind_{kind}")
            self.person.type(range_)
        self.person.press("F10")
        self.signed_by(along)
        self.person.press("F10")
        expect(self.page.locator("#voucher-count .c-badge.is-success")).to_be_visible()

    def book(self, account, amount, purpose):
        """Book a large withdrawal for the next working day 大额预约; the booking's number."""
        self.vault("8")
        self.person.press("F2")
        expect(self.page.locator("#q")).to_be_focused()
        self.person.type(account)
        self.person.press("Enter")
        expect(self.page.locator("[name=amount]")).to_be_focused()
        for name, text in (("amount", amount), ("purpose", purpose)):
            self.go_to(name)
            self.person.press("Control+A")
            self.person.type(text)
        self.person.press("F10")
        self.page.wait_for_url(re.compile(r"/vault/bookings/\d+/"))
        return re.search(r"YY\d{4}-\d{8}-\d{3}", self.page.locator("h1").inner_text()).group()

    def ask_for(self, pieces):
        """Ask the vault for cash 领款, by bundles, straps and loose; the transfer's number."""
        self.vault("3")
        self.person.press("F2")
        expect(self.page.locator("#work-form")).to_be_visible()
        self.type_grid(pieces)
        self.person.press("F10")
        expect(self.page.locator("#transfer")).to_be_visible()
        return re.search(r"DB\d{4}-\d{8}-\d{3}", self.page.locator("h1").inner_text()).group()

    def called_to(self, number):
        """What waits for me stands on the vault's first page by itself; go there."""
        self.person.open("/vault/")
        self.follow(self.page.locator("#vault-home a", has_text=number))
        expect(self.page.locator("h1", has_text=number)).to_be_visible()

    def at_the_counter(self):
        self.person.open("/desk/")
        expect(self.page.locator("#code")).to_be_visible()

    def tick(self, *names):
        """Tick the boxes that the form has."""
        for name in names:
            box = self.page.locator(f"input[type=checkbox][name={name}]")
            if box.count():
                box.focus()
                self.person.press("Space")

    def approved_by(self, other, *, amount):
        """The quote waits for a second person, who signs at this desk, and types the amount if asked to."""
        self.follow(self.page.locator("#quote [data-open=approval-dialog]"))
        dialog = self.page.locator("#approval-dialog")
        expect(dialog.locator("input[name=number]")).to_be_focused()
        answers = {"number": other.number, "password": PASSWORD, "rekey_amount": amount}
        for field in dialog.locator("input:visible").all():
            self.person.type(answers.get(field.get_attribute("name"), ""))
            self.person.press("Enter")
        expect(self.page.locator("#quote .c-note.is-success")).to_contain_text(other.number)

    def type_in(self, **fields):
        """Reach each field by Enter and type into it."""
        for name, text in fields.items():
            self.go_to(name)
            self.person.press("Control+A")
            self.person.type(text)

    def printed(self, key):
        """The address of the paper that a key opens in a page of its own."""
        with self.person.context.expect_page() as opened:
            self.person.press(key)
        address = opened.value.url
        opened.value.close()
        return address

    def close_day(self):
        """Close the branch's books 日终, and watch it to its end."""
        self.person.open(f"/org/days/{BRANCH}/")
        expect(self.page.locator("#day-state .day-fine").last).to_be_visible()
        self.person.press("F10")
        expect(self.page.locator("#day-state [data-finished]")).to_be_visible(timeout=60_000)
        expect(
            self.page.locator("form[action$='/opening/']")
        ).to_be_visible()  # the page has turned by itself

    def open_day(self):
        """Open the next business day 日始, as it is proposed; its date."""
        self.person.open(f"/org/days/{BRANCH}/")
        day = self.page.locator("[name=date]").input_value()
        self.person.press("F10")
        expect(self.page.locator("#day-state")).to_contain_text("0003-V")
        return day

    def paper(self, address):
        """A PDF behind an address: its pages as text."""
        answer = self.person.context.request.get(
            address if address.startswith("http") else self.person.site.url + address
        )
        assert answer.headers["content-type"] == "application/pdf", address
        body = answer.body()
        assert body.startswith(b"%PDF-")
        return PdfDocument(BytesIO(body))


def chinese(document):
    """The text of a paper's pages, one after the other; it must be Chinese that can be copied."""
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert len(re.findall(r"[\u4e00-\u9fff]", text)) > 40, text[:200]
    return text
