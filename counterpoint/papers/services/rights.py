"""Who may keep a paper: whoever serves customers at the branch, answers for them, or writes their rules."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, ActorKind, NotAllowed
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty

KEEPERS = (
    Duty.CASH, Duty.LOBBY, Duty.AUTHORIZE, Duty.CUSTOMER_EDIT, Duty.ACCOUNTS, Duty.TRANSFER, Duty.LOANS,
    Duty.HOLDS,
)  # fmt: skip
#: Who sees, beside whoever kept a paper, who looked at it.
WATCHERS = (Duty.AUTHORIZE, Duty.AUDIT)


def check_keeper(*, by: Actor, branch: int) -> None:
    """Raise unless ``by`` serves at this branch, which must be one; or writes the rules, wherever that is."""
    if by.kind is not ActorKind.SYSTEM and people.may(person=by.id, duty=Duty.RULES_DRAFT, branch=branch):
        return
    org.branch(branch)
    if by.kind is ActorKind.SYSTEM:
        return
    if not any(people.may(person=by.id, duty=duty, branch=branch) for duty in KEEPERS):
        raise NotAllowed(_("Only who serves customers at this branch keeps papers there."), branch=branch)


def watches(*, by: Actor, branch: int) -> bool:
    """Does ``by`` answer for the papers of this branch, or examine them?"""
    return any(people.may(person=by.id, duty=duty, branch=branch) for duty in WATCHERS)
