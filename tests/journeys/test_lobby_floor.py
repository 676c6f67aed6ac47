"""Liu Yang runs the lobby on a tablet: a number, forms, and back after all; then the figures."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import accessible

LIU, WANG = "080301", "080101"


@pytest.fixture
def liu(someone):
    person = someone(width=1024)
    person.sign_in(LIU)
    return person


def test_the_lobby_tablet(someone, liu):
    wang = someone()
    wang.sign_in(WANG, desk="01")
    page = liu.open("/lobby/")
    expect(page.locator(".floor-window").first).to_contain_text("王芳")
    # Whoever takes a desk can be called to; the window is open with it.
    expect(page.locator(".floor-window").first).not_to_have_class(re.compile("is-closed"))
    liu.press("F2")
    page.locator("#take-dialog[open] [name=service][value=account]").check()
    page.locator("#take-dialog [name=priority]").select_option("elderly")
    page.locator("#take-dialog [name=priority_reason]").fill("满七十岁")
    page.locator("#take-dialog [type=submit]").click()
    label = page.locator("#taken-dialog .floor-taken-label").inner_text()
    page.locator("#taken-dialog footer [data-close]").click()
    card = page.locator(".floor-card").filter(has_text=label)
    expect(card).to_contain_text("满七十岁")
    card.get_by_role("button", name="开始填单").click()
    expect(card).to_contain_text("填单完成")
    liu.picture("lobby-floor")
    accessible(page, best_practice=True)
    card.get_by_role("button", name=label).click()
    expect(page.locator("#ticket-dialog[open]")).to_contain_text(label)
    accessible(page, best_practice=True)
    page.locator("#ticket-dialog footer [data-close]").click()
    card.get_by_role("button", name="已离开").click()
    expect(card.get_by_role("button", name="已返回")).to_be_visible()
    card.get_by_role("button", name="已返回").click()
    expect(card.get_by_role("button", name="已离开")).to_be_visible()
    liu.open("/lobby/appointments/")
    accessible(page, best_practice=True)


def test_the_figures_and_the_twin(liu):
    page = liu.open("/insight/")
    expect(page.locator(".insight-canvas canvas").first).to_be_visible()
    liu.picture("insight-waits")
    accessible(page, best_practice=True)
    liu.open("/insight/process/")
    liu.picture("insight-process")
    accessible(page, best_practice=True)
    liu.open("/insight/twin/")
    page.get_by_role("button", name="复盘").click()
    # The answer comes by a signal, and nobody reloads.
    expect(page.locator("#replay-line-title")).to_be_visible(timeout=60_000)
    liu.picture("insight-twin")
    accessible(page, best_practice=True)
