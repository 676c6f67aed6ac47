"""Who sees a case and who works on it 事项权限."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, ActorKind, Why
from counterpoint.people.data import WHOLE_BANK, Duty, PersonView
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import CaseRights, CaseView, NotYourCase, TeamView, UnknownCase
from counterpoint.visits.models_cases import Case
from counterpoint.visits.services.teams import holds, is_member, teams_of_person

#: Who answers for a branch's cases, or examines them, sees all of them.
WATCHERS = (Duty.AUTHORIZE, Duty.AUDIT)


def sees(row: Case, by: Actor) -> bool:
    """Whom it concerns, who belongs to its team, who works at its branch unless it is confined."""
    if by.kind is ActorKind.SYSTEM or by.id in (row.owner_id, row.opener_id):
        return True
    if by.branch == row.branch_id and not row.confined:
        return True
    team = queries.team_view(row.team)
    return is_member(team=team, person=by.id) or _watches(by, row.branch_id)


def works_on(row: Case, by: Actor) -> bool:
    """The owner, the team, and who answers for the branch."""
    if by.kind is ActorKind.SYSTEM or by.id == row.owner_id:
        return True
    team = queries.team_view(row.team)
    return is_member(team=team, person=by.id) or supervises(row, by)


def supervises(row: Case, by: Actor) -> bool:
    """Answers for the branch of the case."""
    if by.kind is ActorKind.SYSTEM:
        return True
    return holds(person=by.id, duty=Duty.AUTHORIZE, branch=row.branch_id)


def rights(case: CaseView, by: Actor) -> CaseRights:
    """What the actor may do with a case that the actor sees, for its page."""
    member = is_member(team=case.team, person=by.id)
    answers = holds(person=by.id, duty=Duty.AUTHORIZE, branch=case.branch)
    return CaseRights(member=member, works=member or answers or by.id == case.owner, supervises=answers)


def check_sees(row: Case | None, by: Actor) -> Case:
    """The case, if the actor may know of it; else there is none."""
    if row is None or not sees(row, by):
        raise UnknownCase(_("This case does not exist."))
    return row


def check_works(row: Case, by: Actor) -> None:
    check_sees(row, by)
    if not works_on(row, by):
        name = queries.team_view(row.team).name
        raise NotYourCase(
            _("This case belongs to the team %(team)s.") % {"team": name},
            why=Why(
                rule=_("The owner, the team and the supervisor of the branch work on a case."),
                remedy=_("Write a comment that names a member of the team, or have the case handed over."),
            ),
        )


def _watches(by: Actor, branch: int) -> bool:
    return any(holds(person=by.id, duty=duty, branch=branch) for duty in WATCHERS)


def sees_board(team: TeamView, by: Actor) -> bool:
    """The team itself; and who watches over the branch, or over the bank for a team of the bank."""
    if is_member(team=team, person=by.id):
        return True
    return _watches(by, team.branch) or holds(person=by.id, duty=Duty.BOARD, branch=team.branch)


def shown(by: Actor) -> Q:
    """The cases that ``sees`` would let the actor see, as a condition for lists."""
    if by.kind is ActorKind.SYSTEM or _watches(by, WHOLE_BANK):
        return Q()
    teams = [one.id for one in teams_of_person(by=by)]
    here = Q(branch_id=by.branch) if _watches(by, by.branch or 0) else Q(branch_id=by.branch, confined=False)
    return Q(owner=by.id) | Q(opener=by.id) | Q(team__in=teams) | here


def may_be_told(row: Case, person: PersonView) -> bool:
    """May somebody who is named in a comment see the case?"""
    who = Actor(kind=ActorKind.PERSON, id=person.id, name=person.name, branch=person.branch)
    return person.active and sees(row, who)
