"""The screen locks over a half-filled form, and the form is still there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect


def test_a_locked_screen_keeps_what_was_typed(someone: Callable[..., Any]) -> None:
    me = someone()
    me.sign_in("090301")
    page = me.open("/staff/new/")
    page.fill("input[name=number]", "080777")
    page.fill("input[name=name_zh]", "林夏")
    me.press("Control+Shift+L")
    lock = page.locator("dialog.p-lock")
    expect(lock.locator("input[name=password]")).to_be_focused()
    me.picture("lock")

    me.press("Escape", "Escape")
    expect(lock).to_be_visible()
    me.type("wrong")
    me.press("Enter")
    expect(lock.locator("[data-unlock-error]")).to_be_visible()
    me.type("counterpoint")
    me.press("Enter")
    expect(lock).to_have_count(0)
    expect(page.locator("input[name=number]")).to_have_value("080777")
    expect(page.locator("input[name=name_zh]")).to_be_focused()


def test_the_server_locks_and_the_list_comes_after_unlocking(someone: Callable[..., Any]) -> None:
    me = someone()
    me.sign_in("090301")
    page = me.open("/staff/")
    # Another tab locks the session behind this page's back.
    page.evaluate(
        "fetch('/session/lock/', {method: 'POST', headers: {Accept: 'application/json',"
        " 'X-CSRFToken': document.querySelector('[name=csrfmiddlewaretoken]').value}})"
    )
    page.fill("input[name=q]", "080101")
    lock = page.locator("dialog.p-lock")
    expect(lock.locator("input[name=password]")).to_be_focused()
    me.type("counterpoint")
    me.press("Enter")
    expect(lock).to_have_count(0)
    expect(page.locator("#staff-rows tbody tr")).to_have_count(1)


def test_the_demo_is_signed_into_by_keyboard_alone(someone: Callable[..., Any]) -> None:
    me = someone(language="en")
    page = me.open("/sign-in/")
    expect(page.locator("input[name=login]")).to_be_focused()
    page.locator("[data-demo-number='090301']").focus()
    me.press("Enter", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
