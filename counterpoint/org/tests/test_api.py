import json
from datetime import date

import pytest
from django.test import override_settings
from django.urls import path
from ninja import NinjaAPI

from counterpoint.kit import clock
from counterpoint.org import services
from counterpoint.org.api import router

pytestmark = pytest.mark.django_db

api = NinjaAPI(urls_namespace="org-test")
api.add_router("", router)
urlpatterns = [path("api/v1/", api.urls)]


@pytest.fixture(autouse=True)
def _mounted(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 24))
    with override_settings(ROOT_URLCONF=__name__):
        yield


def send(client, url, body=None):
    return client.post(f"/api/v1{url}", json.dumps(body or {}), content_type="application/json")


def test_nothing_is_told_to_strangers(bank, client):
    for url in ("/branches", "/branches/3/day", "/rules"):
        assert client.get(f"/api/v1{url}").status_code in (401, 403)
    assert send(client, "/rules/teller.approval/decision", {"facts": {}}).status_code in (401, 403)


def test_branches_and_their_day(sign_in):
    client = sign_in("080101")
    assert [one["id"] for one in client.get("/api/v1/branches").json()] == [3, 4]
    assert client.get("/api/v1/branches/3/day").json() == {"branch": 3, "date": "2026-11-24", "open": True}
    missing = client.get("/api/v1/branches/99/day")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_branch")


def test_rules_come_in_pages_without_gaps(sign_in):
    client, seen, cursor = sign_in("080101"), [], ""
    while cursor is not None:
        answer = client.get("/api/v1/rules", {"cursor": cursor, "limit": 20}).json()
        seen += [one["key"] for one in answer["items"]]
        cursor = answer["next"]
    assert seen == sorted(set(seen))
    assert len(seen) > 60


def test_a_dry_run_answers_with_outcome_reason_and_source(sign_in):
    client = sign_in("080101")
    facts = {"operation": "1102", "amount_minor": 5_000_000}
    answer = send(client, "/rules/teller.identity/decision", {"facts": facts, "at": "2025-12-31"}).json()
    assert (answer["version"], answer["outcome"]["ask_source"]) == (1, True)
    assert answer["hits"][0]["reason_en"] == "Cash in or out of 50,000 yuan or more"
    assert answer["hits"][0]["unverified"] is True


@pytest.mark.parametrize(("body", "code"), [
    ({"facts": {"operation": "1102"}}, "missing_fact"),
    ({"facts": {"operation": "1102", "amount_minor": "viel"}}, "wrong_fact_type"),
    ({"facts": {"operation": "1102", "amount_minor": 1, "colour": 1}}, "unknown_fact"),
])  # fmt: skip
def test_facts_that_do_not_fit_are_a_problem_with_a_code(sign_in, body, code):
    answer = send(sign_in("080101"), "/rules/teller.identity/decision", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_unknown_fields_are_refused(sign_in):
    client = sign_in("080101")
    assert send(client, "/rules/teller.identity/decision", {"facts": {}, "x": 1}).status_code == 422
    assert client.get("/api/v1/rules", {"limit": 100_000}).status_code == 422


def test_the_day_is_closed_and_opened_by_those_who_may(sign_in):
    assert send(sign_in("080101"), "/branches/3/day/closing").status_code == 403
    client = sign_in("080201")
    assert send(client, "/branches/3/day/closing").json()["open"] is False
    assert send(client, "/branches/3/day/opening", {"date": "2026-11-25"}).json()["date"] == "2026-11-25"
    assert services.business_day(branch=3).open
