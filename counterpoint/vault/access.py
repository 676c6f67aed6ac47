"""Who may open what in this room."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.people.data import Duty
from counterpoint.people.services import can, has_duty, signed_in

handles_cash = has_duty(Duty.CASH)
authorizes = has_duty(Duty.AUTHORIZE)
#: Kinds of forms are the whole bank's, like its rules.
sets_up_kinds = has_duty(Duty.RULES_DRAFT)

#: Whoever holds cash, answers for those who do, or examines them.
WATCHERS = (Duty.CASH, Duty.AUTHORIZE, Duty.BOARD, Duty.AUDIT)


def sees(request: HttpRequest) -> None:
    """Whoever has to do with the branch's cash and vouchers."""
    signed_in(request)
    if not any(can(request, duty) for duty in WATCHERS):
        handles_cash(request)


def holds_something(request: HttpRequest) -> None:
    """Whoever may hold cash, or seals and keys, and so may hand them over."""
    signed_in(request)
    if not can(request, Duty.AUTHORIZE):
        handles_cash(request)
