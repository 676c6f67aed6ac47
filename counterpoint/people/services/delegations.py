"""Delegation with dates 转授权: somebody lets somebody else do a duty on their behalf, for some days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from counterpoint.kit.clock import CHINA, now
from counterpoint.kit.data import Actor, ActorKind, AlreadyDone, NotAllowed, NotFound, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import queries, queries_delegations, rules
from counterpoint.people.data import (
    AlreadyDelegated,
    DelegationTooLong,
    Duty,
    DutyNotDelegable,
    OwnRights,
    ReceiverElsewhere,
    WrongDates,
)
from counterpoint.people.labels import duty_name
from counterpoint.people.models import Delegation, Staff
from counterpoint.people.services.permission import check_actor, in_words
from counterpoint.people.services.rights import check_compatible
from counterpoint.people.services.staff import check_not_self, checked_reason, locked_staff

UnitsAbove = Callable[[int], Iterable[int]]
_above: list[UnitsAbove] = []


def describe_units(source: UnitsAbove) -> None:
    """Say which units lie above a branch (0: the whole bank). The room of the organisation does."""
    _above[:] = [source]


def _line_of(branch: int) -> set[int]:
    return {branch, *(unit for source in _above for unit in source(branch))}


@verb("people.delegation.given")
def delegate(
    *,
    giver: int,
    receiver: int,
    duty: Duty,
    branch: int,
    valid_from: date,
    valid_until: date,
    reason: str,
    by: Actor,
) -> int:
    """Delegate a duty at a branch (0: the whole bank) for some days, both included; returns its id.

    The giver does it, or who administers staff. The giver has the duty by a role, never by delegation
    itself; the receiver belongs to the unit or to one above it, has the duty's qualification, and gets
    no incompatible duties 不相容岗位 into one hand.
    """
    duty = Duty(duty)
    row = locked_staff(receiver)
    _check_may_give(giver, receiver, branch, by)
    _check_term(duty, valid_from, valid_until)
    _check_receiver(row, branch)
    term = rules.Assignment("", branch, valid_from, valid_until, duty)
    _check_right(giver, receiver, term)
    _check_not_twice(giver, receiver, term)
    check_compatible(term, queries.held_by(receiver))
    made = Delegation.objects.create(
        giver_id=giver, receiver=row, duty=duty, branch_id=branch, valid_from=valid_from,
        valid_until=valid_until, reason=checked_reason(reason), given_by=by.key,
    )  # fmt: skip
    tell(_told(made, {"from": valid_from, "until": valid_until}))
    return made.pk


@verb("people.delegation.ended")
def end_delegation(*, delegation: int, by: Actor) -> None:
    """End a delegation before its last day: its giver does, its receiver, or who administers staff."""
    row = Delegation.objects.filter(pk=delegation).first()
    if row is None:
        raise NotFound(_("There is no such delegation."))
    if by.kind is not ActorKind.PERSON or by.id not in (row.giver_id, row.receiver_id):
        check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    still = Delegation.objects.filter(pk=delegation, ended_at=None, valid_until__gte=queries.day_of(now()))
    if not still.update(ended_by=by.key, ended_at=now()):
        raise AlreadyDone(_("This delegation has ended already."))
    tell(_told(row, {}))


def _told(row: Delegation, more: dict[str, object]) -> Told:
    data = {"delegation": row.pk, "giver": row.giver_id, "duty": str(row.duty), "at": row.branch_id}
    return Told(
        subject=f"person:{row.receiver_id}",
        branch=row.branch_id or row.receiver.branch_id,
        data=data | more,
        channels=(f"person:{row.giver_id}", f"person:{row.receiver_id}"),
    )


def _check_may_give(giver: int, receiver: int, branch: int, by: Actor) -> None:
    queries.staff(giver)
    if giver == receiver:
        raise OwnRights(_("Nobody delegates to themselves."))
    if by.kind is not ActorKind.PERSON or by.id != giver:
        check_not_self(receiver, by)
        check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)


def _check_term(duty: Duty, first: date, last: date) -> None:
    if last < first:
        raise WrongDates(_("The end lies before the beginning."))
    if first < queries.day_of(now()):
        raise WrongDates(_("The beginning lies in the past."))
    allowed = queries_delegations.delegable(first).get(duty)
    if allowed is None:
        raise DutyNotDelegable(
            _("“%(duty)s” may not be delegated.") % {"duty": duty_name(duty)},
            why=Why(
                rule=_("Only duties that the bank has named may be delegated."),
                remedy=_("Have a role with this duty given for this branch."),
            ),
        )
    if (last - first).days >= allowed.days:
        words = {"duty": duty_name(duty), "days": allowed.days}
        raise DelegationTooLong(
            _("“%(duty)s” may be delegated for at most %(days)d days.") % words,
            why=Why(
                rule=_("A delegation lasts a limited time."),
                source=allowed.source,
                since=f"{allowed.valid_from}",
            ),
        )


def _check_receiver(row: Staff, branch: int) -> None:
    if not row.has_usable_password():
        raise NotAllowed(_("A duty is delegated to a person, not to a machine."))
    if row.branch_id not in _line_of(branch):
        raise ReceiverElsewhere(
            _("%(person)s belongs to another unit.") % {"person": f"{row.name} {row.username}"},
            why=Why(rule=_("A duty is delegated within the unit or to a unit above it.")),
        )


def _check_right(giver: int, receiver: int, term: rules.Assignment) -> None:
    """The giver has the duty by a role on the first day, and nothing bars the receiver from it then."""
    duty, branch, first = Duty(term.duty), term.branch, term.valid_from
    moment = max(now(), datetime.combine(first, time.min, CHINA))
    facts = queries.facts_of_all((giver, receiver), duty, moment)
    own = replace(facts[giver], delegations=())
    judgement = rules.judge(own, branch=branch, on=first)
    if judgement.verdict is not rules.Verdict.ALLOWED:
        if rules.on_behalf(facts[giver], branch=branch, on=first):
            raise DutyNotDelegable(
                _("What was delegated cannot be passed on."),
                why=Why(rule=_("Only who has the duty by a role may delegate it.")),
            )
        decision = in_words(judgement, duty, branch)
        raise NotAllowed(decision.reason, why=decision.why, person=giver)
    lent = replace(facts[receiver], assignments=(), delegations=(rules.Delegated(giver, term, own),))
    judgement = rules.judge(lent, branch=branch, on=first)
    if judgement.verdict is not rules.Verdict.ALLOWED:
        decision = in_words(judgement, duty, branch)
        raise NotAllowed(decision.reason, why=decision.why, person=receiver)


def _check_not_twice(giver: int, receiver: int, term: rules.Assignment) -> None:
    # The receiver's row is locked: of two that come at once, the second finds the first here.
    same = Delegation.objects.filter(giver=giver, receiver=receiver, duty=term.duty, ended_at=None)
    for row in same:
        old = rules.Assignment("", row.branch_id, row.valid_from, row.valid_until, row.duty)
        if rules.overlap(term, old):
            words = {"first": f"{row.valid_from}", "last": f"{row.valid_until}"}
            raise AlreadyDelegated(_("This is delegated already, from %(first)s until %(last)s.") % words)
