"""The second factor, through the whole stack."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from counterpoint.kit.data import SYSTEM, Actor, NotAllowed
from counterpoint.people import services
from counterpoint.people.data import Duty, Role, SecondPersonRefused
from counterpoint.people.models import RoleDuty, Staff
from counterpoint.people.tests.hands import (
    code_of,
    give_code_generator,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db


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
