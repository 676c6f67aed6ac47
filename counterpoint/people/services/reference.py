"""Reference data and the demo's people: both idempotent."""

from __future__ import annotations

from datetime import date
from functools import cache

from django.contrib.auth.hashers import make_password

from counterpoint.kit.clock import now
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import queries, reference
from counterpoint.people.data import PersonView
from counterpoint.people.models import (
    DelegableDuty,
    DutyConflict,
    DutyRequirement,
    Qualification,
    RoleAssignment,
    RoleDuty,
    Staff,
)

#: The first day of the demo's roles: before every entry that the demo branch has.
DEMO_SINCE = date(2024, 1, 1)


def ensure_reference(*, by: Actor) -> int:
    """Fill the matrix of posts, the incompatible, the certified and the delegable duties, where empty.

    A table that has rows belongs to the bank and is left alone. Returns the number of rows added.
    """
    tables = (RoleDuty, DutyConflict, DutyRequirement, DelegableDuty)
    return 0 if all(table.objects.exists() for table in tables) else load_reference(by=by)


@verb("people.reference.loaded")
def load_reference(*, by: Actor) -> int:
    """Fill the empty tables of reference data; returns the number of rows added."""
    added = 0
    if not RoleDuty.objects.exists():
        rows = [
            RoleDuty(role=role, duty=duty, valid_from=reference.SINCE, source=reference.POSTS)
            for role, duties in reference.ROLE_DUTIES.items()
            for duty in duties
        ]
        added += len(RoleDuty.objects.bulk_create(rows))
    if not DutyConflict.objects.exists():
        pairs = [
            DutyConflict(one=one, other=other, valid_from=reference.SINCE, source=reference.SEGREGATION)
            for one, other in reference.INCOMPATIBLE
        ]
        added += len(DutyConflict.objects.bulk_create(pairs))
    if not DutyRequirement.objects.exists():
        needs = [
            DutyRequirement(duty=duty, qualification=kind, valid_from=reference.SINCE, source=source)
            for duty, kind, source in reference.REQUIREMENTS
        ]
        added += len(DutyRequirement.objects.bulk_create(needs))
    if not DelegableDuty.objects.exists():
        lent = [
            DelegableDuty(duty=duty, days=days, valid_from=reference.SINCE, source=source)
            for duty, days, source in reference.DELEGABLE
        ]
        added += len(DelegableDuty.objects.bulk_create(lent))
    tell(Told(subject="people:reference", branch=0, data={"rows": added}))
    return added


@cache
def _demo_hash() -> str:
    """One hash for all demo people: a slow one each would be felt at every start."""
    return make_password(reference.DEMO_PASSWORD)


def ensure_demo_staff(*, by: Actor) -> list[PersonView]:
    """Make the demo's people with their roles and certificates, as far as they are missing."""
    ensure_reference(by=by)
    numbers = [line[0] for line in reference.DEMO_PEOPLE]
    if Staff.objects.filter(username__in=numbers).count() < len(numbers):
        add_demo_staff(by=by)
    people = list(Staff.objects.filter(username__in=numbers).order_by("username"))
    return queries.views_of(people, queries.day_of(now()))


@verb("people.demo.added")
def add_demo_staff(*, by: Actor) -> int:
    """Add those of the demo's people who are missing; returns how many."""
    made = 0
    for number, name_zh, name_en, role, home, branch in reference.DEMO_PEOPLE:
        spoken = name_en.lower().replace(" ", "")
        initials = "".join(part[0] for part in name_en.lower().split())
        row, new = Staff.objects.get_or_create(
            username=number,
            defaults={
                "name_zh": name_zh,
                "name_en": name_en,
                "pinyin": f"{spoken} {initials}",
                "branch_id": home,
                "password": _demo_hash(),
            },
        )
        if not new:
            continue
        made += 1
        RoleAssignment.objects.create(
            person=row, role=role, branch_id=branch, valid_from=DEMO_SINCE, granted_by=by.key
        )
        needed = {kind for duty, kind, _s in reference.REQUIREMENTS if duty in reference.ROLE_DUTIES[role]}
        for kind in needed:
            Qualification.objects.create(
                person=row, kind=kind, granted_on=DEMO_SINCE, evidence="demo", recorded_by=by.key
            )
    tell(Told(subject="people:demo", branch=0, data={"made": made}))
    return made
