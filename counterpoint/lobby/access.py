"""Who may open the staff's faces of the lobby 大堂权限: whoever runs it, at the branch of the session."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, has_duty

#: Whoever arranges who comes to which desk.
runs_lobby = has_duty(Duty.LOBBY)


def branch_here(request: HttpRequest) -> int:
    """The branch where the session works."""
    return actor_from(request).branch or 0
