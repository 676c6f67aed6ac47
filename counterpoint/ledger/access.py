"""Who may read the books, who may place holds, and who may post without the counter's forms."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.data import NotAllowed, Why
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can, has_duty, signed_in


def _any_of(name: str, *duties: Duty) -> Callable[[HttpRequest], None]:
    def rule(request: HttpRequest) -> None:
        signed_in(request)
        if not any(can(request, duty) for duty in duties):
            has_duty(duties[0])(request)

    rule.__name__ = name
    return rule


may_read = _any_of("reads_accounts", Duty.CUSTOMER_VIEW, Duty.AUDIT)
may_read_books = _any_of("reads_books", Duty.BOARD, Duty.DAY_CLOSE, Duty.AUDIT)
may_read_entry = _any_of("reads_entries", Duty.CUSTOMER_VIEW, Duty.BOARD, Duty.AUDIT)
may_hold = has_duty(Duty.HOLDS)


def may_post(request: HttpRequest) -> None:
    """Bare postings are for machines; a person posts through the counter, with its rules and approvals."""
    if getattr(request, "machine", None) is None:
        raise NotAllowed(
            _("Bare entries are posted by machines only."),
            why=Why(remedy=str(_("Use an operation of the counter; it asks for what the rules need."))),
        )
    has_duty(Duty.TRANSFER)(request)


def check_branch(request: HttpRequest, branch: int) -> None:
    """Work is done for the branch in which one works."""
    if actor_from(request).branch != branch:
        raise NotAllowed(_("This belongs to another branch."), branch=branch)
