import json
from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.urls import include, path, reverse
from ninja import NinjaAPI
from ninja.security import HttpBearer, SessionAuth

from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.pages import problem
from counterpoint.kit.testing import once
from counterpoint.ledger import services as ledger
from counterpoint.ledger.api import router
from counterpoint.ledger.data import AccountKind, HoldKind
from counterpoint.ledger.tests.books import TELLER, cash, deposit
from counterpoint.org import services as org
from counterpoint.people import services as people

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
RENMIN = 3


class Token(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str):
        return people.actor_of_token(request, token)


machine_api = NinjaAPI(urls_namespace="ledger-test", auth=[Token(), SessionAuth(csrf=False)])
machine_api.add_router("/ledger", router)


@machine_api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal):
    return problem(refusal)


urlpatterns = [path("api/v1/", machine_api.urls), path("", include("counterpoint.site.urls"))]


def build():
    org.ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)


world = once(build)


@pytest.fixture
def sign_in(world, db, client, settings, django_user_model):
    settings.DEMO = True

    def make(number):
        user = django_user_model.objects.get(username=number)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def mine(sign_in):
    opened = ledger.open_account(
        party=1, kind=AccountKind.DEMAND, currency="CNY", branch=RENMIN, by=TELLER, name="欧阳锋"
    )
    deposit(RENMIN, opened.id, 140_950)
    return opened


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_account_shows_its_figures_its_holds_and_its_movements(mine, sign_in, language):
    ledger.place_hold(
        account=mine.id, kind=HoldKind.AMOUNT, amount=40_000, authority="bank", instrument="止付1", by=TELLER
    )
    client = sign_in("080101")
    page = client.get(reverse("ledger:account", args=[mine.id]), headers={"accept-language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert "1,409.50" in text
    assert "1,009.50" in text
    assert "止付1" in text
    assert "欧阳锋" not in text
    assert ("余额" in text) == (language == "zh-hans")


def test_a_long_statement_goes_on_on_the_next_page(mine, sign_in):
    for _n in range(60):
        deposit(RENMIN, mine.id, 1)
    client = sign_in("080101")
    first = client.get(reverse("ledger:statement", args=[mine.id])).content.decode()
    assert first.count("data-row=") == 50
    assert "cursor=51" in first
    second = client.get(reverse("ledger:statement", args=[mine.id]), {"cursor": 51}).content.decode()
    assert second.count("data-row=") == 11


@pytest.mark.parametrize("query", [{"since": "2026-02-31"}, {"until": "gestern"}, {"cursor": "-1"}])
def test_a_date_or_page_that_cannot_be_is_said_so(mine, sign_in, query):
    assert sign_in("080101").get(reverse("ledger:account", args=[mine.id]), query).status_code == 422


def test_a_typed_number_leads_to_its_account_and_a_wrong_one_is_explained(mine, sign_in):
    client = sign_in("080101")
    found = client.get(reverse("ledger:find"), {"number": mine.number})
    assert found["Location"] == reverse("ledger:account", args=[mine.id])
    wrong = mine.number[:-1] + str((int(mine.number[-1]) + 1) % 10)
    assert client.get(reverse("ledger:find"), {"number": wrong}).status_code == 422


def test_an_entry_shows_its_legs_and_what_takes_it_back(mine, sign_in):
    wrong = deposit(RENMIN, mine.id, 7_700)
    client = sign_in("080101")
    assert "77.00" in client.get(reverse("ledger:entry", args=[wrong.entry])).content.decode()
    undone = ledger.reverse(
        entry=wrong.entry, key=_key(), kind=ledger.reversible(entry=wrong.entry)[0], reason="录错", by=TELLER
    )
    there = client.get(reverse("ledger:entry", args=[undone.entry])).content.decode()
    # In red: a negative figure on the same sides as the original.
    assert there.count("is-negative") == 2
    assert reverse("ledger:entry", args=[wrong.entry]) in there
    back = client.get(reverse("ledger:entry", args=[wrong.entry])).content.decode()
    assert reverse("ledger:entry", args=[undone.entry]) in back
    assert client.get(reverse("ledger:entry", args=[10**9])).status_code == 404


def test_the_trial_balance_is_the_supervisors_and_not_the_tellers(mine, sign_in):
    page = sign_in("080201").get(reverse("ledger:trial_balance"))
    assert page.status_code == 200
    assert "1001" in page.content.decode()
    assert sign_in("080101").get(reverse("ledger:trial_balance")).status_code == 403


def test_nobody_reads_accounts_without_signing_in(client, mine):
    client.logout()
    assert client.get(reverse("ledger:account", args=[mine.id])).status_code in (302, 401, 403)


def _key():
    from counterpoint.kit.keys import new_key

    return new_key()


@pytest.fixture
def api(client, sign_in):
    """Calls the API as a person, or as the machine with a token."""
    sign_in("080101")

    def call(method, where, body=None, *, token="", key=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if key:
            headers["idempotency-key"] = key
        if token:
            client.logout()
        answer = client.generic(
            method,
            f"/api/v1/ledger{where}",
            json.dumps(body),
            content_type="application/json",
            headers=headers,
        )
        return answer.status_code, json.loads(answer.content)

    return call


@pytest.fixture
def token(sign_in):
    machine = people.add_machine(number="990001", name="ESB", branch=RENMIN, by=SYSTEM)
    people.assign_role(
        person=machine.id,
        role=people_role(),
        branch=RENMIN,
        valid_from=org.business_day(RENMIN).date,
        by=SYSTEM,
    )
    return people.issue_token(machine=machine.id, name="t", branch=RENMIN, days=3, by=SYSTEM).secret


def people_role():
    from counterpoint.people.data import Role

    return Role.BACK_OFFICE


def test_the_api_reads_an_account_and_its_statement(api, mine):
    status, found = api("GET", f"/accounts?number={mine.number}")
    assert (status, found["id"], found["balance"], found["normal_side"]) == (200, mine.id, 140_950, "credit")
    assert found["name"] != "欧阳锋"
    status, page = api("GET", f"/accounts/{mine.id}/statement?limit=1")
    assert (status, page["closing"], page["lines"][0]["amount"], page["next"]) == (
        200,
        140_950,
        -140_950,
        None,
    )
    assert api("GET", f"/accounts/{mine.id}/statement?limit=0")[0] == 422
    assert api("GET", "/accounts/999999999")[0] == 404


def test_a_person_does_not_post_bare_entries(api, mine):
    body = {"legs": [{"account": mine.id, "amount": 5, "currency": "CNY"}] * 2}
    assert api("POST", "/entries", body, key="12345678")[1]["code"] == "not_allowed"


def test_a_machine_posts_with_a_key_once(api, mine, token):
    other = ledger.open_account(party=2, kind=AccountKind.DEMAND, currency="CNY", branch=RENMIN, by=TELLER)
    body = {
        "legs": [
            {"account": mine.id, "amount": 500, "currency": "CNY"},
            {"account": other.id, "amount": -500, "currency": "CNY"},
        ]
    }
    assert api("POST", "/entries", body, token=token)[1]["code"] == "idempotency_key_missing"
    status, first = api("POST", "/entries", body, token=token, key="order-0001")
    assert (status, first["repeated"], first["balances"][str(other.id)]) == (200, False, 500)
    assert api("POST", "/entries", body, token=token, key="order-0001")[1]["repeated"] is True
    body["legs"][0]["amount"], body["legs"][1]["amount"] = 600, -600
    assert api("POST", "/entries", body, token=token, key="order-0001")[1]["code"] == "key_reused"
    body["legs"][0]["amount"] = 601
    assert api("POST", "/entries", body, token=token, key="order-0002")[1]["code"] == "unbalanced"
    assert api("POST", "/entries", body | {"what": 1}, token=token, key="order-0003")[0] == 422
    assert ledger.account(mine.id).balance == 140_450


def test_cash_is_not_moved_by_a_machine(api, mine, token):
    body = {
        "legs": [
            {"account": mine.id, "amount": 5, "currency": "CNY"},
            {"account": cash(RENMIN), "amount": -5, "currency": "CNY"},
        ]
    }
    assert api("POST", "/entries", body, token=token, key="order-0004")[1]["code"] == "cash_needs_a_counter"


def test_a_hold_is_placed_and_released(api, mine):
    body = {
        "kind": "amount", "amount": 100, "authority": "bank", "instrument": "1",
        "expires": (org.business_day(RENMIN).date + timedelta(5)).isoformat(),
    }  # fmt: skip
    status, placed = api("POST", f"/accounts/{mine.id}/holds", body)
    assert (status, placed["active"]) == (201, True)
    assert api("GET", f"/accounts/{mine.id}/holds")[1][0]["id"] == placed["id"]
    assert api("POST", f"/accounts/{mine.id}/holds", body | {"amount": 0})[0] == 422
    status, released = api("POST", f"/holds/{placed['id']}/release", {"reason": "-"})
    assert (status, released["active"]) == (200, False)
    assert api("POST", f"/holds/{placed['id']}/release", {"reason": "-"})[1]["code"] == "hold_released"


def test_an_entry_and_the_trial_balance_are_read(api, mine, sign_in, client):
    posted = deposit(RENMIN, mine.id, 5)
    status, found = api("GET", f"/entries/{posted.entry}")
    assert (status, [leg["amount"] for leg in found["legs"]]) == (200, [5, -5])
    sign_in("080201")
    status, trial = api("GET", "/trial-balance")
    assert (status, trial["balanced"]) == (200, True)
