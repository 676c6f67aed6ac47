from datetime import timedelta

import pytest
from django.test import RequestFactory

from counterpoint.kit.clock import now
from counterpoint.kit.data import SYSTEM, AlreadyDone, NotAllowed
from counterpoint.kit.models import Event
from counterpoint.people import services as people
from counterpoint.people.data import Duty, Role
from counterpoint.people.models import MachineToken, Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine():
    people.ensure_reference(by=SYSTEM)
    view = people.add_machine(number="990001", name="Core banking", branch=3, by=SYSTEM)
    people.assign_role(person=view.id, role=Role.SUPERVISOR, branch=3, by=SYSTEM)
    return view


def request_with(secret):
    request = RequestFactory().get("/api/v1/")
    return request, people.actor_of_token(request, secret)


def test_a_token_stands_for_its_machine_at_its_branch(machine):
    token = people.issue_token(machine=machine.id, name="core", branch=3, days=30, by=SYSTEM)
    request, actor = request_with(token.secret)
    assert (actor.key, actor.branch) == (f"machine:{machine.id}", 3)
    assert people.actor_from(request) == actor
    assert people.can(request, Duty.BOARD)
    assert not people.can(request, Duty.PEOPLE_ADMIN)


def test_only_the_digest_is_kept_and_no_event_carries_the_secret(machine):
    token = people.issue_token(machine=machine.id, name="core", branch=3, days=30, by=SYSTEM)
    row = MachineToken.objects.get(pk=token.id)
    assert token.secret not in {row.digest, row.name}
    assert not any(token.secret in str(event.data) for event in Event.objects.all())


def test_a_revoked_token_is_nobody_at_once(machine):
    token = people.issue_token(machine=machine.id, name="core", branch=3, days=30, by=SYSTEM)
    people.revoke_token(token=token.id, by=SYSTEM)
    assert request_with(token.secret)[1] is None
    with pytest.raises(AlreadyDone):
        people.revoke_token(token=token.id, by=SYSTEM)


def test_an_expired_token_and_a_wrong_one_are_nobody(machine):
    token = people.issue_token(machine=machine.id, name="core", branch=3, days=30, by=SYSTEM)
    MachineToken.objects.filter(pk=token.id).update(expires_at=now() - timedelta(seconds=1))
    assert request_with(token.secret)[1] is None
    assert request_with("cp_wrong")[1] is None


def test_a_person_gets_no_token(machine):
    person = people.add_staff(number="080999", name_zh="钱多", branch=3, by=SYSTEM).person
    with pytest.raises(NotAllowed):
        people.issue_token(machine=person.id, name="mine", branch=3, days=30, by=SYSTEM)


def test_a_machine_has_no_password_that_anybody_could_know(machine):
    row = Staff.objects.get(pk=machine.id)
    assert not row.has_usable_password()
    assert not row.check_password("")
