"""A teller at the desk, by the keys alone."""

import pytest
from playwright.sync_api import expect


class Teller:
    """Wang Fang 王芳 at desk 01: what her hands do, key by key."""

    def __init__(self, person):
        self.person = person
        self.page = person.page

    def serve(self, query):
        self.person.press("Shift+F2")
        self.person.type(query)
        expect(self.page.locator(".desk-hit").first).to_be_visible()
        self.person.press("Alt+1")
        expect(self.page.locator(".desk-serving")).to_be_visible()
        expect(self.page.locator(".desk-accounts button").first).to_be_visible()

    def open(self, code):
        self.person.press("F3")
        self.person.type(code)
        self.person.press("Enter")
        expect(self.page.locator(f"#operation[data-operation='{code}'] :focus")).to_be_visible()

    def fill(self, **fields):
        """Reach each field by Enter, as on the old terminal, and type into it."""
        for name, value in fields.items():
            for _ in range(40):
                if self.page.evaluate("document.activeElement.name") == name:
                    break
                self.person.press("Enter")
            else:
                pytest.fail(f"Enter never came to {name}")
            self.person.press("Control+A")
            self.person.type(value)

    def quote(self):
        self.person.press("F8")
        expect(self.page.locator("#quote[data-quote]")).to_be_visible()

    def post(self):
        self.person.press("F10")
        receipt = self.page.locator("[data-receipt]")
        expect(receipt).to_be_visible()
        return receipt.get_attribute("data-receipt")

    def finish(self):
        self.person.press("F9")
        expect(self.page.locator("#find")).to_be_visible()
