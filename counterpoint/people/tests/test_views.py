"""Sign-in, lock-out, second factor, idle lock, and the pages of staff, through the whole stack."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from counterpoint.kit.data import SYSTEM, Actor, NotAllowed
from counterpoint.kit.models import Event
from counterpoint.people import services
from counterpoint.people.data import Duty, Role, SecondPersonRefused
from counterpoint.people.models import LoginSession, Restriction, RoleAssignment, RoleDuty, Staff

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


def sign_in(client: Client, number: str = "080101", password: str = "counterpoint", **more: str):
    return client.post(SIGN_IN, {"login": number, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def session_row(client: Client) -> LoginSession:
    return LoginSession.objects.get(pk=client.cookies["sessionid"].value)


def idle(client: Client, seconds: int = 3600) -> None:
    LoginSession.objects.filter(pk=client.cookies["sessionid"].value).update(
        seen_at=timezone.now() - timedelta(seconds=seconds)
    )


def give_code_generator(person: Staff) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


# --- sign-in ---------------------------------------------------------------------------------


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
    assert shown.count("data-demo-number=") == 9
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


# --- second factor ---------------------------------------------------------------------------


def test_the_second_factor_is_asked_for_and_proves_the_session(client: Client, teller: Staff) -> None:
    secret = give_code_generator(teller)
    assert sign_in(client)["Location"] == "/sign-in/code/"
    assert not is_signed_in(client)
    assert client.get("/staff/").status_code == 302
    assert client.get("/sign-in/code/").status_code == 200
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 200
    assert not is_signed_in(client)
    assert client.post("/sign-in/code/", {"code": code_of(secret)})["Location"] == "/"
    assert is_signed_in(client)
    assert client.session["people.second_factor"] is True


def test_a_code_works_once(client: Client, teller: Staff) -> None:
    secret = give_code_generator(teller)
    code = code_of(secret)
    sign_in(client)
    client.post("/sign-in/code/", {"code": code})
    other = Client()
    sign_in(other)
    other.post("/sign-in/code/", {"code": code})
    assert not is_signed_in(other)


def test_guessing_codes_locks_out_and_the_right_code_does_not_help(client: Client, teller: Staff) -> None:
    secret = give_code_generator(teller)
    sign_in(client)
    answers = [client.post("/sign-in/code/", {"code": f"00000{n}"}).status_code for n in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    client.post("/sign-in/code/", {"code": code_of(secret)})
    assert not is_signed_in(client)


def test_secrets_of_the_second_factor_are_kept_encrypted(teller: Staff) -> None:
    secret = give_code_generator(teller)
    kept = Authenticator.objects.get(user=teller).data["secret"]
    assert secret not in kept
    assert len(kept) > 60


@pytest.mark.django_db(transaction=True)
def test_whoever_touches_money_sets_up_a_second_factor_first(client: Client, teller: Staff, settings) -> None:
    settings.DEMO = False
    sign_in(client)
    assert client.get("/account/")["Location"] == "/account/first-steps/"
    assert client.get("/account/first-steps/").status_code == 200
    # A fresh proof comes first, then the code generator.
    assert client.get("/account/code/")["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/?next=/account/code/", {"password": "counterpoint"})
    page = client.get("/account/code/")
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/account/code/", {"code": code_of(secret)})
    assert answer.status_code == 302
    codes = client.get("/account/recovery-codes/").content.decode()
    assert codes.count("<code>") == 10
    assert "<code>" not in client.get("/account/recovery-codes/").content.decode()
    assert client.get("/account/").status_code == 200


def test_light_duties_need_no_second_factor(client: Client, by: Actor, settings) -> None:
    settings.DEMO = False
    issued = services.add_staff(number="080555", name_zh="林夏", branch=3, by=SYSTEM)
    services.assign_role(person=issued.person.id, role=Role.LOBBY_MANAGER, branch=3, by=SYSTEM)
    RoleDuty.objects.filter(role=Role.LOBBY_MANAGER, duty=Duty.CUSTOMER_VIEW).delete()
    services.change_password(person=issued.person.id, password="quiet-lobby-7", by=SYSTEM)
    sign_in(client, "080555", "quiet-lobby-7")
    assert client.get("/account/").status_code == 200


def test_a_guarded_duty_needs_a_session_with_second_factor(client: Client, admin: Staff, settings) -> None:
    settings.DEMO = False
    give_code_generator(admin)
    client.force_login(admin)
    session = client.session
    session["people.ready"] = True
    session.save()
    assert client.get("/staff/")["Location"] == "/account/first-steps/"


def test_the_last_second_factor_stays_while_duties_need_it(client: Client, teller: Staff, settings) -> None:
    settings.DEMO = False
    secret = give_code_generator(teller)
    sign_in(client)
    client.post("/sign-in/code/", {"code": code_of(secret)})
    client.post("/account/confirm/?next=/account/", {"password": "counterpoint"})
    client.post("/account/code/removing/")
    assert Authenticator.objects.filter(user=teller, type="totp").exists()


def test_the_second_person_gives_the_code_when_there_is_one(
    teller: Staff, supervisor: Staff, settings
) -> None:
    values = {"username": "080201", "password": "counterpoint", "branch": 3}
    values |= {"duty": Duty.AUTHORIZE, "not_person": teller.pk}
    settings.DEMO = False
    with pytest.raises(SecondPersonRefused):
        services.verify_second_person(code=None, **values)
    secret = give_code_generator(supervisor)
    for wrong in (None, "", "123"):
        with pytest.raises(SecondPersonRefused):
            services.verify_second_person(code=wrong, **values)
    code = code_of(secret)
    assert services.verify_second_person(code=code, **values).id == supervisor.pk
    with pytest.raises(NotAllowed):
        services.verify_second_person(code=code, **values)


def test_passkey_sign_in_offers_a_challenge_and_refuses_rubbish(client: Client, teller: Staff) -> None:
    answer = client.get("/sign-in/passkey/", headers={"accept": "application/json"})
    assert answer.json()["request_options"]["publicKey"]["challenge"]
    for rubbish in ("", "{}", "[]", "nonsense", json.dumps({"id": "x", "response": {"userHandle": "MQ"}})):
        client.post("/sign-in/passkey/", {"credential": rubbish})
        assert not is_signed_in(client)
    sign_in(client)
    client.post("/account/confirm/?next=/account/", {"password": "counterpoint"})
    assert client.get("/account/passkeys/new/").status_code == 200
    for rubbish in ("{}", "[]", json.dumps({"id": "x", "rawId": "eA", "response": {}, "type": "public-key"})):
        assert client.post("/account/passkeys/new/", {"credential": rubbish, "name": "x"}).status_code == 200
        client.post("/session/lock/")
        client.post("/session/unlock/", {"credential": rubbish})
        assert client.get("/account/").status_code == 423
        client.post("/session/unlock/", {"password": "counterpoint"})


# --- passwords and sessions ------------------------------------------------------------------


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


# --- idle lock -------------------------------------------------------------------------------


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


# --- staff pages -----------------------------------------------------------------------------


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
