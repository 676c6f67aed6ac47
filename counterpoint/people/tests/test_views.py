"""The pages of staff."""

from __future__ import annotations

import pytest
from django.test import Client

from counterpoint.people import services
from counterpoint.people.models import Restriction, RoleAssignment, Staff
from counterpoint.people.tests.hands import (
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["080101", "080201", "090201"])
def test_staff_pages_are_for_who_administers_staff(
    client: Client, bank: dict[str, Staff], number: str
) -> None:
    sign_in(client, number)
    other = bank["080301"].pk
    assert client.get("/staff/").status_code == 403
    assert client.get(f"/staff/{other}/").status_code == 403
    assert client.post(f"/staff/{other}/suspension/", {"reason": "x"}).status_code == 403
    assert Staff.objects.get(pk=other).is_active


def test_the_list_finds_by_number_name_and_pinyin(client: Client, admin: Staff) -> None:
    sign_in(client, "090301")
    for query, found in (("0801", 3), ("王", 1), ("wangf", 1), ("Zhou Tao", 1), ("nobody", 0), ("'; --", 0)):
        rows = client.get("/staff/", {"q": query}, headers={"HX-Request": "true"}).content.decode()
        assert rows.count('<th scope="row">') == found, query
    for page in ("0", "-1", "x", "99999999999", "²"):
        assert client.get("/staff/", {"page": page}).status_code == 200


def test_an_administrator_gives_and_takes_through_the_pages(
    client: Client, admin: Staff, teller: Staff
) -> None:
    sign_in(client, "090301")
    page = f"/staff/{teller.pk}/"
    assert client.get(page).status_code == 200
    answer = client.post(f"{page}roles/", {"role-role": "lobby_manager", "role-branch": "3"})
    assert answer.status_code == 302
    given = RoleAssignment.objects.get(person=teller, role="lobby_manager")
    assert client.post(f"{page}roles/{given.pk}/revoking/", {"reason": "moved"}).status_code == 302
    given.refresh_from_db()
    assert given.revoked_by == f"person:{admin.pk}"
    clash = client.post(f"{page}roles/", {"role-role": "supervisor", "role-branch": "3"})
    assert clash.status_code == 409
    assert "data-refusal" in clash.content.decode()
    assert client.post(f"{page}roles/", {"role-role": "king", "role-branch": "3"}).status_code == 422
    client.post(f"{page}restrictions/", {"restriction-duty": "cash", "restriction-reason": "check"})
    bar = Restriction.objects.get()
    assert client.post(f"{page}restrictions/{bar.pk}/lifting/", {"reason": "done"}).status_code == 302
    assert client.post(f"{page}suspension/", {"reason": "leave"}).status_code == 302
    assert client.post(f"{page}suspension/ending/").status_code == 302
    issued = client.post(f"{page}password/").content.decode()
    assert "<code>" in issued


def test_the_page_refuses_to_change_the_own_rights(client: Client, admin: Staff) -> None:
    sign_in(client, "090301")
    answer = client.post(f"/staff/{admin.pk}/roles/", {"role-role": "lobby_manager", "role-branch": "3"})
    assert answer.status_code == 403
    assert RoleAssignment.objects.filter(person=admin).count() == 1
    assert client.get("/staff/987654/").status_code == 404


def test_somebody_is_added_with_a_password_shown_once(client: Client, admin: Staff) -> None:
    sign_in(client, "090301")
    data = {"number": "080888", "name_zh": "林夏", "name_en": "Lin Xia", "branch": "3"}
    page = client.post("/staff/new/", data)
    password = page.content.decode().split("<code>")[1].split("</code>")[0]
    assert sign_in(Client(), "080888", password).status_code == 302
    again = client.post("/staff/new/", data)
    assert again.context["form"].non_field_errors()


def test_a_step_up_asks_again_when_the_proof_is_old(client: Client, teller: Staff, rf) -> None:
    from counterpoint.people.data import RecentSignInNeeded

    sign_in(client)
    request = rf.get("/")
    request.user, request.session = teller, client.session
    services.require_recent(request, 5)
    records = request.session["account_authentication_methods"]
    records[0]["at"] -= 3600
    with pytest.raises(RecentSignInNeeded):
        services.require_recent(request, 5)


def test_the_actor_of_a_request_knows_branch_and_desk(client: Client, teller: Staff, rf) -> None:
    sign_in(client)
    request = rf.get("/")
    request.user, request.session = teller, client.session
    assert (services.actor_from(request).branch, services.actor_from(request).desk) == (3, None)
    request.session["desk"], request.session["branch"] = 5, 4
    assert (services.actor_from(request).branch, services.actor_from(request).desk) == (4, 5)
