"""The room's router, mounted as the product mounts it: refusals become problem documents."""

import json
from datetime import date

import pytest
from django.http import HttpRequest
from django.urls import clear_url_caches, path
from ninja import NinjaAPI

from counterpoint.customers.api import router
from counterpoint.customers.models import Party
from counterpoint.customers.synthetic import resident_number
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.models import Event
from counterpoint.kit.pages import problem
from counterpoint.people.services import ensure_demo_staff

pytestmark = pytest.mark.django_db
NUMBER = resident_number("310101", date(1990, 5, 6), 124)
WANG = {
    "kind": "natural",
    "name_zh": "欧阳锋",
    "document": {"kind": "resident_id", "number": NUMBER},
    "contacts": [{"kind": "phone", "value": "13812345678"}],
}

api = NinjaAPI(urls_namespace="customers-test")
api.add_router("/customers", router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal):
    return problem(refusal)


urlpatterns = [path("api/v1/", api.urls)]


@pytest.fixture
def caller(client, db, settings, django_user_model):
    from counterpoint.org.services import ensure_demo_org

    settings.DEMO = True
    settings.ROOT_URLCONF = __name__
    clear_url_caches()
    ensure_demo_org(by=SYSTEM)
    ensure_demo_staff(by=SYSTEM)

    def call(method, where, body=None, *, who="080101"):
        user = django_user_model.objects.get(username=who)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        answer = client.generic(method, f"/api/v1/customers{where}", data, content_type="application/json")
        return answer.status_code, json.loads(answer.content) if answer.content else None

    return call


def test_a_customer_is_registered_found_and_read_masked(caller):
    status, made = caller("POST", "", WANG)
    assert (status, made["name"]) == (201, "欧阳*")
    status, found = caller("POST", "/search", {"query": "欧阳锋", "purpose": "counter"})
    assert (status, [hit["id"] for hit in found["items"]], found["more"]) == (200, [made["id"]], False)
    status, read = caller("GET", f"/{made['id']}")
    assert status == 200
    for answer in (made, found, read):
        shown = json.dumps(answer, ensure_ascii=False)
        for secret in ("欧阳锋", NUMBER, "13812345678", "1990-05-06"):
            assert secret not in shown


def test_refusals_are_problem_documents_with_stable_codes(caller):
    _status, made = caller("POST", "", WANG)
    status, problem_ = caller("POST", "", WANG)
    assert (status, problem_["code"], problem_["details"]["party"]) == (409, "customer_exists", made["id"])
    other = WANG | {"document": {"kind": "passport", "number": "E12345678"}, "birth_date": "1990-05-06"}
    status, problem_ = caller("POST", "", other)
    assert (status, problem_["code"]) == (409, "customer_duplicates_likely")
    assert problem_["details"]["suggestions"][0]["party"] == made["id"]
    status, _made = caller("POST", "", other | {"confirmed_not_duplicate_of": [made["id"]]})
    assert status == 201
    status, problem_ = caller("GET", "/404")
    assert (status, problem_["code"]) == (404, "customer_unknown")
    wrong = WANG | {"document": {"kind": "resident_id", "number": NUMBER[:-1] + "A"}}
    status, problem_ = caller("POST", "", wrong)
    assert (status, problem_["code"]) == (422, "document_invalid")


