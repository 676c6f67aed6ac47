"""A key that is pressed in the moment in which a page is seen."""

from playwright.sync_api import expect

#: A busy browser runs what was put off without a time later than what people press.
BUSY = """
const real = window.setTimeout;
window.setTimeout = (work, after, ...more) => real(work, after === undefined ? 5000 : after, ...more);
"""


def test_what_is_typed_before_a_busy_browser_comes_to_its_timers_is_not_lost(someone):
    wang = someone()
    wang.sign_in("080101", desk="01")
    wang.page.add_init_script(BUSY)
    wang.open("/desk/")
    wang.press("Shift+F2")
    wang.type("李")
    expect(wang.page.locator(".desk-hit").first).to_be_visible(timeout=4_000)
