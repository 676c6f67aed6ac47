"""Passwords and sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from counterpoint.kit.data import Actor
from counterpoint.people import services
from counterpoint.people.models import LoginSession, Staff
from counterpoint.people.tests.hands import (
    is_signed_in,
    session_row,
    sign_in,
)

pytestmark = pytest.mark.django_db


def test_a_one_time_password_is_changed_before_anything_else(client: Client, by: Actor) -> None:
    issued = services.add_staff(number="080555", name_zh="林夏", branch=3, by=by)
    sign_in(client, "080555", issued.password)
    assert client.get("/account/")["Location"] == "/account/password/"
    new = {"password1": "a-good-one-4-me", "password2": "a-good-one-4-me"}
    bad = client.post("/account/password/", {"oldpassword": "wrong", **new})
    assert bad.status_code == 200
    done = client.post("/account/password/", {"oldpassword": issued.password, **new})
    assert done["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert sign_in(Client(), "080555", "a-good-one-4-me").status_code == 302


def test_changing_the_password_ends_the_other_sessions(client: Client, teller: Staff) -> None:
    sign_in(client)
    other = Client()
    sign_in(other)
    new = {"oldpassword": "counterpoint", "password1": "a-good-one-4-me", "password2": "a-good-one-4-me"}
    client.post("/account/password/", new)
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_a_suspension_ends_the_session_at_once(client: Client, teller: Staff, by: Actor) -> None:
    sign_in(client)
    assert client.get("/account/").status_code == 200
    services.suspend_staff(person=teller.pk, reason="investigation", by=by)
    assert client.get("/account/").status_code == 302
    assert not LoginSession.objects.filter(person=teller).exists()
    answer = sign_in(Client())
    assert answer.status_code == 200
    assert not LoginSession.objects.filter(person=teller).exists()


def test_a_reset_password_ends_the_sessions(client: Client, teller: Staff, by: Actor) -> None:
    sign_in(client)
    services.reset_password(person=teller.pk, by=by)
    assert client.get("/account/").status_code == 302


def test_a_person_sees_and_ends_the_own_sessions_only(client: Client, bank: dict[str, Staff]) -> None:
    sign_in(client)
    other, stranger = Client(), Client()
    sign_in(other)
    sign_in(stranger, "080102")
    assert client.get("/account/").content.decode().count("/ending/") == 1
    ending = f"/account/sessions/{session_row(other).public}/ending/"
    assert stranger.post(ending).status_code == 404
    assert other.get("/account/").status_code == 200
    assert client.post(ending).status_code == 302
    assert other.get("/account/").status_code == 302


def test_a_session_ends_after_its_longest_age(client: Client, teller: Staff) -> None:
    sign_in(client)
    LoginSession.objects.update(opened_at=timezone.now() - timedelta(hours=13))
    assert client.get("/account/")["Location"].startswith("/sign-in/?next=")
    assert not is_signed_in(client)


def test_pages_of_a_signed_in_person_are_not_kept_by_the_browser(client: Client, teller: Staff) -> None:
    sign_in(client)
    assert "no-store" in client.get("/account/")["Cache-Control"]
