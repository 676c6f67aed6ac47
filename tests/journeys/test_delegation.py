"""Who goes on leave delegates a duty, and proves with a passkey that it is really them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from counterpoint.kit.clock import today

KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_duty_is_delegated_with_a_passkey_and_the_receiver_ends_it(someone: Callable[..., Any]) -> None:
    zheng, zhou = someone(), someone(language="en")
    zhou.sign_in("090101")
    zhou.open("/account/delegations/")

    devtools = zheng.context.new_cdp_session(zheng.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    # A passkey belongs to a name, not to a number.
    place, page = zheng.site.url.replace("127.0.0.1", "localhost"), zheng.page
    page.goto(f"{place}/sign-in/?next=/account/passkeys/new/")
    page.fill("input[name=login]", "090501")
    page.fill("input[name=password]", "counterpoint")
    zheng.press("Enter")
    page.wait_for_url("**/account/confirm/**")
    page.fill("input[name=password]", "counterpoint")
    zheng.press("Enter")
    page.locator("form[data-passkey-create] button[type=submit]").click()
    page.wait_for_url("**/recovery-codes/")

    page.goto(f"{place}/account/delegations/")
    expect(page.locator("input[name=password]")).to_have_count(0)
    page.fill("input[name=receiver]", "090101")
    page.fill("input[name=valid_until]", f"{today() + timedelta(days=4)}")
    page.fill("input[name=reason]", "年假")
    zheng.picture("delegation")
    page.locator("main form[data-once] button[type=submit]").click()
    expect(page.locator("[data-refusal=step_up_refused]")).to_be_visible()
    with page.expect_navigation():
        page.locator("[data-step-up-passkey]").click()
    expect(page.locator("[data-delegation]")).to_have_count(1)

    # The receiver's page shows it by itself, and ends it.
    expect(zhou.page.locator("[data-delegation]")).to_have_count(1)
    zhou.page.locator("[data-delegation] button").click()
    expect(zhou.page.locator("[data-delegation]")).to_contain_text("Withdrawn")

    # Taken away again: other stories sign this person in with the password alone.
    page.goto(f"{place}/account/")
    page.locator("a[href*='/removing/']").first.click()
    if "/confirm/" in page.url:
        page.goto(page.url.replace("/confirm/passkey/", "/confirm/"))
        page.fill("input[name=password]", "counterpoint")
        zheng.press("Enter")
    page.locator("main button.btn-danger").click()
    page.wait_for_url("**/account/")
