"""Whoever loses a session or a right loses the live stream at once, whichever verb ended it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from counterpoint.kit.clock import today
from counterpoint.kit.data import Actor
from counterpoint.kit.database import connected
from counterpoint.kit.journal import SIGNAL
from counterpoint.kit.live import Hub, Ticket
from counterpoint.people import services
from counterpoint.people.data import Duty
from counterpoint.people.models import Qualification, RoleAssignment, Staff
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


def lend(person: Staff, by: Actor) -> int:
    """The supervisor's closing of the day, for a day."""
    return services.delegate(
        giver=Staff.objects.get(username="080201").pk, receiver=person.pk, duty=Duty.DAY_CLOSE, branch=3,
        valid_from=today(), valid_until=today(), reason="leave", by=by,
    )  # fmt: skip


ENDINGS: dict[str, Callable[[Client, Staff, Actor], object]] = {
    "people.session.closed": lambda client, _person, _by: client.post("/sign-out/"),
    "people.session.ended": lambda client, person, _by: end_own(client, person),
    "people.staff.suspended": lambda _client, person, by: services.suspend_staff(
        person=person.pk, reason="investigation", by=by
    ),
    "people.password.reset": lambda _client, person, by: services.reset_password(person=person.pk, by=by),
    "people.password.changed": lambda client, _person, _by: client.post("/account/password/", NEW),
    "people.second_factor.reset": lambda _client, person, by: lose_factor(person, by),
    "people.role.revoked": lambda _client, person, by: services.revoke_role(
        assignment=RoleAssignment.objects.get(person=person).pk, reason="moved", by=by
    ),
    "people.restriction.imposed": lambda _client, person, by: services.impose_restriction(
        person=person.pk, duty=Duty.CASH, reason="notice", source="notice:7", by=by
    ),
    "people.qualification.withdrawn": lambda _client, person, by: services.withdraw_qualification(
        qualification=Qualification.objects.get(person=person).pk, by=by
    ),
    "people.delegation.ended": lambda _client, person, by: services.end_delegation(
        delegation=lend(person, by), by=by
    ),
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


def channels_of(verb: str, act: Callable[[], object]) -> set[str]:
    with connected(application="listening") as line:
        line.execute(f"LISTEN {SIGNAL}")
        act()
        heard = [json.loads(notice.payload) for notice in line.notifies(timeout=1)]
    return {channel for signal in heard if signal["v"] == verb for channel in signal["c"]}


def test_giver_and_receiver_hear_of_a_delegation_and_of_what_changes_the_givers_rights(
    bank: dict[str, Staff], by: Actor
) -> None:
    giver, receiver = bank["080201"], bank["080101"]
    both = {f"person:{giver.pk}", f"person:{receiver.pk}"}
    assert both <= channels_of("people.delegation.given", lambda: lend(receiver, by))
    suspended = channels_of(
        "people.staff.suspended", lambda: services.suspend_staff(person=giver.pk, reason="x", by=by)
    )
    assert both <= suspended
    resumed = channels_of("people.staff.resumed", lambda: services.resume_staff(person=giver.pk, by=by))
    assert both <= resumed
    alone = channels_of(
        "people.staff.suspended", lambda: services.suspend_staff(person=receiver.pk, reason="x", by=by)
    )
    assert f"person:{giver.pk}" not in alone
