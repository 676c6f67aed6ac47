"""Who may decide what 授权资格: conflicts of interest, power and turn, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import queries, rules
from counterpoint.approvals.data import (
    Approval,
    ConflictKind,
    ConflictOfInterest,
    MakerApproves,
    Mode,
    NotTheirTurn,
    Requirement,
    Step,
)
from counterpoint.people import services as people
from counterpoint.people.data import Basis, Duty

#: A right of one's own, where it does not matter which.
OWN = Basis(own=True, role=None, givers=())

CONFLICTS: dict[ConflictKind, str | Promise] = {
    ConflictKind.MAKER: _("The person who made an entry cannot approve it."),
    ConflictKind.MAKERS_POWER: _("A power that the maker has lent cannot approve the maker's own entry."),
    ConflictKind.OWN_ACCOUNT: _("It concerns this person's own account."),
    ConflictKind.RELATED: _("It concerns somebody to whom this person is related."),
    ConflictKind.OWN_BRANCH: _("The rule asks for somebody of another branch."),
    ConflictKind.DECIDED: _("This person has approved it already."),
    ConflictKind.RECUSED: _("Whom it concerns has no part in it."),
}


def conflicts_of(
    *, person: int, home: int, basis: Basis, maker: int, branch: int, parties: Collection[int],
    requirement: Requirement, decided: Collection[int] = (), interests: dict[int, str] | None = None,
    recused: Collection[int] = (),
) -> tuple[ConflictKind, ...]:  # fmt: skip
    """Why this person may not decide; nothing where the person may."""
    if interests is None:
        found = queries.interests(person=person, parties=parties) if parties else []
        interests = {one.party: str(one.kind) for one in found}
    return rules.conflicts(
        person=person, branch=home, maker=maker, makers_power=basis.only_through(maker),
        interests=interests, parties=parties, request_branch=branch,
        not_own_branch=requirement.not_own_branch, decided=decided,
        recused=person in recused or basis.only_through_any(recused),
    )  # fmt: skip


def check_conflicts(found: tuple[ConflictKind, ...]) -> None:
    """Raise with the gravest reason."""
    if not found:
        return
    by_maker = found[0] in (ConflictKind.MAKER, ConflictKind.MAKERS_POWER)
    raise (MakerApproves if by_maker else ConflictOfInterest)(
        CONFLICTS[found[0]], conflicts=[str(one) for one in found]
    )


def open_steps(
    requirement: Requirement, approvals: Iterable[Approval], *, eligible: int
) -> tuple[Step, ...]:  # fmt: skip
    """The steps, over all paths, that wait for somebody now."""
    votes = [one.vote for one in approvals]
    found: list[Step] = []
    for path in requirement.paths:
        alone = Requirement((path,), requirement.ordered)
        lacking = rules.standing(alone, votes, eligible=eligible)
        found.extend(lacking.next_steps(ordered=requirement.ordered))
    return tuple(dict.fromkeys(found))


def step_for(
    *, person: int, branch: int, modes: Collection[Mode], steps: Iterable[Step]
) -> tuple[Step, Basis]:  # fmt: skip
    """The first open step that this person can take in one of ``modes``, and by what right.

    Raises what the people's room says of the duty when none fits, so that the person reads why.
    """
    wanted = [step for step in steps if step.mode in modes]
    if not wanted:
        raise NotTheirTurn(_("Nothing here waits for somebody in your place."))
    able = [step for step in wanted if people.holds(person=person, duty=Duty(step.duty), branch=branch)]
    for step in able:
        if has_skill(person, step):
            return step, people.basis(person=person, duty=Duty(step.duty), branch=branch)
    if not able:
        people.check_may(person=person, duty=Duty(wanted[0].duty), branch=branch)
    raise NotTheirTurn(
        _("This needs somebody with the qualification “%(kind)s”.")
        % {"kind": people.qualification_name((able or wanted)[0].skill)}
    )


def has_skill(person: int, step: Step) -> bool:
    """Whether the person holds the qualification that the step asks for, if it asks for one."""
    return not step.skill or people.qualified(person=person, kind=step.skill)
