"""The same duty is delegated twice, or an incompatible role comes beside a delegation, in one moment."""

import threading
from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.models import Event
from counterpoint.org.services import ensure_demo_org
from counterpoint.people import services as people
from counterpoint.people.data import AlreadyDelegated, Duty, IncompatibleDuties, Role
from counterpoint.people.models import Delegation, RoleAssignment
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _bank():
    ensure_demo_org(by=SYSTEM)
    people.ensure_demo_staff(by=SYSTEM)


def person(number):
    return people.person_by_number(number).id


def lend():
    day = clock.today()
    return people.delegate(
        giver=person("080201"), receiver=person("080301"), duty=Duty.AUTHORIZE, branch=3, valid_from=day,
        valid_until=day + timedelta(days=1), reason="leave", by=SYSTEM,
    )  # fmt: skip


def refusals(results):
    assert all(not isinstance(one, Exception) or isinstance(one, Refusal) for one in results), results
    return [one for one in results if isinstance(one, Refusal)]


def test_one_duty_delegated_many_times_at_once_is_delegated_once():
    refused = refusals(at_once(*[lend] * 6))
    assert [type(one) for one in refused] == [AlreadyDelegated] * 5
    assert Delegation.objects.count() == 1
    assert Event.objects.filter(verb="people.delegation.given").count() == 1


def test_without_the_lock_it_would_be_delegated_twice():
    """The negative control: the same look and the same row, with nobody's row locked."""
    together = threading.Barrier(2, timeout=10)
    day, giver, receiver = clock.today(), person("080201"), person("080301")

    def careless():
        assert not Delegation.objects.exists()
        together.wait()
        Delegation.objects.create(
            giver_id=giver, receiver_id=receiver, duty="authorize", branch_id=3, valid_from=day,
            valid_until=day, reason="leave", given_by="system:0",
        )  # fmt: skip

    assert at_once(careless, careless) == [None, None]
    assert Delegation.objects.count() == 2


def test_a_delegation_and_an_incompatible_role_at_once_leave_one_of_the_two():
    def cash():
        return people.assign_role(person=person("080301"), role=Role.TELLER, branch=3, by=SYSTEM)

    refused = refusals(at_once(lend, cash))
    assert [type(one) for one in refused] == [IncompatibleDuties]
    cashier = RoleAssignment.objects.filter(person=person("080301"), role=Role.TELLER).exists()
    assert Delegation.objects.exists() is not cashier
