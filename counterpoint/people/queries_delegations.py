"""Reads about delegations 转授权: what may be delegated, and what is."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from counterpoint.kit.clock import now
from counterpoint.people import queries, rules
from counterpoint.people.data import DelegableRight, DelegationView, Duty
from counterpoint.people.models import DelegableDuty, Delegation, RoleAssignment, Staff

PAGE = 20


def delegable(day: date) -> dict[Duty, DelegableDuty]:
    """The duties that may be delegated from a day on, with the most days of each."""
    rows = DelegableDuty.objects.filter(queries.in_force(day)).order_by("id")
    return {Duty(row.duty): row for row in rows}


def rights_to_delegate(person: int) -> list[DelegableRight]:
    """What the person has by roles of their own today and may delegate, in the order of the duties."""
    day = queries.day_of(now())
    limits, matrix = delegable(day), queries.duties_of_roles(day)
    roles = RoleAssignment.objects.filter(queries.in_force(day), person=person, revoked_at=None)
    found = {
        (duty, row.branch_id) for row in roles for duty in matrix.get(row.role, frozenset()) if duty in limits
    }
    order = list(Duty)
    return [
        DelegableRight(duty, branch, limits[duty].days)
        for duty, branch in sorted(found, key=lambda right: (order.index(right[0]), right[1]))
    ]


def given_or_received(person: int, *, page: int) -> tuple[list[DelegationView], bool]:
    """One page of what the person delegated and was delegated, the newest first; and whether more follow."""
    return _page(Q(giver=person) | Q(receiver=person), page)


def delegations_at(branch: int | None, *, page: int) -> tuple[list[DelegationView], bool]:
    """One page of all delegations at a branch, or everywhere, the newest first; and whether more follow."""
    return _page(Q() if branch is None else Q(branch_id=branch), page)


def _page(which: Q, page: int) -> tuple[list[DelegationView], bool]:
    rows = Delegation.objects.filter(which).select_related("giver", "receiver").order_by("-id")
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    return _views(found[:PAGE]), len(found) > PAGE


def received_now(person: int) -> list[DelegationView]:
    """What is delegated to the person today."""
    rows = Delegation.objects.filter(queries.delegated_on(queries.day_of(now())), receiver=person)
    return _views(list(rows.select_related("giver", "receiver").order_by("id")[:PAGE]))


def _views(rows: list[Delegation]) -> list[DelegationView]:
    today = queries.day_of(now())
    asleep = _asleep([row for row in rows if _state(row, today) == "in_force"], today)
    return [
        DelegationView(
            id=row.pk, giver=row.giver_id, giver_name=_named(row.giver), receiver=row.receiver_id,
            receiver_name=_named(row.receiver), duty=Duty(row.duty), branch=row.branch_id,
            valid_from=row.valid_from, valid_until=row.valid_until, reason=row.reason,
            given_at=row.given_at, ended_at=row.ended_at,
            state="asleep" if row.pk in asleep else _state(row, today),
        )
        for row in rows
    ]  # fmt: skip


def _named(row: Staff) -> str:
    return f"{row.username} {row.name}"


def _state(row: Delegation, today: date) -> str:
    if row.ended_at is not None:
        return "withdrawn"
    if row.valid_from > today:
        return "later"
    return "ended" if row.valid_until < today else "in_force"


def _asleep(rows: list[Delegation], today: date) -> set[int]:
    """Which of these have no effect, because their giver may not do it today: one query a duty."""
    found = set()
    for duty in {Duty(row.duty) for row in rows}:
        mine = [row for row in rows if row.duty == duty]
        facts = queries.facts_of_all({row.giver_id for row in mine}, duty, now())
        for row in mine:
            term = rules.Assignment("", row.branch_id, row.valid_from, row.valid_until, row.duty)
            lent = rules.Delegated(row.giver_id, term, facts[row.giver_id])
            if not rules.awake(lent, branch=row.branch_id, on=today):
                found.add(row.pk)
    return found
