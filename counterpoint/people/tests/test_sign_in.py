"""Sign-in and lock-out, through the whole stack."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from counterpoint.kit.models import Event
from counterpoint.people.models import LoginSession, Staff
from counterpoint.people.reference import DEMO_PEOPLE
from counterpoint.people.tests.hands import (
    SIGN_IN,
    is_signed_in,
    session_row,
    sign_in,
)

pytestmark = pytest.mark.django_db


def test_a_person_signs_in_and_goes_to_the_start(client: Client, teller: Staff) -> None:
    answer = sign_in(client)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert is_signed_in(client)
    row = session_row(client)
    assert row.person_id == teller.pk
    assert row.address == "127.0.0.1"
    assert Event.objects.filter(verb="people.session.opened", subject=f"person:{teller.pk}").count() == 1


def test_signing_in_begins_a_new_session(client: Client, teller: Staff) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "x"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session.session_key != before
    assert not LoginSession.objects.filter(pk=before).exists()


@pytest.mark.parametrize(
    ("number", "password"), [("080101", "wrong"), ("999999", "wrong"), ("080101", "x" * 500)]
)
def test_a_wrong_password_and_a_wrong_number_read_the_same(
    client: Client, teller: Staff, number: str, password: str
) -> None:
    answer = sign_in(client, number, password)
    assert answer.status_code == 200
    assert not is_signed_in(client)
    assert answer.context["form"].non_field_errors() == [answer.context["form"].non_field_errors()[0]]
    reference = sign_in(Client(), "999998", "other").context["form"].non_field_errors()
    assert answer.context["form"].non_field_errors() == reference


@pytest.mark.parametrize("number", ["080101", "999999"])
def test_five_failures_lock_out_whether_or_not_the_person_exists(
    client: Client, teller: Staff, number: str
) -> None:
    answers = [sign_in(client, number, "wrong").status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]
    right = sign_in(client, number)
    assert right.status_code == 429
    assert not is_signed_in(client)
    assert number not in right.content.decode()


def test_a_lock_out_ends_by_itself_and_does_not_touch_others(client: Client, teller: Staff) -> None:
    for _ in range(5):
        sign_in(client, "080101", "wrong")
    assert sign_in(Client(), "080102").status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_one_address_that_tries_many_numbers_is_locked_out(client: Client, teller: Staff) -> None:
    cache.clear()
    AccessAttempt.objects.create(
        username="1",
        ip_address="127.0.0.1",
        user_agent="",
        failures_since_start=49,
        get_data="",
        post_data="",
    )
    assert sign_in(client, "999999", "wrong").status_code == 429
    assert sign_in(client).status_code == 429


def test_secrets_never_reach_the_table_of_failures(client: Client, teller: Staff) -> None:
    sign_in(client, "080101", "my-real-password-misspelt")
    assert "misspelt" not in AccessAttempt.objects.get().post_data


def test_a_failure_is_told_and_names_nobody_unknown(client: Client, teller: Staff) -> None:
    sign_in(client, "080101", "wrong")
    sign_in(client, "999999", "wrong")
    refused = Event.objects.filter(verb="people.sign_in.refused")
    assert [e.subject for e in refused] == [f"person:{teller.pk}"]


def test_the_way_to_a_deep_page_survives_the_sign_in(client: Client, admin: Staff) -> None:
    answer = client.get("/staff/?q=wang")
    assert answer["Location"] == "/sign-in/?next=%2Fstaff%2F%3Fq%3Dwang"
    page = client.get(answer["Location"])
    assert 'value="/staff/?q=wang"' in page.content.decode()
    assert sign_in(client, "090301", next="/staff/?q=wang")["Location"] == "/staff/?q=wang"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_address_outside_is_ever_a_way_on(client: Client, teller: Staff, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == "/"
    assert client.post("/session/lock/").status_code == 423
    answer = client.post("/session/unlock/", {"password": "counterpoint", "next": target})
    assert answer["Location"] == "/"


def test_demo_people_are_shown_in_the_demo_only(client: Client, teller: Staff, settings) -> None:
    shown = client.get(SIGN_IN).content.decode()
    assert 'data-demo-number="080101"' in shown
    assert shown.count("data-demo-number=") == len(DEMO_PEOPLE)
    settings.DEMO = False
    hidden = client.get(SIGN_IN).content.decode()
    assert "080101" not in hidden
    assert "data-demo" not in hidden


def test_signing_out_needs_a_post(client: Client, teller: Staff) -> None:
    sign_in(client)
    assert client.get("/sign-out/").status_code == 200
    assert is_signed_in(client)
    client.post("/sign-out/")
    assert not is_signed_in(client)
    assert Event.objects.filter(verb="people.session.closed").count() == 1


def test_nothing_of_the_package_is_reachable_but_what_is_named(client: Client, db: None) -> None:
    for name in (
        "account_signup", "account_email", "account_reset_password", "account_set_password",
        "account_email_verification_sent", "account_request_login_code", "account_confirm_login_code",
        "socialaccount_connections", "mfa_signup_webauthn", "mfa_trust", "mfa_download_recovery_codes",
        "mfa_edit_webauthn",
    ):  # fmt: skip
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in (
        "/signup/", "/sign-in/signup/", "/accounts/login/", "/accounts/signup/", "/password/reset/",
        "/account/email/", "/email/", "/confirm-email/", "/social/signup/", "/3rdparty/", "/2fa/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
