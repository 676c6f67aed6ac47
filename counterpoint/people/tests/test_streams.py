"""Whoever loses a session loses its live stream at once, whichever verb ended it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from counterpoint.kit.data import Actor
from counterpoint.kit.database import connected
from counterpoint.kit.journal import SIGNAL
from counterpoint.kit.live import Hub, Ticket
from counterpoint.people import services
from counterpoint.people.models import Staff
from counterpoint.people.tests.hands import give_code_generator, session_row, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"oldpassword": "counterpoint", "password1": "a-good-one-4-me", "password2": "a-good-one-4-me"}


def lose_factor(person: Staff, by: Actor) -> None:
    give_code_generator(person)
    services.reset_second_factor(person=person.pk, reason="lost", by=by)


def end_own(client: Client, person: Staff) -> None:
    other = Client()
    sign_in(other)
    client.post(f"/account/sessions/{session_row(other).public}/ending/")


ENDINGS: dict[str, Callable[[Client, Staff, Actor], object]] = {
    "people.session.closed": lambda client, _person, _by: client.post("/sign-out/"),
    "people.session.ended": lambda client, person, _by: end_own(client, person),
    "people.staff.suspended": lambda _client, person, by: services.suspend_staff(
        person=person.pk, reason="investigation", by=by
    ),
    "people.password.reset": lambda _client, person, by: services.reset_password(person=person.pk, by=by),
    "people.password.changed": lambda client, _person, _by: client.post("/account/password/", NEW),
    "people.second_factor.reset": lambda _client, person, by: lose_factor(person, by),
}


@pytest.mark.parametrize("verb", ENDINGS)
def test_an_ended_session_ends_the_persons_streams_and_no_others(
    verb: str, client: Client, bank: dict[str, Staff], by: Actor
) -> None:
    person, colleague = bank["080101"], bank["080102"]
    sign_in(client)
    hub = Hub("")
    streams = [hub.add(Ticket(row.pk, 1, 3, ("branch:3",), 0.0)) for row in (person, colleague)]
    with connected(application="listening") as line:
        line.execute(f"LISTEN {SIGNAL}")
        ENDINGS[verb](client, person, by)
        heard = [notice.payload for notice in line.notifies(timeout=1)]
    assert any(f'"{verb}"' in payload for payload in heard), heard
    for payload in heard:
        hub.pass_on(payload)
    assert [stream.ended for stream in streams if stream] == [True, False]
