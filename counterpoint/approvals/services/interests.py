"""Declared relations of staff to customers 利益关系申报, for avoidance 回避."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import queries
from counterpoint.approvals.data import Interest, InterestKind, UnknownApproval
from counterpoint.approvals.models import Interest as Declared
from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import Actor, AlreadyDone, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import services as people
from counterpoint.people.data import Duty


def interests_of(*, person: int) -> list[Interest]:
    """What this person has declared and not ended."""
    return queries.interests(person=person)


def _check_own_or_admin(person: int, by: Actor) -> None:
    if by.id != person:
        people.check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=people.person(person).branch)


@verb("approvals.interest.declared")
def declare_interest(*, person: int, party: int, kind: InterestKind, by: Actor) -> Interest:
    """Declare that a member of staff is, or is related to, a customer; oneself or who administers staff."""
    _check_own_or_admin(person, by)
    view = customers.party(party)
    try:
        with transaction.atomic():
            row = Declared.objects.create(
                person_id=person, party_id=view.id, kind=InterestKind(kind), declared_by=by.key
            )
    except IntegrityError as error:
        raise AlreadyDone(_("This relation is declared already.")) from error
    row.refresh_from_db()
    tell(_told(row, by))
    return Interest(row.pk, person, view.id, InterestKind(row.kind), row.declared_at)


@verb("approvals.interest.ended")
def end_interest(*, interest: int, by: Actor) -> None:
    """End a declared relation. Only who administers staff: nobody frees oneself from avoidance."""
    row = Declared.objects.select_for_update().filter(pk=interest, ended_at=None).first()
    if row is None:
        raise UnknownApproval(_("There is no such declaration in force."))
    people.check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=people.person(row.person_id).branch)
    row.ended_by, row.ended_at = by.key, clock.now()
    row.save(update_fields=["ended_by", "ended_at"])
    tell(_told(row, by))


def _told(row: Declared, by: Actor) -> Told:
    return Told(
        subject=f"person:{row.person_id}", branch=by.branch or 0,
        data={"interest": row.pk, "party": row.party_id, "kind": row.kind},
        channels=(f"person:{row.person_id}",),
    )  # fmt: skip
