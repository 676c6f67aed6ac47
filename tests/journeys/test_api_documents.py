"""A developer reads the API's documents in a browser, under the policy that every page has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect


def test_the_apis_documents_list_every_operation(someone: Callable[..., Any]) -> None:
    me = someone(language="en")
    lost: list[str] = []
    me.page.on("requestfailed", lambda request: lost.append(request.url))
    me.page.on("response", lambda answer: lost.append(answer.url) if answer.status >= 400 else None)
    page = me.open("/api/v1/docs")
    shown = page.locator(".opblock")
    expect(shown.first).to_be_visible()
    schema = page.request.get(me.site.url + "/api/v1/openapi.json").json()
    expect(shown).to_have_count(sum(len(methods) for methods in schema["paths"].values()))
    shown.first.locator(".opblock-summary-control").click()
    expect(shown.first.locator(".opblock-body")).to_be_visible()
    me.picture("api-documents")
    assert lost == []
