"""Who may open what in this room; a visit of another branch does not exist for anybody else."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.people.data import SERVING, Duty
from counterpoint.people.services import actor_from, can, has_duty, signed_in
from counterpoint.visits import services
from counterpoint.visits.data import VISIT_DUTIES, HandOffView, HelpView, VisitView

#: Whoever may see customers, at the branch where the session works: the rule of every verb of a visit.
touches_visits = has_duty(Duty.CUSTOMER_VIEW)
#: Whoever arranges who comes to which desk.
arranges_visits = has_duty(Duty.LOBBY)
#: Whoever looks at the whole branch at work.
oversees = has_duty(Duty.BOARD)


def serves(request: HttpRequest) -> bool:
    """Has the person a duty of the counter here? For buttons and for the rail."""
    return any(can(request, duty) for duty in SERVING)


def arranges(request: HttpRequest) -> bool:
    """Has the person to do with the lobby, or with the branch as a whole?"""
    return any(can(request, duty) for duty in (Duty.LOBBY, Duty.AUTHORIZE, Duty.BOARD))


def sees_visits(request: HttpRequest) -> None:
    """Whoever serves customers, arranges the lobby or watches the branch sees its visits."""
    signed_in(request)
    # The lobby and the board need no second factor; whoever serves has proved it for customers.
    if not any(can(request, duty) for duty in VISIT_DUTIES if duty is not Duty.CUSTOMER_VIEW):
        touches_visits(request)


def serves_customers(request: HttpRequest) -> None:
    """Whoever sees customers and serves them, or comes to help those who do."""
    touches_visits(request)
    if not serves(request) and not can(request, Duty.AUTHORIZE):
        arranges_visits(request)


def visit_here(request: HttpRequest, id: int) -> VisitView:
    """The visit, for who is signed in: one of the branch where the session works, or none (404)."""
    return services.visit_here(id, actor_from(request))


def hand_off_here(request: HttpRequest, id: int) -> HandOffView:
    """The hand-off, likewise."""
    return services.hand_off_here(id, actor_from(request))


def help_here(request: HttpRequest, id: int) -> HelpView:
    """The call for help, likewise."""
    return services.help_here(id, actor_from(request))
