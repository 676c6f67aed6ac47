"""A fresh proof for one act, by whoever is signed in; and who is here."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counterpoint.kit.data import Actor, ActorKind
from counterpoint.kit.models import Event
from counterpoint.people import services
from counterpoint.people.data import LockedOut, SignInNeeded, StepUpRefused
from counterpoint.people.models import LoginSession, Staff
from counterpoint.people.services import proving
from counterpoint.people.tests.hands import code_of, give_code_generator, idle, session_row, sign_in

pytestmark = pytest.mark.django_db


def request_of(person: Staff) -> HttpRequest:
    request = RequestFactory().post("/")
    request.user, request.session = person, {}  # type: ignore[assignment]
    return request


def step_up(person: Staff, **proof: str) -> str:
    return services.step_up(request=request_of(person), **proof).method


def give_passkey(person: Staff) -> None:
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "key"})


def test_a_form_knows_with_what_a_person_steps_up(teller: Staff, settings: Any) -> None:
    assert services.step_up_methods(teller.pk) == ("password",)
    settings.DEMO = False
    assert services.step_up_methods(teller.pk) == ()
    give_passkey(teller)
    assert services.step_up_methods(teller.pk) == ("passkey",)
    give_code_generator(teller)
    assert services.step_up_methods(teller.pk) == ("totp", "passkey")


def test_the_password_proves_who_carries_no_second_factor(teller: Staff) -> None:
    proof = services.step_up(request=request_of(teller), password="counterpoint")
    assert proof.method == "password"
    assert timezone.now() - proof.at < timedelta(minutes=1)
    event = Event.objects.get(verb="people.step_up.passed")
    assert (event.subject, event.data) == (f"person:{teller.pk}", {"method": "password"})
    for wrong in ("", "wrong", "counterpoint "):
        with pytest.raises(StepUpRefused):
            step_up(teller, password=wrong)


def test_who_carries_a_second_factor_does_not_step_up_with_the_password(teller: Staff) -> None:
    secret = give_code_generator(teller)
    for proof in ({"password": "counterpoint"}, {"code": "000000"}, {"code": ""}, {}):
        with pytest.raises(StepUpRefused):
            step_up(teller, **proof)
    code = code_of(secret)
    assert step_up(teller, code=f" {code} ") == "totp"
    with pytest.raises(StepUpRefused):
        step_up(teller, code=code)


def test_a_recovery_code_is_for_signing_in_and_not_for_a_step_up(teller: Staff) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    give_code_generator(teller)
    codes = RecoveryCodes.activate(teller).get_unused_codes()
    with pytest.raises(StepUpRefused):
        step_up(teller, code=codes[0])


def test_without_a_needed_second_factor_there_is_no_step_up(teller: Staff, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(StepUpRefused) as refused:
        step_up(teller, password="counterpoint")
    assert refused.value.why.remedy


def test_guessing_locks_out_as_at_a_sign_in(client: Client, teller: Staff, by: Actor) -> None:
    give_code_generator(teller)
    for n in range(4):
        with pytest.raises(StepUpRefused):
            step_up(teller, code=f"00000{n}")
    with pytest.raises(LockedOut):
        step_up(teller, code="000009")
    assert sign_in(client).status_code == 429
    with pytest.raises(LockedOut):
        step_up(teller, code="123456")
    assert Event.objects.filter(verb="people.sign_in.refused", subject=f"person:{teller.pk}").count() == 5
    services.lift_lock_out(person=teller.pk, by=by)
    with pytest.raises(StepUpRefused):
        step_up(teller, code="123456")


def test_a_success_forgets_the_failures(teller: Staff) -> None:
    for _round in range(3):
        for _try in range(3):
            with pytest.raises(StepUpRefused):
                step_up(teller, password="wrong")
        assert step_up(teller, password="counterpoint") == "password"


@pytest.mark.parametrize(
    "rubbish", ["{", "[]", "{}", "null", '"x"', "1", "[" * 5000, json.dumps({"id": "x", "response": {}})]
)
def test_a_passkey_that_is_rubbish_is_refused_and_counted(teller: Staff, rubbish: str) -> None:
    give_passkey(teller)
    with pytest.raises(StepUpRefused):
        step_up(teller, credential=rubbish)
    assert Event.objects.filter(verb="people.sign_in.refused").count() == 1


def test_a_passkeys_answer_is_asked_of_the_library(teller: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, with a key, is a story in the browser."""
    give_passkey(teller)
    seen: list[Any] = []

    def complete(person: Staff, answer: Any) -> Any:
        seen.append((person, answer))
        return SimpleNamespace(record_usage=lambda: seen.append("used"))

    monkeypatch.setattr(proving.webauthn, "parse_authentication_response", lambda answer: answer)
    monkeypatch.setattr(proving.webauthn, "complete_authentication", complete)
    assert step_up(teller, credential='{"id": "x"}') == "passkey"
    assert seen == [(teller, {"id": "x"}), "used"]


def test_nobody_and_no_machine_steps_up(teller: Staff) -> None:
    from django.contrib.auth.models import AnonymousUser

    request = request_of(teller)
    request.user = AnonymousUser()
    request.machine = Actor(kind=ActorKind.MACHINE, id=teller.pk, name="core", branch=3)  # type: ignore[attr-defined]
    with pytest.raises(SignInNeeded):
        services.step_up(request=request, password="counterpoint")


@pytest.mark.django_db(transaction=True)
def test_a_step_up_is_never_inside_a_transaction(teller: Staff) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        step_up(teller, password="counterpoint")


def test_the_options_of_a_passkey_are_for_who_is_signed_in_and_not_locked(
    client: Client, teller: Staff
) -> None:
    address = "/session/step-up/passkey/"
    assert client.get(address).status_code == 302
    sign_in(client)
    answer = client.get(address, headers={"accept": "application/json"})
    assert answer.json()["request_options"]["publicKey"]["challenge"]
    client.post("/session/lock/")
    assert client.get(address).status_code == 423


def test_who_is_here(client: Client, bank: dict[str, Staff]) -> None:
    numbers = ("080101", "080102", "080103", "080201", "080301")
    people = {number: bank[number].pk for number in numbers}
    for number in numbers[:4]:
        browser = Client()
        sign_in(browser, number)
        if number == "080102":
            browser.post("/session/lock/")
        if number == "080103":
            idle(browser)
        if number == "080201":
            old = timezone.now() - timedelta(hours=13)
            LoginSession.objects.filter(pk=session_row(browser).pk).update(opened_at=old)
    assert services.here(people.values()) == {people["080101"]}
    second = Client()
    sign_in(second, "080102")
    assert services.here(people.values()) == {people["080101"], people["080102"]}
    assert services.here([people["080301"]]) == set()


def test_asking_who_is_here_costs_one_query(bank: dict[str, Staff]) -> None:
    with CaptureQueriesContext(connection) as queries:
        services.here(person.pk for person in bank.values())
    assert len(queries) == 1
