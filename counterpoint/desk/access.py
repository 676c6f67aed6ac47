"""Who may open the desk and the board."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.kit.data import NotAllowed
from counterpoint.people.data import SERVING, Duty
from counterpoint.people.services import can, has_duty, signed_in

watches_the_branch = has_duty(Duty.BOARD)


def serves(request: HttpRequest) -> bool:
    """Has the person one of the counter's duties here?"""
    return any(can(request, duty) for duty in SERVING)


def at_the_counter(request: HttpRequest) -> None:
    """Whoever serves customers, by any duty of the counter; the first duty's refusal says why not."""
    first: NotAllowed | None = None
    for duty in SERVING:
        try:
            has_duty(duty)(request)
        except NotAllowed as refusal:
            first = first or refusal
        else:
            return
    assert first is not None
    raise first


__all__ = ["at_the_counter", "serves", "signed_in", "watches_the_branch"]
