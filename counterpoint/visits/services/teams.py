"""Teams 团队: a name for those who hold a duty at a branch; a case has hands before it has an owner."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Duty, PersonView
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import CaseMalformed, TeamKnown, TeamView, UnknownTeam
from counterpoint.visits.models_cases import Team

#: key, Chinese name, English name, duty; and whether each branch has one or the bank has one for all.
DEMO_TEAMS = (
    ("counter", "柜面组", "Counter team", Duty.CASH, False),
    ("loans", "贷款组", "Loan desk", Duty.LOANS, False),
    ("lobby", "大堂组", "Lobby team", Duty.LOBBY, False),
    ("back_office", "后台集中作业组", "Central back office", Duty.ACCOUNTS, True),
)


def team(id: int) -> TeamView:
    """The team with this id."""
    row = Team.objects.filter(pk=id).first()
    if row is None:
        raise UnknownTeam(_("There is no such team."), team=id)
    return queries.team_view(row)


def teams_of(*, branch: int) -> list[TeamView]:
    """The teams of a branch, and those that the whole bank has."""
    rows = Team.objects.filter(branch_id__in={WHOLE_BANK, branch}).order_by("-branch_id", "id")
    return [queries.team_view(row) for row in rows[:100]]


def team_for(*, key: str, branch: int) -> TeamView:
    """The team of this key at a branch, or the bank's."""
    row = Team.objects.filter(key=key, branch_id__in={WHOLE_BANK, branch}).order_by("-branch_id").first()
    if row is None:
        raise UnknownTeam(_("There is no such team."), team=key)
    return queries.team_view(row)


def holds(*, person: int, duty: str, branch: int) -> bool:
    """Has the person this duty there now? Without the words, as boards ask often."""
    basis = people.basis(person=person, duty=Duty(duty), branch=branch)
    return basis.own or bool(basis.givers)


def is_member(*, team: TeamView, person: int) -> bool:
    """Does the person belong to the team now?"""
    return holds(person=person, duty=team.duty, branch=team.branch)


def members(team: TeamView) -> list[PersonView]:
    """Who belongs to the team now, by number."""
    return people.people_with(duty=Duty(team.duty), branch=team.branch)


def teams_of_person(*, by: Actor) -> list[TeamView]:
    """The teams to which the actor belongs, where the actor works."""
    return [one for one in teams_of(branch=by.branch or 0) if is_member(team=one, person=by.id)]


@verb("visits.team.added")
def add_team(*, key: str, branch: int, name_zh: str, name_en: str, duty: Duty, by: Actor) -> TeamView:
    """Set up a team 设立团队; its members are who holds the duty. Branch 0 is the whole bank."""
    people.check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)
    if branch != WHOLE_BANK:
        org.branch(branch)
    if not (0 < len(key) <= 32 and 0 < len(name_zh) <= 40 and 0 < len(name_en) <= 60):
        raise CaseMalformed(_("A team needs a key and a name in both languages."), field="key")
    try:
        with transaction.atomic():
            row = Team.objects.create(
                key=key, branch_id=branch, name_zh=name_zh, name_en=name_en, duty=duty, added_by=by.key
            )
    except IntegrityError as error:
        raise TeamKnown(_("The branch has this team already."), team=key) from error
    tell(
        Told(
            subject=f"team:{row.pk}", branch=branch or org.home(),
            data={"key": key, "duty": str(duty), "whole_bank": branch == WHOLE_BANK},
        )
    )  # fmt: skip
    return queries.team_view(row)


def ensure_demo_teams(*, by: Actor = SYSTEM) -> None:
    """The demo's teams; those that are there already stay."""
    known = set(Team.objects.values_list("branch_id", "key"))
    branches = [one.id for one in org.branches()]
    for key, zh, en, duty, whole in DEMO_TEAMS:
        for branch in [WHOLE_BANK] if whole else branches:
            if (branch, key) not in known:
                add_team(key=key, branch=branch, name_zh=zh, name_en=en, duty=duty, by=by)
