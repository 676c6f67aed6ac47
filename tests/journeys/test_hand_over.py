"""Noon: a teller hands all that she holds to a colleague, counted blind, and a third person signs."""

import re

import pytest
from playwright.sync_api import expect

WANG, CHEN, ZHANG = "080101", "080103", "080201"


class Keeper:
    """Somebody who gives or takes a package, by keyboard."""

    def __init__(self, person, number):
        self.person = person
        self.page = person.page
        self.number = number

    def propose(self, receiver):
        """From the vault's first page: F6, the colleague's number, F10."""
        self.person.open("/vault/")
        self.person.press("F6")
        expect(self.page.locator("select[name=receiver]")).to_be_focused()
        self.person.type(receiver)
        self.person.press("F10")
        expect(self.page.locator("#hand-over")).to_be_visible()
        return re.search(r"JJ\d{4}-\d{8}-\d{3}", self.page.locator("h1").inner_text()).group()

    def package(self):
        """What the giver's screen says: units by face, ranges by kind, numbers of seals."""
        cash = {}
        for row in self.page.locator("#hand-over table:has(thead) tbody tr").all():
            name = row.locator("th").inner_text()
            cash[name] = [cell.inner_text() for cell in row.locator("td").all()[:3]]
        lines = [row.inner_text() for row in self.page.locator("#hand-over table:not(:has(thead)) th").all()]
        return cash, lines

    def go_to(self, name):
        """Press Enter from field to field, as on the old terminal."""
        for _ in range(120):
            if self.page.evaluate("document.activeElement.name") == name:
                return
            self.person.press("Enter")
        pytest.fail(f"Enter never came to {name}")

    def count(self, cash, lines, *, wrong=""):
        """Type what was counted; ``wrong`` is a face of which one piece too many is counted."""
        rows = self.page.locator("#count-form [data-count-row]").all()
        for row in rows:
            name, cells = row.locator("th").inner_text(), row.locator("td.is-cell").all()
            for cell, n in zip(cells, cash.get(name, ["", "", ""]), strict=True):
                box = cell.locator("input")
                if not box.count():
                    continue
                last = cell is cells[-1]
                typed = str(int(n or 0) + 1) if last and name == wrong else n
                if typed or box.input_value():
                    self.go_to(box.get_attribute("name"))
                    self.person.press("Control+A", "Delete")
                    self.person.type(typed)
        for label in self.page.locator("#count-form label[for^=forms_]").all():
            mine = [line for line in lines if line.startswith(label.inner_text() + " ")]
            runs = [line.removeprefix(label.inner_text()).strip() for line in mine]
            if runs:
                self.go_to(label.get_attribute("for"))
                self.person.press("Control+A")
                self.person.type(", ".join(run.replace(" – ", "-") for run in runs))
        for tick in self.page.locator("#count-form input[name=seals]").all():
            number = tick.get_attribute("value")
            if any(line.endswith(" " + number) for line in lines) and not tick.is_checked():
                tick.focus()
                self.person.press("Space")
        self.person.press("F10")

    def sign(self, supervisor):
        expect(self.page.locator("#sign-dialog[open]")).to_be_visible()
        expect(self.page.locator("#supervisor_number")).to_be_focused()
        for text in (supervisor, "counterpoint"):
            self.person.type(text)
            self.person.press("Enter")
        self.person.press("Enter")

    def give(self, seal, receiver):
        """Hand one seal or key to who stands beside and signs for it."""
        self.person.open("/vault/seals/")
        self.page.get_by_role("link", name=seal, exact=True).focus()
        self.person.press("Enter")
        self.page.wait_for_url("**/seals/*/")
        self.person.press("F6")
        expect(self.page.locator("#second_number")).to_be_focused()
        for text in (receiver, "counterpoint", "", "还回"):
            self.person.type(text)
            self.person.press("Enter")
        expect(self.page.locator("#seal dialog")).to_have_count(0)


@pytest.fixture
def three(someone):
    giver, taker, third = (Keeper(someone(), number) for number in (WANG, CHEN, ZHANG))
    giver.person.sign_in(WANG, desk="01")
    taker.person.sign_in(CHEN)
    third.person.sign_in(ZHANG)
    return giver, taker, third


def test_at_noon_everything_goes_to_a_colleague_and_comes_back(three):
    giver, taker, third = three
    for one in (taker, third):
        one.person.open("/vault/")
    number = giver.propose(CHEN)
    cash, lines = giver.package()
    giver.person.picture("hand-over-giver-zh")
    total = giver.page.locator("#hand-over .c-money").first.inner_text().lstrip("¥")

    call = taker.page.locator("#vault-home a", has_text=number)
    expect(call).to_be_visible()  # it came by itself
    taker.person.picture("vault-blind-zh")
    assert total not in taker.page.locator(f"tr:has-text('{cash_box(giver)}')").first.inner_text()
    expect(third.page.locator("#vault-home a", has_text=number)).to_be_visible()
    call.focus()
    taker.person.press("Enter")
    expect(taker.page.locator("#count-form")).to_be_visible()
    assert total not in taker.page.content()

    face = next(iter(cash))
    taker.count(cash, lines, wrong=face)
    expect(taker.page.locator("[data-differs]")).to_be_in_viewport()
    taker.page.locator("#count-form input[name^=count_]").first.focus()
    taker.page.wait_for_timeout(300)  # the picture waits for the page to stand still
    taker.person.picture("hand-over-differs-zh")
    assert total not in taker.page.content()
    taker.page.locator("#count-form input").nth(1).focus()
    taker.count(cash, lines)
    expect(taker.page.locator("#sign-dialog[open]")).to_be_visible()
    taker.person.picture("hand-over-sign-zh")
    taker.sign(CHEN)
    expect(taker.page.locator("#sign-dialog .c-refusal")).to_be_visible()  # the receiver is no third person
    taker.sign(ZHANG)
    for one in (giver, taker):
        expect(one.page.locator("#hand-over .c-badge.is-success").first).to_be_visible()
    third.person.open("/vault/hand-overs/")
    expect(third.page.locator("tr", has_text=number).locator(".is-success")).to_be_visible()
    third.person.picture("hand-over-done-zh")
    link = taker.page.locator("a[href$='register.pdf']").get_attribute("href")
    paper = taker.person.context.request.get(taker.person.site.url + link)
    assert paper.body().startswith(b"%PDF-")

    back = taker.propose(WANG)
    again = taker.package()
    assert again[0] == cash
    giver.person.open("/vault/")
    giver.page.locator("#vault-home a", has_text=back).focus()
    giver.person.press("Enter")
    expect(giver.page.locator("#count-form")).to_be_visible()
    giver.count(*again)
    giver.sign(ZHANG)
    expect(giver.page.locator("#hand-over .c-badge.is-success").first).to_be_visible()
    # A package is all that one holds: the colleague's own key came with it, and goes back to her.
    giver.give("YS-JK-A", CHEN)
    taker.person.open("/vault/seals/")
    expect(taker.page.locator("tr", has_text="YS-JK-A").locator(".is-accent")).to_be_visible()


def cash_box(giver):
    return re.search(r"\d{4}-\d{2}", giver.page.locator("#hand-over h2").first.inner_text()).group()
