"""Who may open the counter's pages. Each operation asks for its own duty again when it is quoted."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.kit.data import ActorKind, NotAllowed
from counterpoint.people import services as people
from counterpoint.people.data import Duty

_DUTIES = (Duty.CASH, Duty.ACCOUNTS, Duty.TRANSFER, Duty.HOLDS, Duty.REVERSAL, Duty.CUSTOMER_VIEW)


def at_the_counter(request: HttpRequest) -> None:
    """Anybody with one of the counter's duties at the branch of the session."""
    who = people.actor_from(request)
    if who.kind is ActorKind.PERSON:
        people.signed_in(request)
    decisions = [people.may(person=who.id, duty=duty, branch=who.branch or 0) for duty in _DUTIES]
    if not any(decisions):
        first = decisions[0]
        raise NotAllowed(first.reason, why=first.why)
