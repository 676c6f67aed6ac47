"""Papers at the counter: chosen, dropped and pasted, refused in words, taken off, looked at by keyboard."""

from __future__ import annotations

import base64
import http.client
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from counterpoint.papers.tests import samples

SCAN = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": samples.printed(3)}
PHOTO = {"name": "证件.jpg", "mimeType": "image/jpeg", "buffer": samples.photo()}
LIE = {"name": "名不符实.jpg", "mimeType": "image/jpeg", "buffer": samples.pdf()}
#: A file that comes by another way than the file dialog.
BRING = """([kind, text]) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), box = new DataTransfer();
  box.items.add(new File([bytes], `${kind}.jpg`, { type: "image/jpeg" }));
  const options = { bubbles: true, cancelable: true, dataTransfer: box, clipboardData: box };
  const event = kind === "paste" ? new ClipboardEvent(kind, options) : new DragEvent(kind, options);
  document.querySelector(".papers-drop").dispatchEvent(event);
}"""


def choose(page: Page, *files: dict[str, Any]) -> None:
    page.locator("[data-papers-files]").first.set_input_files(list(files))


def rows(page: Page) -> Locator:
    return page.locator("[data-papers-list] [data-paper]")


def is_drawn(picture: Locator) -> bool:
    return bool(picture.evaluate("async (one) => { await one.decode(); return one.naturalWidth > 1; }"))


def violations(page: Page) -> list[str]:
    # A colour on its way from one theme to the other has the contrast of neither.
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => null)")
    return [found["id"] for found in Axe().run(page).response["violations"]]


@pytest.fixture
def teller(someone):
    person = someone()
    person.sign_in("080103")
    person.open("/papers/")
    return person


def test_files_come_in_three_ways_and_a_lie_is_refused_beside_them(teller):
    page = teller.page
    before = rows(page).count()
    page.select_option("[data-papers-kind]", "id_copy")
    choose(page, PHOTO, LIE, SCAN)
    expect(rows(page)).to_have_count(before + 2)
    expect(page.locator(".papers-line .c-error")).to_contain_text(".jpg")
    expect(page.locator(".papers-line")).to_contain_text("名不符实.jpg")
    for kind in ("drop", "paste"):
        page.evaluate(BRING, [kind, base64.b64encode(PHOTO["buffer"]).decode()])
        expect(rows(page).filter(has_text=f"{kind}.jpg")).not_to_have_count(0)
    expect(page.locator("[data-papers-status]")).to_contain_text("paste.jpg")
    assert is_drawn(rows(page).last.locator("img"))
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
        assert violations(page) == []


def test_a_form_posts_what_was_kept_and_waits_for_what_is_on_its_way(teller):
    page = teller.page
    page.evaluate("""() => {
      const root = document.querySelector("[data-papers-upload]"), form = document.createElement("form");
      root.dataset.field = "papers";
      root.querySelector("[data-papers-list]").replaceChildren();
      root.replaceWith(form);
      form.append(root);
    }""")
    posted = "() => new FormData(document.querySelector('main form')).getAll('papers').length"
    is_ready = "() => document.querySelector('main form').checkValidity()"
    held: list[Any] = []
    page.route("**/papers/", lambda route: route.continue_() if held else held.append(route))
    choose(page, PHOTO, SCAN)
    expect(page.locator(".papers-line progress")).to_have_count(2)
    assert page.evaluate(is_ready) is False
    held[0].continue_()
    expect(rows(page)).to_have_count(2)
    assert (page.evaluate(is_ready), page.evaluate(posted)) == (True, 2)
    rows(page).first.locator("[data-paper-remove]").press("Enter")
    assert page.evaluate(posted) == 1
    expect(rows(page).locator("[data-paper-remove]")).to_be_focused()
    rows(page).locator("[data-paper-remove]").press("Space")
    assert page.evaluate(posted) == 0
    expect(page.locator("[data-papers-files]").first).to_be_focused()


def test_a_file_that_the_line_lost_is_sent_again(teller):
    page = teller.page
    before = rows(page).count()
    page.route("**/papers/", lambda route: route.abort())
    choose(page, PHOTO)
    expect(page.locator(".papers-line .c-error")).to_be_visible()
    page.unroute("**/papers/")
    page.locator(".papers-line button").first.press("Enter")
    expect(rows(page)).to_have_count(before + 1)
    # The aborted request is the browser's own complaint, and the point of this story.
    teller.troubles.clear()


def test_a_paper_is_read_by_keyboard(teller, someone):
    page = teller.page
    choose(page, SCAN)
    expect(rows(page).filter(has_text="合同.pdf")).not_to_have_count(0)
    path = rows(page).filter(has_text="合同.pdf").last.locator("a").get_attribute("href")
    teller.open(path)
    sheet = page.locator("[data-papers-sheet]")
    assert is_drawn(sheet.locator("img"))
    teller.press("+", "+")
    expect(sheet).to_have_attribute("data-zoom", "2")
    teller.press("PageDown")
    expect(sheet.locator("img")).to_have_attribute("src", f"{path}preview/2/")
    expect(sheet).to_have_attribute("data-zoom", "2")
    teller.press("0")
    expect(sheet).to_have_attribute("data-zoom", "0")
    assert violations(page) == []
    teller.picture("paper")
    other = someone()
    other.sign_in("080102")
    answer = other.page.goto(teller.site.url + path)
    assert answer.status == 404


def test_a_hundred_megabytes_are_refused_before_they_are_sent(teller):
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in teller.context.cookies())
    line = http.client.HTTPConnection("127.0.0.1", teller.site.port, timeout=60)
    line.putrequest("POST", "/papers/")
    for name, value in (
        ("Cookie", cookies), ("Content-Type", "multipart/form-data; boundary=x"), ("HX-Request", "true"),
        ("Content-Length", str(100 << 20)),
    ):  # fmt: skip
        line.putheader(name, value)
    line.endheaders(b"--x")
    answer = line.getresponse()
    assert (answer.status, "20 MB" in answer.read().decode()) == (413, True)
    line.close()
