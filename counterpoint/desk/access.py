"""Who may open the desk and the board."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.people.data import SERVING, Duty
from counterpoint.people.services import can, has_any, has_duty, signed_in

watches_the_branch = has_duty(Duty.BOARD)
#: Whoever serves customers, by any duty of the counter.
at_the_counter = has_any(*SERVING)


def serves(request: HttpRequest) -> bool:
    """Has the person one of the counter's duties here?"""
    return any(can(request, duty) for duty in SERVING)


__all__ = ["at_the_counter", "serves", "signed_in", "watches_the_branch"]
