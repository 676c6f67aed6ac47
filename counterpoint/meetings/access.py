"""Who may open what; a meeting to which somebody is not invited does not exist for them."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.kit.access import anybody
from counterpoint.meetings import services
from counterpoint.meetings.data import Action, Meeting
from counterpoint.people.services import actor_from, signed_in

meets = signed_in
#: A calendar program has no session: the secret in the address is the right.
subscribes = anybody


def meeting_for(request: HttpRequest, id: int) -> Meeting:
    """The meeting, for who is signed in; or there is none (404)."""
    return services.meeting(id, by=actor_from(request))


def action_for(request: HttpRequest, id: int) -> Action:
    """The action, for who is signed in; or there is none (404)."""
    return services.action(id, by=actor_from(request))
