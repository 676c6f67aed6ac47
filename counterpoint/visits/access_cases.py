"""Who may open what of the cases; a case that is not for somebody does not exist for them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.data import NotAllowed, Why
from counterpoint.people.services import actor_from, can, duty_name, has_duty, signed_in
from counterpoint.visits.data_cases import CASE_DUTIES, CaseView, TeamView
from counterpoint.visits.services.cases import case
from counterpoint.visits.services.cases_access import sees_board
from counterpoint.visits.services.teams import team


def uses_cases(request: HttpRequest) -> None:
    """Whoever has to do with cases at all; which ones is asked for each."""
    signed_in(request)
    if not may_use_cases(request):
        has_duty(CASE_DUTIES[0])(request)


def may_use_cases(request: HttpRequest) -> bool:
    """For the rail."""
    return any(can(request, duty) for duty in CASE_DUTIES)


def case_for(request: HttpRequest, id: int) -> CaseView:
    """The case, for who is signed in; or there is none (404)."""
    return case(id, by=actor_from(request))


def team_for(request: HttpRequest, id: int) -> TeamView:
    """The team whose board the person may look at."""
    found = team(id)
    if not sees_board(found, actor_from(request)):
        raise NotAllowed(
            _("The board of the team %(team)s is for its members.") % {"team": found.name},
            why=Why(
                rule=_("Members have the duty “%(duty)s” at the branch of the team.")
                % {"duty": duty_name(found.duty)},
                remedy=_("Open a single case, or ask a member or the supervisor."),
            ),
        )
    return found
