"""The morning: what has to be read leads to it, and home shows that it is read, by itself."""

from playwright.sync_api import expect

from tests.journeys.axe import accessible

LOBBY = "080301"


def test_what_must_be_read_leaves_home_when_it_is_read(someone):
    liu = someone()
    liu.sign_in(LOBBY)
    home = liu.open("/home/")
    must = home.locator("#home-read")
    expect(must.get_by_role("link")).not_to_have_count(0)
    liu.picture("home-zh")
    accessible(home)
    first = must.get_by_role("link").first
    title = first.locator(".home-title").inner_text().split("\n")[0]
    beside = home.context.new_page()
    beside.goto(f"{home.url.split('/home/')[0]}{first.get_attribute('href')}")
    for question in beside.locator("fieldset").all():
        question.locator("input[type=radio]").first.check()
    beside.locator(".notices-acknowledge button[type=submit]").click()
    # The first page hears of it.
    expect(must.get_by_role("link", name=title)).to_have_count(0)
    expect(home.locator("#home-news").get_by_role("link", name=title)).to_have_count(1)
