"""Who may open what in this room."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.people.data import Duty, SignInNeeded
from counterpoint.people.services import can, has_duty, signed_in

sees = signed_in
drafts = has_duty(Duty.RULES_DRAFT)
approves = has_duty(Duty.RULES_APPROVE)
opens = has_duty(Duty.DAY_OPEN)
closes = has_duty(Duty.DAY_CLOSE)


def drafts_or_approves(request: HttpRequest) -> None:
    """Whoever drafts rules or approves them."""
    signed_in(request)
    if not can(request, Duty.RULES_DRAFT):
        approves(request)


def sees_days(request: HttpRequest) -> None:
    """Whoever opens or closes days, or reads the branch board."""
    signed_in(request)
    if not any(can(request, duty) for duty in (Duty.DAY_OPEN, Duty.DAY_CLOSE)):
        has_duty(Duty.BOARD)(request)


def reads_api(request: HttpRequest) -> None:
    """A person signed in, or a machine whose token the API has accepted."""
    if not request.user.is_authenticated and not getattr(request, "auth", None):
        raise SignInNeeded(_("Sign in first."))
