"""Who is who in the demo, and the reference data that ships."""

from __future__ import annotations

import pytest

from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.kit.models import Event
from counterpoint.people import services
from counterpoint.people.data import Duty, IncompatibleDuties, Role
from counterpoint.people.models import DelegableDuty, Qualification, RoleAssignment, RoleDuty, Staff
from counterpoint.people.reference import DEMO_PEOPLE

pytestmark = pytest.mark.django_db
TABLES = (Staff, RoleAssignment, RoleDuty, Qualification, DelegableDuty, Event)


def may(person: Staff, duty: Duty, branch: int = 3) -> bool:
    return services.may(person=person.pk, duty=duty, branch=branch).allowed


def test_demo_people_and_reference_data_are_made_once(bank: dict[str, Staff]) -> None:
    counts = [m.objects.count() for m in TABLES]
    assert len(services.ensure_demo_staff(by=SYSTEM)) == len(DEMO_PEOPLE)
    assert [m.objects.count() for m in TABLES] == counts


def test_what_is_above_a_branch_is_authorized_by_the_region_and_not_at_the_branch(
    bank: dict[str, Staff],
) -> None:
    """A large cash difference of branch 3 is approved at unit 2, the region."""
    assert [p.number for p in services.people_with(duty=Duty.AUTHORIZE, branch=2)] == ["090501"]
    assert [p.number for p in services.people_with(duty=Duty.AUTHORIZE, branch=3)] == ["080201"]


def test_a_remote_authorizer_approves_for_every_branch_and_holds_no_cash(
    bank: dict[str, Staff], by: Actor
) -> None:
    remote = [p.number for p in services.people_with(duty=Duty.AUTHORIZE_REMOTE, branch=3)]
    assert remote == ["090401", "090402"]
    assert may(bank["090401"], Duty.AUTHORIZE_REMOTE, branch=4)
    assert not may(bank["090401"], Duty.AUTHORIZE)
    for role in (Role.TELLER, Role.BACK_OFFICE, Role.AUDITOR, Role.IT_ADMIN):
        with pytest.raises(IncompatibleDuties):
            services.assign_role(person=bank["090401"].pk, role=role, branch=3, by=by)


def test_a_loan_is_handled_at_a_desk_of_the_branch(bank: dict[str, Staff]) -> None:
    assert all(may(bank["080103"], duty) for duty in (Duty.LOANS, Duty.CUSTOMER_VIEW, Duty.CASH))