@pytest.mark.parametrize(
    ("where", "body"),
    [
        ("", {}),
        ("", WANG | {"surprise": 1}),
        ("", WANG | {"kind": "ghost"}),
        ("", WANG | {"name_zh": "王" * 100_000}),
        ("", WANG | {"birth_date": "yesterday"}),
        ("", WANG | {"contacts": [{"kind": "phone", "value": "13812345678"}] * 11}),
        ("", WANG | {"confirmed_not_duplicate_of": [2**70]}),
        ("/search", {"query": "王"}),
        ("/search", {"query": "王", "purpose": ""}),
        ("/search", {"query": ["王"], "purpose": "counter"}),
        ("/search", {"query": "x" * 1_000_000, "purpose": "counter"}),
        ("/search", {"query": "王", "purpose": "counter", "limit": 10_000}),
        ("/search", {"query": "\ud800王", "purpose": "counter"}),
        ("/search", {"query": "\u0000王", "purpose": "counter"}),
        ("/search", b"\xff\xfe not json"),
        ("/search", b'{"query": "'),
    ],
)
def test_malformed_bodies_are_refused_and_write_nothing(caller, where, body):
    status, _answer = caller("POST", where, body)
    assert status in {400, 422}
    assert not Party.objects.exists()
    assert not Event.objects.filter(verb__startswith="customers.").exists()


def test_the_duty_is_asked_for_in_every_call(caller):
    _status, made = caller("POST", "", WANG)
    calls = [
        ("POST", "/search", {"query": "欧阳锋", "purpose": "counter"}), ("GET", "", None), ("POST", "", WANG),
        ("GET", f"/{made['id']}", None),
        ("POST", f"/{made['id']}/unmasking", {"field": "name", "purpose": "review"}),
        ("POST", f"/{made['id']}/accounts", {"account": 1, "relation": "owner"}),
        ("DELETE", f"/{made['id']}/accounts/1/owner", None),
        ("POST", f"/{made['id']}/documents", {"kind": "passport", "number": "E12345678"}),
        ("DELETE", "/mandates/1", None),
        ("POST", f"/{made['id']}/mandates",
         {"account": 1, "mode": "single", "scope": ["all"], "valid_from": "2026-01-01"}),
    ]  # fmt: skip
    assert len(calls) == sum(len(view.operations) for view in router.path_operations.values())
    for method, where, body in calls:
        status, problem_ = caller(method, where, body, who="090301")
        assert (status, problem_["code"]) == (403, "not_allowed"), where


def test_accounts_and_mandates_are_linked_and_ended(caller, account):
    _status, made = caller("POST", "", WANG)
    here, number = f"/{made['id']}", account()
    assert caller("POST", f"{here}/accounts", {"account": number, "relation": "owner"})[0] == 201
    assert caller("POST", f"{here}/accounts", {"account": number, "relation": "owner"})[0] == 409
    assert caller("POST", f"{here}/accounts", {"account": 404, "relation": "owner"})[0] == 404
    terms = {"account": number, "mode": "joint", "scope": ["all"], "valid_from": "2026-01-01", "limit": 5}
    status, mandate = caller("POST", f"{here}/mandates", terms)
    assert (status, mandate["limit"]) == (201, 5)
    assert caller("DELETE", f"/mandates/{mandate['id']}")[0] == 204
    assert caller("DELETE", f"/mandates/{mandate['id']}")[0] == 409
    assert caller("DELETE", f"{here}/accounts/{number}/owner")[0] == 204


def test_customers_are_listed_by_cursor(caller, register):
    ids = [register(name).id for name in ("王芳", "李娜", "赵敏")]
    register("周涛", branch=4)
    _status, first = caller("GET", "?limit=2")
    assert ([hit["id"] for hit in first["items"]], first["next"]) == (ids[:2], ids[1])
    _status, rest = caller("GET", f"?limit=2&cursor={first['next']}")
    assert ([hit["id"] for hit in rest["items"]], rest["next"]) == (ids[2:], None)
    assert caller("GET", "?cursor=-1")[0] == 422


def test_a_field_is_unmasked_for_a_purpose(caller):
    _status, made = caller("POST", "", WANG)
    status, answer = caller("POST", f"/{made['id']}/unmasking", {"field": "name", "purpose": "review"})
    assert (status, answer) == (200, {"field": "name", "value": "欧阳锋"})
    assert Event.objects.filter(verb="customers.field.unmasked").count() == 1
    assert caller("POST", f"/{made['id']}/unmasking", {"field": "all", "purpose": "review"})[0] == 422
