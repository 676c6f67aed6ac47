"""The API from outside: who may, what a key does, what wrong input meets, where pages end."""

import ast
import inspect
import textwrap

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.ledger import services as ledger
from counterpoint.people import services as people
from counterpoint.people.data import Role
from counterpoint.site.api import api
from counterpoint.site.openapi import PROBLEMS

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
KEY = "a-key-of-my-own"


def entry_of(bank, amount=500, **changes):
    legs = [
        {"account": bank.one.id, "amount": amount, "currency": "CNY"},
        {"account": bank.other.id, "amount": -amount, "currency": "CNY"},
    ]
    return {"legs": legs, "summary": "rent"} | changes


def slip_of(bank, amount="100", faces=None):
    form = {"account": bank.one.number, "amount": amount, "faces": faces or {"10000": 1}}
    return {"operation": "1101", "form": form}


def balances(bank):
    return [ledger.account(account.id).balance for account in (bank.one, bank.other)]


def refused(answer, status, code):
    assert (answer.status, answer.type) == (status, PROBLEM), answer
    assert answer.body["code"] == code, answer.body
    assert answer.body["status"] == status
    assert answer.body["type"] == f"urn:counterpoint:{code}"
    return answer


# --- who ---


def test_without_token_or_session_nobody_gets_in(bank):
    answer = refused(bank.nobody("GET", "/org/branches"), 401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    refused(bank.nobody("GET", "/org/branches", authorization="Bearer cp_made_up"), 401, "not_signed_in")


def test_a_revoked_token_opens_nothing_from_the_next_request_on(bank):
    assert bank.machine("GET", "/org/branches").status == 200
    people.revoke_token(token=bank.token.id, by=SYSTEM)
    refused(bank.machine("GET", "/org/branches"), 401, "not_signed_in")
    refused(
        bank.machine("POST", "/ledger/entries", entry_of(bank), idempotency_key=KEY), 401, "not_signed_in"
    )
    assert balances(bank) == [1_000_000, 0]


def test_a_machine_without_the_duty_is_refused_with_the_reason(bank):
    answer = bank.idle("POST", "/ledger/entries", entry_of(bank), idempotency_key=KEY)
    refused(answer, 403, "not_allowed")
    assert answer.body["title"]
    assert answer.body["remedy"]
    refused(bank.idle("GET", f"/ledger/accounts/{bank.one.id}"), 403, "not_allowed")


def test_a_session_has_to_prove_that_its_own_page_asks(bank):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.cookies = bank.teller.client.cookies
    bank.teller.client = strict
    assert bank.teller("GET", "/teller/receipts").status == 200
    refused(bank.teller("POST", "/teller/quotes", slip_of(bank), idempotency_key=KEY), 403, "csrf_failed")


# --- keys ---


def test_nothing_is_posted_without_a_key(bank):
    refused(bank.machine("POST", "/ledger/entries", entry_of(bank)), 422, "idempotency_key_missing")
    refused(bank.teller("POST", "/teller/quotes", slip_of(bank)), 422, "idempotency_key_missing")
    quote = bank.teller("POST", "/teller/quotes", slip_of(bank), idempotency_key=KEY).body["id"]
    refused(bank.teller("POST", "/teller/confirmations", {"quote": quote}), 422, "idempotency_key_missing")
    assert balances(bank) == [1_000_000, 0]


def test_the_same_key_and_body_give_the_first_answer_and_post_once(bank):
    first = bank.machine("POST", "/ledger/entries", entry_of(bank), idempotency_key=KEY)
    again = bank.machine("POST", "/ledger/entries", entry_of(bank), idempotency_key=KEY)
    assert (first.status, again.status) == (200, 200)
    assert (first.body["repeated"], again.body["repeated"]) == (False, True)
    assert again.body["entry"] == first.body["entry"]
    assert balances(bank) == [999_500, 500]


def test_the_same_key_with_another_body_is_refused(bank):
    bank.machine("POST", "/ledger/entries", entry_of(bank), idempotency_key=KEY)
    refused(
        bank.machine("POST", "/ledger/entries", entry_of(bank, 501), idempotency_key=KEY), 409, "key_reused"
    )
    assert balances(bank) == [999_500, 500]


def test_a_key_is_its_callers_own(bank):
    people.assign_role(person=bank.idle_id, role=Role.BACK_OFFICE, branch=3, by=SYSTEM)
    first = bank.machine("POST", "/ledger/entries", entry_of(bank), idempotency_key=KEY)
    other = bank.idle("POST", "/ledger/entries", entry_of(bank), idempotency_key=KEY)
    assert not other.body["repeated"]
    assert other.body["entry"] != first.body["entry"]


def test_the_counter_posts_once_and_answers_alike(bank):
    quote = bank.teller("POST", "/teller/quotes", slip_of(bank), idempotency_key=KEY)
    assert quote.status == 200, quote.body
    body = {"quote": quote.body["id"]}
    first = bank.teller("POST", "/teller/confirmations", body, idempotency_key=KEY)
    again = bank.teller("POST", "/teller/confirmations", body, idempotency_key=KEY)
    assert (first.status, first.body["repeated"], again.body["repeated"]) == (200, False, True)
    assert again.body["number"] == first.body["number"]
    assert balances(bank) == [1_010_000, 0]
    second = bank.teller("POST", "/teller/quotes", slip_of(bank), idempotency_key="another-key")
    body = {"quote": second.body["id"]}
    refused(bank.teller("POST", "/teller/confirmations", body, idempotency_key=KEY), 409, "key_reused")
    assert balances(bank) == [1_010_000, 0]


# --- wrong input ---

WRONG = {
    "an unknown field": lambda b: entry_of(b, colour="red"),
    "an unknown field in a leg": lambda b: entry_of(b, legs=[{**entry_of(b)["legs"][0], "x": 1}] * 2),
    "no legs": lambda b: {"summary": "x"},
    "one leg": lambda b: entry_of(b, legs=entry_of(b)["legs"][:1]),
    "unbalanced": lambda b: entry_of(b, legs=[entry_of(b)["legs"][0]] * 2),
    "an amount of zero": lambda b: entry_of(b, 0),
    "an amount in words": lambda b: entry_of(b, legs=[{**entry_of(b)["legs"][0], "amount": "many"}] * 2),
    "an amount with a fraction": lambda b: entry_of(
        b, legs=[{**leg, "amount": leg["amount"] + 0.5} for leg in entry_of(b)["legs"]]
    ),
    "an amount past the books": lambda b: entry_of(b, 2**63),
    "an amount past everything": lambda b: entry_of(b, 10**400),
    "an unknown account": lambda b: entry_of(b, legs=[x | {"account": 2**62} for x in entry_of(b)["legs"]]),
    "another currency": lambda b: entry_of(b, legs=[x | {"currency": "USD"} for x in entry_of(b)["legs"]]),
    "a day that is none": lambda b: entry_of(b, business_date="2026-02-30"),
    "a closed day": lambda b: entry_of(b, business_date="2020-01-02"),
    "text too long": lambda b: entry_of(b, summary="x" * 100_000),
    "a NUL in a text": lambda b: entry_of(b, summary="re\x00nt"),
    "a list for an object": lambda b: [entry_of(b)],
    "nothing at all": lambda b: None,
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_is_refused_and_writes_nothing(bank, what):
    events = Event.objects.count()
    answer = bank.machine("POST", "/ledger/entries", WRONG[what](bank), idempotency_key=KEY)
    assert (400 <= answer.status < 500, answer.type) == (True, PROBLEM), answer
    assert answer.body["code"]
    assert balances(bank) == [1_000_000, 0]
    assert Event.objects.count() == events


RAW = {
    "a cut body": b'{"legs": [',
    "GBK": '{"summary": "房租"}'.encode("gbk"),
    "UTF-16": '{"summary": "rent"}'.encode("utf-16"),
    "a lone surrogate": b'{"summary": "\\ud800"}',
    "not a number": b'{"legs": NaN}',
    "endless nesting": b"[" * 100_000,
    "a raw NUL": b'{"summary": "a\x00b"}',
}


@pytest.mark.parametrize("what", RAW)
@pytest.mark.parametrize("path", ["/ledger/entries", "/teller/quotes", "/customers/search"])
def test_a_body_that_is_no_json_is_refused(bank, what, path):
    caller = bank.teller if path != "/ledger/entries" else bank.machine
    refused(caller("POST", path, raw=RAW[what], idempotency_key=KEY), 400, "request_malformed")


def test_a_huge_body_is_refused_before_it_is_read(bank):
    answer = bank.machine("POST", "/ledger/entries", raw=b" " * 3_000_000, idempotency_key=KEY)
    refused(answer, 413, "request_too_big")


@pytest.mark.parametrize(
    "path", ["/ledger/accounts?number=%00", "/org/rules/a%00b/decision", "/org/rules?cursor=%00"]
)
def test_a_nul_in_an_address_is_refused(bank, path):
    refused(bank.machine("GET", path), 400, "address_malformed")


SLIPS = {
    "an unknown operation": {"operation": "9999", "form": {}},
    "an unknown field": {"operation": "1101", "form": {"colour": "red"}},
    "no form": {"operation": "1101"},
    "an object for an amount": {"operation": "1101", "form": {"amount": {"a": 1}}},
    "faces that are no number": {"operation": "1101", "form": {"amount": "1", "faces": {"10000": "many"}}},
    "an unknown face": {"operation": "1101", "form": {"amount": "1", "faces": {"777": 1}}},
    "a NUL": {"operation": "1101", "form": {"account": "1\x00"}},
    "a line that is no object": {"operation": "1701", "form": {"lines": [1]}},
    "too many lines": {"operation": "1701", "form": {"lines": [{"kind": "fee", "amount": "1"}] * 5_000}},
}  # fmt: skip


@pytest.mark.parametrize("what", SLIPS)
def test_a_wrong_slip_is_refused_and_writes_nothing(bank, what):
    events = Event.objects.count()
    answer = bank.teller("POST", "/teller/quotes", SLIPS[what], idempotency_key=KEY)
    assert (400 <= answer.status < 500, answer.type) == (True, PROBLEM), answer
    assert Event.objects.count() == events


# --- addresses and pages ---


def test_an_unknown_address_and_a_wrong_method_are_problems_too(bank):
    refused(bank.machine("GET", "/nothing/here"), 404, "not_found")
    answer = refused(bank.machine("DELETE", "/ledger/entries"), 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_what_nobody_foresaw_is_a_problem_and_shows_nothing(bank, monkeypatch):
    def broken(**_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("counterpoint.org.queries.branches", broken)
    bank.machine.client.raise_request_exception = False
    answer = refused(bank.machine("GET", "/org/branches"), 500, "internal_error")
    assert "secret" not in str(answer.body)


def pages(caller, path, **query):
    """Every page of a list, by its cursor."""
    found, cursor = [], None
    for _ in range(200):
        asked = "&".join(f"{k}={v}" for k, v in (query | ({"cursor": cursor} if cursor else {})).items())
        answer = caller("GET", f"{path}?{asked}")
        assert answer.status == 200, answer.body
        found.append(answer.body.get("items", answer.body.get("lines")))
        cursor = answer.body["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages do not end")


def test_pages_end_and_hold_everything_once(bank):
    for number in range(5):
        bank.machine("POST", "/ledger/entries", entry_of(bank), idempotency_key=f"{KEY}-{number}")
        quote = bank.teller("POST", "/teller/quotes", slip_of(bank), idempotency_key=f"{KEY}-{number}")
        body = {"quote": quote.body["id"]}
        bank.teller("POST", "/teller/confirmations", body, idempotency_key=f"{KEY}-{number}")
    lists = {
        f"/ledger/accounts/{bank.one.id}/statement": (bank.machine, "entry", 11),
        "/teller/receipts": (bank.teller, "number", 5),
        "/org/rules": (bank.machine, "key", None),
        "/customers": (bank.teller, "id", None),
    }
    for path, (caller, name, count) in lists.items():
        found = pages(caller, path, limit=2)
        assert all(len(page) == 2 for page in found[:-1])
        names = [line[name] for page in found for line in page]
        assert len(names) == len(set(names)) == (count if count is not None else len(names)), path


def test_a_page_of_nothing_or_of_everything_is_refused(bank):
    for path in ("/org/rules", "/teller/receipts", "/customers"):
        for limit in (0, -1, 201, 10**30, "many"):
            answer = bank.teller("GET", f"{path}?limit={limit}")
            assert (answer.status, answer.type) == (422, PROBLEM), (path, limit)


# --- what the API says about itself ---


def operations():
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace == "api":
            for each in pattern.url_patterns:
                if isinstance(each, URLPattern) and inspect.isfunction(each.callback):
                    view = inspect.getclosurevars(each.callback).nonlocals.get("self")
                    yield from getattr(view, "operations", ())


def test_every_operation_asks_who_and_whether_they_may():
    found = list(operations())
    assert len(found) > 25
    for operation in found:
        name = f"{operation.view_func.__module__}.{operation.view_func.__name__}"
        assert operation.auth_callbacks, name
        body = ast.parse(textwrap.dedent(inspect.getsource(operation.view_func))).body[0].body
        first = next(line for line in body if not isinstance(getattr(line, "value", None), ast.Constant))
        # The rule comes before anything else: its module is the room's ``access``.
        assert isinstance(getattr(first, "value", None), ast.Call), name
        called = ast.unparse(first.value.func).removeprefix("access.")
        room = inspect.getmodule(operation.view_func).__name__.rpartition(".")[0]
        assert hasattr(__import__(f"{room}.access", fromlist=["x"]), called), f"{name} begins with {called}"


def test_the_description_is_openapi_31_with_keys_refusals_and_schemes(bank):
    schema = bank.nobody("GET", "/openapi.json").body
    assert schema["openapi"].startswith("3.1.")
    assert schema["components"]["securitySchemes"].keys() == {"Token", "SessionAuth"}
    keyed = set()
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            assert operation["security"] == [{"Token": []}, {"SessionAuth": []}], path
            assert {str(status) for status in operation["responses"]} >= set(PROBLEMS), path
            for parameter in operation["parameters"]:
                if parameter["name"] == "Idempotency-Key":
                    assert parameter["required"]
                    keyed.add(path)
    assert keyed == {f"/api/v1{p}" for p in ("/ledger/entries", "/teller/quotes", "/teller/confirmations")}
    problem = schema["components"]["responses"]["Problem409"]["content"]
    assert list(problem) == [PROBLEM]


def test_every_operation_has_a_name_of_its_own():
    names = [o["operationId"] for m in api.get_openapi_schema()["paths"].values() for o in m.values()]
    assert len(names) == len(set(names))


def test_the_documentation_page_needs_no_inline_script(client):
    page = client.get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "//" not in "".join(part.split('"')[0] for part in text.split('src="')[1:])
    assert "<script>" not in text
    assert " style=" not in text
