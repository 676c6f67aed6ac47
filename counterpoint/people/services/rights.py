"""Verbs about rights: roles, qualifications, restrictions."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.kit.data import Actor, ActorKind, AlreadyDone, Malformed, NotFound, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import queries, rules
from counterpoint.people.data import (
    AlreadyAssigned,
    Duty,
    IncompatibleDuties,
    Role,
    WrongDates,
)
from counterpoint.people.labels import duty_name, role_name
from counterpoint.people.models import Qualification, Restriction, RoleAssignment
from counterpoint.people.services.permission import check_actor, may
from counterpoint.people.services.staff import check_not_self, heard_by, locked_staff


@verb("people.role.assigned")
def assign_role(
    *,
    person: int,
    role: Role,
    branch: int,
    by: Actor,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> int:
    """Give a person a role 岗位 at a branch (0: the whole bank) for some days; returns its id.

    Refused for oneself, and where it would put incompatible duties 不相容岗位 into one hand.
    """
    row = locked_staff(person)
    check_not_self(person, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)
    start = valid_from or queries.day_of(now())
    _check_dates(start, valid_until)
    new = rules.Assignment(Role(role), branch, start, valid_until)
    held = queries.held_by(person)
    if any(a.role == new.role and a.branch == branch and rules.overlap(a, new) for a in held):
        raise AlreadyAssigned(
            _("This person has the role %(role)s there already.") % {"role": role_name(role)}
        )
    check_compatible(new, held)
    made = RoleAssignment.objects.create(
        person=row,
        role=new.role,
        branch_id=branch,
        valid_from=start,
        valid_until=valid_until,
        granted_by=by.key,
    )
    data = {"assignment": made.pk, "role": str(role), "at": branch, "from": start, "until": valid_until}
    tell(Told(subject=f"person:{person}", branch=row.branch_id, data=data, channels=heard_by(person)))
    return made.pk


def _check_dates(start: date | datetime, end: date | datetime | None) -> None:
    if end is not None and end < start:
        raise WrongDates(_("The end lies before the beginning."))


def check_compatible(new: rules.Assignment, held: list[rules.Assignment]) -> None:
    """Refuse what would put incompatible duties 不相容岗位 into one hand, by role or by delegation."""
    day = max(new.valid_from, queries.day_of(now()))
    pairs = queries.incompatible(day)
    found = rules.conflict(
        new, held, duties=queries.duties_of_roles(day), pairs=[(a, b) for a, b, _s, _d in pairs]
    )
    if found is None:
        return
    mine, theirs, old = found
    source, since = next((s, d) for a, b, s, d in pairs if {a, b} == {mine, theirs})
    if old.duty:
        rule = _("“%(duty)s” is delegated to this person.") % {"duty": duty_name(old.duty)}
        remedy = _("End the delegation first.")
    else:
        rule = _("The person is already %(role)s.") % {"role": role_name(old.role)}
        remedy = _("End the other role first.")
    raise IncompatibleDuties(
        _("“%(one)s” and “%(other)s” may not be in one hand.")
        % {"one": duty_name(mine), "other": duty_name(theirs)},
        why=Why(rule=rule, source=source, since=since.isoformat(), remedy=remedy),
    )


@verb("people.role.revoked")
def revoke_role(*, assignment: int, reason: str, by: Actor) -> None:
    """Take a role away, from now on."""
    given = RoleAssignment.objects.filter(pk=assignment).first()
    if given is None:
        raise NotFound(_("There is no such role assignment."))
    row = locked_staff(given.person_id)
    check_not_self(row.pk, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=given.branch_id)
    changed = RoleAssignment.objects.filter(pk=assignment, revoked_at=None).update(
        revoked_by=by.key, revoked_at=now(), revoke_reason=reason[:200]
    )
    if not changed:
        raise AlreadyDone(_("This role was revoked already."))
    data = {"assignment": assignment, "role": given.role, "at": given.branch_id, "reason": reason}
    tell(Told(subject=f"person:{row.pk}", branch=row.branch_id, data=data, channels=heard_by(row.pk)))


@verb("people.qualification.granted")
def grant_qualification(
    *,
    person: int,
    kind: str,
    by: Actor,
    granted_on: date | None = None,
    expires_on: date | None = None,
    evidence: str = "",
) -> int:
    """Record that a person holds a qualification 资格 until a day; returns its id."""
    row = locked_staff(person)
    check_not_self(person, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    start = granted_on or queries.day_of(now())
    _check_dates(start, expires_on)
    if not kind or len(kind) > 40:
        raise Malformed(_("The kind of qualification is missing or too long."))
    made = Qualification.objects.create(
        person=row,
        kind=kind,
        granted_on=start,
        expires_on=expires_on,
        evidence=evidence[:200],
        recorded_by=by.key,
    )
    data = {"qualification": made.pk, "kind": kind, "from": start, "until": expires_on, "evidence": evidence}
    tell(Told(subject=f"person:{person}", branch=row.branch_id, data=data, channels=heard_by(person)))
    return made.pk


@verb("people.qualification.withdrawn")
def withdraw_qualification(*, qualification: int, by: Actor) -> None:
    """Take a qualification back, from now on."""
    held = Qualification.objects.filter(pk=qualification).first()
    if held is None:
        raise NotFound(_("There is no such qualification."))
    row = locked_staff(held.person_id)
    check_not_self(row.pk, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    if not Qualification.objects.filter(pk=qualification, withdrawn_at=None).update(
        withdrawn_by=by.key, withdrawn_at=now()
    ):
        raise AlreadyDone(_("This qualification was withdrawn already."))
    tell(
        Told(
            subject=f"person:{row.pk}",
            branch=row.branch_id,
            data={"qualification": qualification, "kind": held.kind},
            channels=heard_by(row.pk),
        )
    )


@verb("people.restriction.imposed")
def impose_restriction(
    *,
    person: int,
    duty: Duty | None,
    reason: str,
    source: str,
    by: Actor,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> int:
    """Restrict one duty of a person, or all (``None``) 限制; returns its id.

    Anybody may be restricted by the system (an unread notice), and by who administers staff or
    authorizes at the person's branch. It wins over every role until it ends or is lifted.
    """
    row = locked_staff(person)
    _check_may_restrict(person, row.branch_id, by)
    start = valid_from or now()
    _check_dates(start, valid_until)
    if not reason.strip() or len(reason) > 200:
        raise Malformed(_("A reason of at most 200 characters is needed."))
    made = Restriction.objects.create(
        person=row, duty=str(duty or ""), reason=reason, source=source[:80], valid_from=start,
        valid_until=valid_until, imposed_by=by.key,
    )  # fmt: skip
    data = {
        "restriction": made.pk,
        "duty": made.duty,
        "reason": reason,
        "source": source,
        "until": valid_until,
    }
    tell(Told(subject=f"person:{person}", branch=row.branch_id, data=data, channels=heard_by(person)))
    return made.pk


@verb("people.restriction.lifted")
def lift_restriction(*, restriction: int, by: Actor, reason: str = "") -> None:
    """Lift a restriction before its end: who imposed it may, and who administers staff; never its bearer."""
    bar = Restriction.objects.filter(pk=restriction).first()
    if bar is None:
        raise NotFound(_("There is no such restriction."))
    row = locked_staff(bar.person_id)
    check_not_self(row.pk, by)
    if bar.imposed_by != by.key:
        check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    if not Restriction.objects.filter(pk=restriction, lifted_at=None).update(
        lifted_by=by.key, lifted_at=now(), lift_reason=reason[:200]
    ):
        raise AlreadyDone(_("This restriction was lifted already."))
    data = {"restriction": restriction, "duty": bar.duty, "reason": reason}
    tell(Told(subject=f"person:{row.pk}", branch=row.branch_id, data=data, channels=heard_by(row.pk)))


def _check_may_restrict(person: int, branch: int, by: Actor) -> None:
    check_not_self(person, by)
    if by.kind is ActorKind.PERSON and may(person=by.id, duty=Duty.AUTHORIZE, branch=branch).allowed:
        return
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)
