"""The pages of delegations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from counterpoint.kit.clock import today
from counterpoint.people import services
from counterpoint.people.data import Duty, Role
from counterpoint.people.models import Delegation, Staff
from counterpoint.people.tests.hands import code_of, give_code_generator, sign_in

pytestmark = pytest.mark.django_db

MINE, ALL = "/account/delegations/", "/staff/delegations/"


def form(**changes: Any) -> dict[str, Any]:
    values = {
        "right": "authorize:3", "receiver": "080301", "valid_from": today(),
        "valid_until": today() + timedelta(days=2), "reason": "年假", "password": "counterpoint",
    }  # fmt: skip
    return values | changes


@pytest.fixture
def zhang(client: Client, supervisor: Staff) -> Client:
    sign_in(client, "080201")
    return client


def test_a_duty_is_delegated_and_ended_through_the_pages(zhang: Client, bank: dict[str, Staff]) -> None:
    page = zhang.get(MINE).content.decode()
    assert 'value="authorize:3"' in page
    assert 'value="rules_approve:3"' not in page
    assert 'name="password"' in page
    assert f'value="{today()}"' in page
    assert '<option value="080301">刘洋</option>' in page
    assert "080201</option>" not in page
    assert zhang.post(MINE, form())["Location"] == MINE
    row = Delegation.objects.get()
    assert (row.giver, row.receiver, row.duty) == (bank["080201"], bank["080301"], Duty.AUTHORIZE)
    assert f'data-delegation="{row.pk}"' in zhang.get(MINE).content.decode()
    liu = Client()
    sign_in(liu, "080301")
    assert "张伟" in liu.get("/account/").content.decode()
    assert f'data-delegation="{row.pk}"' in liu.get(MINE).content.decode()
    assert liu.post(f"{MINE}{row.pk}/ending/")["Location"] == MINE
    assert "张伟" not in liu.get("/account/").content.decode()
    assert liu.post(f"{MINE}{row.pk}/ending/").status_code == 409


def test_a_stranger_sees_and_ends_nothing(zhang: Client, bank: dict[str, Staff]) -> None:
    zhang.post(MINE, form())
    row = Delegation.objects.get()
    wang = Client()
    sign_in(wang, "080101")
    page = wang.get(MINE).content.decode()
    assert "data-delegation=" not in page
    assert 'name="right"' not in page
    assert wang.post(MINE, form()).status_code == 422
    assert wang.post(f"{MINE}{row.pk}/ending/").status_code == 403
    assert wang.get(ALL).status_code == 403
    assert wang.post(f"/staff/{bank['080201'].pk}/delegations/", form()).status_code == 403
    row.refresh_from_db()
    assert row.ended_at is None


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"receiver": "999999"}, 422),
        ({"receiver": "x"}, 422),
        ({"right": "cash:3"}, 422),
        ({"right": "authorize:4"}, 422),
        ({"right": ""}, 422),
        ({"valid_until": ""}, 422),
        ({"valid_until": "9999-99-99"}, 422),
        ({"valid_until": "2020-01-01"}, 422),
        ({"valid_until": "9999-12-31"}, 422),
        ({"reason": "x" * 201}, 422),
        ({"receiver": "080101"}, 409),
        ({"receiver": "080201"}, 403),
        ({"password": "wrong"}, 403),
        ({"password": ""}, 403),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(zhang: Client, wrong: dict[str, Any], status: int) -> None:
    answer = zhang.post(MINE, form(**wrong))
    assert answer.status_code == status
    text = answer.content.decode()
    assert "data-refusal" in text or "c-error" in text
    assert 'value="counterpoint"' not in text
    assert not Delegation.objects.exists()


def test_who_carries_a_code_generator_gives_its_code(client: Client, supervisor: Staff) -> None:
    secret = give_code_generator(supervisor)
    sign_in(client, "080201")
    client.post("/sign-in/code/", {"code": code_of(secret, -1)})
    page = client.get(MINE).content.decode()
    assert 'name="code"' in page
    assert 'name="password"' not in page
    assert client.post(MINE, form()).status_code == 403
    assert client.post(MINE, form(code=code_of(secret))).status_code == 302


def test_an_administrator_delegates_for_somebody_and_sees_all(
    zhang: Client, bank: dict[str, Staff], admin: Staff
) -> None:
    wu = Client()
    sign_in(wu, "090301")
    assert "data-delegation=" not in wu.get(ALL).content.decode()
    page = f"/staff/{bank['080201'].pk}/"
    assert 'value="authorize:3"' in wu.get(page).content.decode()
    assert 'name="right"' not in wu.get(f"/staff/{bank['080101'].pk}/").content.decode()
    assert wu.post(f"{page}delegations/", form(receiver="x")).status_code == 422
    assert wu.post(f"{page}delegations/", form(receiver="080101")).status_code == 409
    assert wu.post(f"{page}delegations/", form(password="wrong")).status_code == 403
    assert wu.post(f"{page}delegations/", form())["Location"] == page
    row = Delegation.objects.get()
    assert row.given_by == f"person:{admin.pk}"
    assert f'data-delegation="{row.pk}"' in wu.get(ALL).content.decode()
    assert f'data-delegation="{row.pk}"' in wu.get(page).content.decode()
    assert wu.post(f"{ALL}{row.pk}/ending/")["Location"] == ALL
    row.refresh_from_db()
    assert row.ended_by == f"person:{admin.pk}"


def test_a_branch_administrator_sees_the_own_branch_only(zhang: Client, admin: Staff, by: Any) -> None:
    zhang.post(MINE, form())
    for number, branch, seen in (("080901", 3, True), ("080902", 4, False)):
        issued = services.add_staff(number=number, name_zh="钱多", branch=branch, by=by)
        services.assign_role(person=issued.person.id, role=Role.IT_ADMIN, branch=branch, by=by)
        Staff.objects.filter(pk=issued.person.id).update(must_change_password=False)
        browser = Client()
        sign_in(browser, number, issued.password)
        assert ("data-delegation=" in browser.get(ALL).content.decode()) is seen, branch


def test_a_long_list_has_pages(zhang: Client, bank: dict[str, Staff]) -> None:
    day = today()
    Delegation.objects.bulk_create(
        Delegation(
            giver=bank["080201"], receiver=bank["080301"], duty="authorize", branch_id=3, reason="r",
            valid_from=day + timedelta(days=n), valid_until=day + timedelta(days=n), given_by="person:1",
        )
        for n in range(21)
    )  # fmt: skip
    assert zhang.get(MINE).content.decode().count("data-delegation=") == 20
    assert zhang.get(MINE, {"page": "2"}).content.decode().count("data-delegation=") == 1
    for odd in ("0", "x", "99999999"):
        assert zhang.get(MINE, {"page": odd}).status_code == 200
    part = zhang.get(MINE, headers={"HX-Request": "true"}).content.decode()
    assert part.count("data-delegation=") == 20
    assert "<html" not in part


def test_a_delegation_whose_giver_may_not_is_shown_as_without_effect(
    zhang: Client, bank: dict[str, Staff], by: Any
) -> None:
    zhang.post(MINE, form())
    liu = Client()
    sign_in(liu, "080301")
    assert "is-attention" not in liu.get(MINE).content.decode().partition("data-delegation=")[2]
    services.impose_restriction(person=bank["080201"].pk, duty=None, reason="x", source="audit", by=by)
    assert "is-attention" in liu.get(MINE).content.decode().partition("data-delegation=")[2]
    assert "张伟" not in liu.get("/account/").content.decode()


def test_the_pages_are_found_by_ctrl_k(zhang: Client, admin: Staff) -> None:
    wu = Client()
    sign_in(wu, "090301")
    mine, everybodys = reverse("people:delegations"), reverse("people:staff_delegations")
    for browser, found in ((zhang, (True, False)), (wu, (True, True))):
        text = browser.get("/ui/palette/").content.decode()
        assert (f'"{mine}"' in text, f'"{everybodys}"' in text) == found


@pytest.mark.parametrize(("number", "start"), [("090401", "/approvals/"), ("090501", "/home/")])
def test_people_of_the_bank_and_its_regions_sign_in_without_a_business_day(
    client: Client, bank: dict[str, Staff], number: str, start: str
) -> None:
    assert sign_in(client, number)["Location"] == "/"
    page = client.get("/", follow=True)
    assert page.status_code == 200
    assert page.redirect_chain[-1][0] == start
    assert "c-place-day" not in page.content.decode()
