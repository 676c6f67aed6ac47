"""The counter's router as the product mounts it."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client
from django.urls import clear_url_caches, path
from ninja import NinjaAPI
from ninja.errors import ValidationError

from counterpoint.kit.data import Malformed, Refusal
from counterpoint.kit.pages import problem
from counterpoint.teller import services as teller
from counterpoint.teller.api import router

from .conftest import balance, deposit

api = NinjaAPI(urls_namespace="teller-test")
api.add_router("", router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal):
    return problem(refusal)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError):
    return problem(Malformed("malformed"))


urlpatterns = [path("api/v1/", api.urls)]


@pytest.fixture
def call(bank, settings):
    settings.ROOT_URLCONF = __name__
    clear_url_caches()
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=bank.maker.id), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["branch"], session["desk"] = 3, bank.maker.desk
    session.save()

    def send(method, where, body=None, key=None):
        headers = {"Idempotency-Key": key} if key else {}
        answer = client.generic(
            method, f"/api/v1{where}", json.dumps(body), content_type="application/json", headers=headers
        )
        return answer.status_code, json.loads(answer.content)

    yield send
    clear_url_caches()


def form(bank, **more):
    return {
        "operation": "1101",
        "form": {"account": bank.zhang.number, "amount": "100.00", "faces": {"10000": 1}} | more,
    }


def test_quote_confirm_and_read_the_receipt(call, bank):
    status, quote = call("POST", "/quotes", form(bank), key="till-1-0001")
    assert status == 200, quote
    assert quote["amount"] == 100_00
    assert quote["approvals_needed"] == 0
    status, receipt = call("POST", "/confirmations", {"quote": quote["id"]}, key="till-1-0001")
    assert (status, balance(bank.zhang)) == (200, 100_00)
    assert call("GET", f"/receipts/{receipt['id']}")[1]["number"] == receipt["number"]


def test_the_same_key_gives_the_same_receipt(call, bank):
    _status, quote = call("POST", "/quotes", form(bank), key="till-1-0001")
    first = call("POST", "/confirmations", {"quote": quote["id"]}, key="till-1-0002")[1]
    again = call("POST", "/confirmations", {"quote": quote["id"]}, key="till-1-0002")[1]
    assert again["number"] == first["number"]
    assert again["repeated"]
    assert balance(bank.zhang) == 100_00


def test_the_same_key_for_something_else_is_refused(call, bank):
    quotes = [call("POST", "/quotes", form(bank), key=f"till-1-000{n}")[1] for n in range(2)]
    call("POST", "/confirmations", {"quote": quotes[0]["id"]}, key="confirm-1")
    status, said = call("POST", "/confirmations", {"quote": quotes[1]["id"]}, key="confirm-1")
    assert (status, said["code"]) == (409, "key_reused")


@pytest.mark.parametrize("where", ["/quotes", "/confirmations"])
def test_without_a_key_nothing_is_done(call, bank, where):
    body = form(bank) if where == "/quotes" else {"quote": 1}
    assert call("POST", where, body)[0] == 422
    assert call("POST", where, body, key="short")[0] == 422


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "-1"},
    {"amount": "0"}, {"amount": "1e9"}, {"amount": {"x": 1}}, {"discount": "1"}, {"faces": [1]},
     {"faces": {"300": 1}}, {"account": "1" * 99}, {"agent": {"name": "x"}}],
)  # fmt: skip
def test_malformed_forms_are_refused_with_a_code(call, bank, wrong):
    status, said = call("POST", "/quotes", form(bank, **wrong), key="till-1-0001")
    assert status == 422, said
    assert said["code"]
    assert teller.receipts(branch=3) == []


def test_refusals_are_problem_documents(call, bank):
    body = {"operation": "1102", "form": {"account": bank.zhang.number, "amount": "1"}}
    status, said = call("POST", "/quotes", body, key="till-1-0001")
    assert (status, said["code"]) == (409, "insufficient_funds")
    assert call("POST", "/quotes", {"operation": "9999", "form": {}}, key="till-1-0001")[0] == 404
    assert call("POST", "/confirmations", {"quote": 2**62}, key="till-1-0001")[0] == 404


def test_a_multi_leg_service_comes_in_one_call(call, bank):
    lines = [
        {"kind": "deposit", "account": bank.zhang.number, "amount": "80"},
        {"kind": "deposit", "account": bank.li.number, "amount": "20"},
    ]
    body = {"operation": "1701", "form": {"lines": lines, "faces": {"10000": 1}}}
    quote = call("POST", "/quotes", body, key="till-1-0001")[1]
    assert call("POST", "/confirmations", {"quote": quote["id"]}, key="till-1-0001")[0] == 200
    assert (balance(bank.zhang), balance(bank.li)) == (80_00, 20_00)


def test_receipts_come_page_by_page(call, bank):
    numbers = [deposit(bank.zhang, 100, bank.maker).number for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = call("GET", "/receipts?limit=2" + (f"&cursor={cursor}" if cursor else ""))[1]
        seen += [item["number"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == numbers[::-1]
    assert call("GET", "/receipts?limit=0")[0] == 422
