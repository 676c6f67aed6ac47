"""Who may open insight 分析权限: whoever sees the branch's board, for the branch of the session."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can, has_duty

sees_insight = has_duty(Duty.BOARD)


def branch_here(request: HttpRequest) -> int:
    """The branch where the session works."""
    return actor_from(request).branch or 0


def sees(request: HttpRequest) -> bool:
    """For the rail."""
    return bool(request.user.is_authenticated and can(request, Duty.BOARD) and actor_from(request).branch)
