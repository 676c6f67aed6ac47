"""Who may open what; a conversation that is not for somebody does not exist for them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can, has_duty, signed_in
from counterpoint.talk import services
from counterpoint.talk.data import Channel, Subject, UnknownChannel

talks = signed_in
#: Whoever examines the bank holds conversations and says for how long they are kept.
examines = has_duty(Duty.AUDIT)
#: Whoever may see customers may see a number in clear; that is recorded.
sees_customers = has_duty(Duty.CUSTOMER_VIEW)


def channel_for(request: HttpRequest, id: int) -> Channel:
    """The channel, for who is signed in; or there is none (404)."""
    return services.channel(id, by=actor_from(request))


def subject_for(request: HttpRequest, kind: str, id: int) -> Subject:
    """What a thread is about, for who may see it where it belongs; or there is none (404)."""
    found = services.subject(kind, id, actor_from(request))
    if found is None:
        raise UnknownChannel(_("There is no such conversation."))
    return found


def may_unmask(request: HttpRequest) -> bool:
    return can(request, Duty.CUSTOMER_VIEW)


def may_examine(request: HttpRequest) -> bool:
    return can(request, Duty.AUDIT)
