"""The small scripts in a real browser, under the product's content security policy."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from counterpoint.kit import words
from counterpoint.kit.money import EXPONENTS, MINOR_MAX, Money
from counterpoint.ui import services, vendor
from counterpoint.ui.tests.stage import Audience, Stage, Theatre, draw_pages

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def audience() -> Iterator[Audience]:
    vendor.build()
    audience = Audience()
    yield audience
    audience.close()


@pytest.fixture
def theatre(audience: Audience, monkeypatch: pytest.MonkeyPatch) -> Iterator[Theatre]:
    for name in ("_rooms", "_counters", "_palette", "_channels", "_scripts", "_sections", "_acts"):
        monkeypatch.setattr(services, name, {})
    for name in ("_me", "_place"):
        monkeypatch.setattr(services, name, [])
    stage = Stage()
    draw_pages(stage)
    yield Theatre(stage, audience)
    stage.close()


def test_the_browser_spells_amounts_as_the_vouchers_do(theatre: Theatre) -> None:
    chance = random.Random(7)
    amounts = [
        0,
        1,
        5,
        10,
        50,
        100,
        109,
        1000,
        10_09,
        140950,
        10_000_00,
        10_001_00,
        100_000_000_00,
        MINOR_MAX,
        -1,
    ]
    amounts += [chance.randrange(10 ** chance.randrange(1, 19)) for _ in range(120)]
    amounts += [int("".join(chance.choice("000037") for _ in range(18))) for _ in range(120)]
    table = [(str(minor), currency) for minor in amounts for currency in EXPONENTS]

    def story(page: Page) -> list[list[str]]:
        said: list[list[str]] = page.evaluate(
            """table => table.map(([minor, currency]) =>
               ["chinese", "english", "figure"].map(way => Counterpoint[way](BigInt(minor), currency)))""",
            table,
        )
        return said

    wanted = [Money(int(minor), currency) for minor, currency in table]
    assert theatre.play(story) == [[words.chinese(m), words.english(m), m.figure] for m in wanted]


def test_the_browser_reads_what_the_server_would_read(theatre: Theatre) -> None:
    table = {
        "1,409.5": 140950, "1409.50": 140950, "５０": 5000, "1，000": 100000, "¥3": 300, "0.01": 1,
        "5万": 5000000, "1.25w": 1250000, "-7": -700, "1.001": None, "": None, "abc": None,
        "1.2.3": None, ".5": 50,
        "92233720368547758.07": MINOR_MAX, "92233720368547758.08": None, "12.340": 1234,
    }  # fmt: skip

    def story(page: Page) -> list[str | None]:
        read: list[str | None] = page.evaluate(
            "all => all.map(text => Counterpoint.parse(text, 'CNY')?.toString() ?? null)",
            list(table),
        )
        return read

    assert theatre.play(story) == [None if value is None else str(value) for value in table.values()]


def test_a_deposit_is_typed_by_keys_alone(theatre: Theatre) -> None:
    def story(page: Page) -> None:
        page.keyboard.press("F3")
        expect(page.locator("#code")).to_be_focused()
        page.keyboard.type("1101")
        page.keyboard.press("Enter")
        page.keyboard.type("140950")
        expect(page.locator("#id_amount")).to_have_value("140,950")
        page.keyboard.press("Backspace")
        page.keyboard.press("Backspace")
        page.keyboard.type(".5")
        expect(page.locator("#id_amount_words")).to_have_text("人民币壹仟肆佰零玖元伍角")
        for count in ("14", "", "", "", "1", "4", "1", ""):
            page.keyboard.press("Enter")
            page.keyboard.type(count)
        expect(page.locator("[data-faces-sum]")).to_have_text("1,409.50")
        expect(page.locator("[data-faces-same]")).to_be_visible()
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("2")
        expect(page.locator("[data-faces-off] b")).to_have_text("0.50")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator("#answer")).to_have_text("answer 1")

    theatre.play(story)
    sent = theatre.stage.posts[0]
    assert sent["code"] == ["1101"]
    assert sent["amount"] == ["1,409.50"]
    assert sent["in_10000"] == ["14"]
    assert sent["in_50"] == ["2"]
    assert len(sent["idempotency_key"][0]) == 36


def test_english_pages_show_both_wordings(theatre: Theatre) -> None:
    def story(page: Page) -> None:
        page.fill("#id_amount", "5万")
        page.locator("#id_amount").blur()
        expect(page.locator("#id_amount")).to_have_value("50,000.00")
        expect(page.locator("#id_amount_words")).to_contain_text("人民币伍万元整 · CNY fifty thousand only")
        page.fill("#id_amount", "12.345")
        expect(page.locator("#id_amount_words")).to_have_text("This is not an amount.")

    theatre.play(story, "/counter/en")


def test_a_double_click_posts_once_and_trouble_keeps_the_key(theatre: Theatre) -> None:
    stage = theatre.stage
    stage.pause = 0.3

    def story(page: Page) -> None:
        button = page.locator("#f .c-confirm")
        page.fill("#id_amount", "1")
        for status in (200, 500, 200):
            stage.status = status
            count = len(stage.posts)
            button.dblclick()
            expect(button).to_be_disabled()
            expect(button).to_contain_text("处理中…")
            expect(page.locator("#answer")).to_have_text(f"answer {count + 1}")
            expect(button).to_be_enabled()
            expect(button).to_contain_text("Post")

    theatre.play(story)
    keys = [post["idempotency_key"][0] for post in stage.posts]
    assert len(keys) == 3
    assert keys[0] != keys[1], "a success is followed by a new wish"
    assert keys[1] == keys[2], "trouble is followed by the same wish"


def test_a_form_without_htmx_posts_once_too_and_sends_its_button(theatre: Theatre) -> None:
    theatre.stage.pause = 0.3
    theatre.play(lambda page: (page.locator("#go").dblclick(), page.wait_for_url("**/native")))
    assert [post["pressed"] for post in theatre.stage.posts] == [["yes"]]


def test_what_was_typed_survives_a_reload_and_goes_when_it_was_posted(theatre: Theatre) -> None:
    def story(page: Page) -> None:
        page.locator("#code").press_sequentially("1101")
        page.locator("#id_amount").press_sequentially("5000")
        page.locator("[data-face='10000']").press_sequentially("50")
        page.locator("#secret").press_sequentially("hidden")
        page.wait_for_timeout(200)
        page.reload()
        expect(page.locator("#code")).to_have_value("1101")
        expect(page.locator("#id_amount")).to_have_value("5,000.00")
        expect(page.locator("#id_amount_words")).to_have_text("人民币伍仟元整")
        expect(page.locator("[data-faces-same]")).to_be_visible()
        expect(page.locator("#secret")).to_have_value("")
        assert "hidden" not in page.evaluate("JSON.stringify({...sessionStorage})")
        page.keyboard.press("F10")
        expect(page.locator("#answer")).to_have_text("answer 1")
        page.reload()
        expect(page.locator("#code")).to_have_value("")

    theatre.play(story)


def test_the_keys_of_a_page_are_listed_and_keep_out_of_the_way_of_writing(theatre: Theatre) -> None:
    def story(page: Page) -> None:
        page.keyboard.press("?")
        expect(page.locator("#keys-dialog")).to_be_visible()
        expect(page.locator("[data-keymap]")).to_contain_text(
            "F3Code box".replace("F3", "F3 "), use_inner_text=False
        )
        page.keyboard.press("F3")
        expect(page.locator("#code")).not_to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#keys-dialog")).to_be_hidden()
        page.locator("#code").focus()
        page.keyboard.type("a/?")
        expect(page.locator("#code")).to_have_value("a/?")
        expect(page.locator("#palette")).to_be_hidden()
        page.locator("#id_amount").focus()
        page.keyboard.press("Escape")
        expect(page.locator("#code")).to_be_focused()
        expect(page.locator("#code")).to_have_value("a/?")

    theatre.play(story)


def test_the_palette_finds_by_code_word_and_pinyin(theatre: Theatre) -> None:
    def story(page: Page) -> None:
        for typed, first in (
            ("1101", "Cash deposit"),
            ("dep", "Cash deposit"),
            ("xjqk", "现金取款"),
            ("取款", "现金取款"),
        ):
            page.keyboard.press("Control+k")
            page.keyboard.type(typed)
            expect(page.locator("#palette li[aria-selected=true]")).to_contain_text(first)
            page.keyboard.press("Escape")
            expect(page.locator("#palette")).to_be_hidden()
        page.keyboard.press("/")
        page.keyboard.type("qqqq")
        expect(page.locator(".c-palette-none")).to_be_visible()
        page.keyboard.press("Control+a")
        page.keyboard.type("11")
        page.keyboard.press("Enter")
        page.wait_for_url("**/counter?1101")

    theatre.play(story)


def test_a_signal_refetches_its_part_and_marks_what_changed(theatre: Theatre) -> None:
    stage = theatre.stage

    def story(page: Page) -> None:
        page.wait_for_timeout(300)
        stage.signal(5, "branch:4")
        stage.signal(6, "branch:3")
        expect(page.locator("[data-row='2']")).to_have_text("changed")
        expect(page.locator("[data-row='2']")).to_have_class("is-changed")
        expect(page.locator("[data-row='1']")).not_to_have_class("is-changed")
        expect(page.locator("[data-row='2']")).not_to_have_class("is-changed", timeout=4000)

    theatre.play(story)
    assert stage.fetched == 1


def test_a_broken_stream_comes_back_with_a_new_ticket_and_fetches_what_was_missed(theatre: Theatre) -> None:
    stage = theatre.stage

    def story(page: Page) -> None:
        page.wait_for_timeout(300)
        stage.streams[-1].put(None)
        expect(page.locator("[data-row='2']")).to_have_text("changed", timeout=10_000)
        expect(page.locator("[data-offline-bar]")).to_be_hidden()

    theatre.play(story)
    assert stage.tickets >= 1
    assert len(stage.streams) == 2


def test_a_page_that_shows_something_new_comes_to_hear_of_it(theatre: Theatre) -> None:
    stage = theatre.stage

    def story(page: Page) -> None:
        page.wait_for_timeout(300)
        page.evaluate("""() => {
            globalThis.heard = [];
            document.addEventListener("live:signal", (event) => heard.push(event.detail.channels.join()));
            document.addEventListener("live:resync", () => heard.push("resync"));
        }""")
        join = "document.body.dispatchEvent(new CustomEvent('live:join', { bubbles: true }))"
        page.evaluate(join)
        page.wait_for_timeout(300)
        assert len(stage.streams) == 1, "a pass for the same channels is not worth a new stream"
        stage.channels.append("visit:7")
        page.evaluate(join)
        page.wait_for_timeout(600)
        assert len(stage.streams) == 2
        stage.signal(8, "visit:7", "branch:3", "branch:4")
        stage.signal(9, "branch:4")
        expect(page.locator("[data-row='2']")).to_have_text("changed")
        assert page.evaluate("heard") == ["visit:7,branch:3"]
        stage.streams[-1].put(None)
        page.evaluate("() => new Promise((done) => document.addEventListener('live:resync', done))")

    theatre.play(story)
    assert len(stage.streams) == 3


def test_two_tabs_share_one_stream(theatre: Theatre) -> None:
    stage = theatre.stage

    def story(page: Page) -> None:
        page.wait_for_timeout(300)
        second = page.context.new_page()
        second.goto(stage.url + "/counter")
        second.wait_for_timeout(300)
        assert len(stage.streams) == 1
        stage.signal(6, "branch:3")
        expect(second.locator("[data-row='2']")).to_have_text("changed")
        expect(page.locator("[data-row='2']")).to_have_text("changed")
        page.close()
        second.wait_for_timeout(800)
        assert len(stage.streams) == 2, "the tab that is left takes the stream over"

    theatre.play(story)


def test_theme_and_size_are_kept_and_set_before_the_first_paint(theatre: Theatre) -> None:
    def story(page: Page) -> None:
        root = page.locator("html")
        expect(root).to_have_attribute("data-bs-theme", "dark")
        page.click(".c-switches summary")
        page.click("[data-set-theme=light]")
        page.click("[data-set-density=large]")
        page.reload()
        script = "performance.getEntriesByType('resource').find(r => r.name.endsWith('theme.js'))"
        assert page.evaluate(f"{script}.renderBlockingStatus") == "blocking"
        expect(root).to_have_attribute("data-bs-theme", "light")
        expect(root).to_have_attribute("data-density", "large")
        expect(page.locator("[data-set-density=large]")).to_have_attribute("aria-pressed", "true")

    theatre.play(story, color_scheme="dark")


def violations(page: Page) -> list[str]:
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scheme", "language", "density"),
    [
        ("light", "zh-hans", "desk"),
        ("dark", "en", "desk"),
        ("light", "en", "large"),
        ("dark", "zh-hans", "large"),
    ],
)
def test_every_part_is_accessible(theatre: Theatre, scheme: str, language: str, density: str) -> None:
    def story(page: Page) -> list[str]:
        page.evaluate("density => { localStorage.setItem('density', density) }", density)
        page.reload()
        found = violations(page)
        page.keyboard.press("F4")
        return found + violations(page)

    assert theatre.play(story, f"/guide/{language}", color_scheme=scheme, reduced_motion="reduce") == []


def test_a_part_that_cannot_be_read_would_be_found(theatre: Theatre) -> None:
    def story(page: Page) -> list[str]:
        page.evaluate("document.querySelector('h1').style.color = '#ddd'")
        return violations(page)

    assert any("color-contrast" in found for found in theatre.play(story))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_sticks_out_of_the_page(theatre: Theatre, language: str) -> None:
    def story(page: Page) -> None:
        for width in (1366, 1024, 390):
            page.set_viewport_size({"width": width, "height": 768})
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    theatre.play(story, f"/guide/{language}")
