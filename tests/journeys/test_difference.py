"""A thousand yuan too many: counted blind, explained by the workbench, made a case with a second person."""

import re

from playwright.sync_api import expect

from tests.journeys.teller import Teller

FACES = ("10000", "5000", "2000", "1000", "500", "100", "50", "10", "c100", "c50", "c10", "c5", "c2", "c1")


def stock(site, number):
    """The pieces in a box, as only the books know them."""
    sql = (
        "SELECT array_to_string(counts, ',') FROM vault_stock s JOIN vault_box b ON b.id = s.box_id"
        f" WHERE b.number = '{number}'"
    )
    said = site.command("psql", "-c", sql).stdout
    line = next(line for line in said.splitlines() if re.fullmatch(r"[\d,]+", line.strip()))
    return dict(zip(FACES, map(int, line.strip().split(",")), strict=False))


def test_a_difference_is_explained_and_becomes_a_case(site, someone):
    person = someone()
    page = person.sign_in("080102", desk="02")
    teller = Teller(person)
    teller.serve("王")
    teller.open("1101")
    teller.fill(amount="1000", faces_10000="10")
    teller.quote()
    teller.post()
    teller.finish()

    person.open("/vault/")
    person.press("2")
    page.wait_for_url("**/vault/counts/")
    mine = page.locator("tr", has_text="0003-02").locator("a").first
    box = re.search(r"\d+", (mine.get_attribute("href") or "").removeprefix("/vault/")).group()
    person.open(f"/vault/counts/{box}/new/")
    held = stock(site, "0003-02")
    assert str(held["10000"]) not in page.locator("#count-form").inner_text()
    for face, pieces in held.items():
        there = pieces + (10 if face == "10000" else 0)
        if there:
            page.locator(f"[name=count_{face}_loose]").focus()
            person.type(str(there))
    person.press("F10")
    expect(page.locator("#count")).to_be_visible()
    expect(page.locator("[data-cause]").first).to_contain_text("1,000.00")
    person.picture("difference-zh")

    page.locator("[name=second_number]").focus()
    person.type("080201")
    page.locator("[name=second_password]").focus()
    person.type("counterpoint")
    person.press("F10")
    expect(page.locator("main")).to_contain_text(re.compile(r"CD0003-\d{8}-\d{3}"))

    supervisor = someone(language="en")
    supervisor.sign_in("080201")
    expect(supervisor.page.locator(".board-matters")).to_contain_text("CD0003-")
    supervisor.open("/vault/differences/")
    expect(supervisor.page.locator("main")).to_contain_text("1,000.00")
    assert "adds up" in site.command("verify").stdout
