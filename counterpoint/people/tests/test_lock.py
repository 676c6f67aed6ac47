"""The idle lock."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt
from django.test import Client

from counterpoint.kit.models import Event
from counterpoint.people.models import Restriction, Staff
from counterpoint.people.tests.hands import (
    idle,
    is_signed_in,
    session_row,
    sign_in,
)

pytestmark = pytest.mark.django_db


def test_an_idle_screen_is_locked_and_unlocking_keeps_the_session(client: Client, teller: Staff) -> None:
    sign_in(client)
    session = client.session
    session["desk"] = 7
    session.save()
    key = session.session_key
    idle(client)
    assert client.get("/account/").status_code == 423
    assert session_row(client).locked_at is not None
    again = client.get("/account/", headers={"HX-Request": "true"})
    assert (again.status_code, again["HX-Reswap"]) == (423, "none")
    answer = client.post(
        "/session/unlock/", {"password": "counterpoint"}, headers={"accept": "application/json"}
    )
    assert answer.json()["unlocked"] is True
    assert client.get("/account/").status_code == 200
    assert (client.session.session_key, client.session["desk"]) == (key, 7)
    verbs = Event.objects.filter(subject=f"person:{teller.pk}").order_by("id").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["people.session.locked", "people.session.unlocked"]


def test_a_locked_form_can_be_sent_again_without_its_secrets(
    client: Client, admin: Staff, teller: Staff
) -> None:
    sign_in(client, "090301")
    idle(client)
    data = {"restriction-duty": "cash", "restriction-reason": "<b>x</b>", "password": "hush"}
    page = client.post(f"/staff/{teller.pk}/restrictions/", data)
    assert page.status_code == 423
    text = page.content.decode()
    assert 'name="restriction-reason" value="&lt;b&gt;x&lt;/b&gt;"' in text
    assert "hush" not in text
    assert not Restriction.objects.exists()


def test_a_locked_screen_answers_json_with_a_problem(client: Client, teller: Staff) -> None:
    sign_in(client)
    idle(client)
    answer = client.get("/account/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (423, "session_locked")


def test_a_wrong_password_keeps_the_lock_and_three_end_the_session(client: Client, teller: Staff) -> None:
    sign_in(client)
    client.post("/session/lock/")
    wrong = {"password": "wrong"}
    json_ = {"accept": "application/json"}
    for _ in range(2):
        answer = client.post("/session/unlock/", wrong, headers=json_)
        assert answer.json()["message"]
        assert client.get("/account/").status_code == 423
    assert client.post("/session/unlock/", wrong, headers=json_).json()["signed_out"] is True
    assert not is_signed_in(client)
    assert AccessAttempt.objects.get(username="080101").failures_since_start == 3


def test_another_persons_password_does_not_unlock(client: Client, bank: dict[str, Staff]) -> None:
    row = bank["080102"]
    row.set_password("another-word-9")
    row.save()
    sign_in(client)
    client.post("/session/lock/")
    client.post("/session/unlock/", {"password": "another-word-9", "username": "080102"})
    assert client.get("/account/").status_code == 423


def test_a_page_that_refetches_by_itself_is_no_activity_but_typing_is(client: Client, teller: Staff) -> None:
    sign_in(client)
    idle(client, 300)
    before = session_row(client).seen_at
    client.get("/account/", headers={"HX-Request": "true"})
    assert session_row(client).seen_at == before
    assert client.post("/session/activity/").status_code == 204
    assert session_row(client).seen_at > before


def test_writing_the_session_does_not_undo_a_lock_set_meanwhile(client: Client, teller: Staff) -> None:
    sign_in(client)
    stale = client.session
    client.post("/session/lock/")
    stale["anything"] = 1
    stale.save()
    assert client.get("/account/").status_code == 423


def test_a_locked_screen_can_only_be_unlocked_signed_out_or_translated(client: Client, teller: Staff) -> None:
    sign_in(client)
    client.post("/session/lock/")
    for path in (
        "/account/",
        "/staff/",
        "/account/password/",
        "/account/confirm/",
        "/ui/ticket/",
        "/ui/palette/",
    ):
        assert client.get(path).status_code == 423, path
    assert client.get("/session/lock/").status_code == 200
    client.post("/sign-out/")
    assert not is_signed_in(client)
