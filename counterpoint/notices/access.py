"""Who may open what of the notices; one that is not for somebody does not exist for them."""

from __future__ import annotations

from django.http import HttpRequest

from counterpoint.kit.data import Actor
from counterpoint.notices import services
from counterpoint.notices.data import Version
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can, has_any, has_duty, signed_in

reads = signed_in
drafts = has_duty(Duty.RULES_DRAFT)
approves = has_duty(Duty.RULES_APPROVE)
#: Who answers for a branch's people, or for the notices, sees who has not read one.
watches = has_any(Duty.AUTHORIZE, Duty.RULES_DRAFT, Duty.RULES_APPROVE, Duty.AUDIT)


def version_for(request: HttpRequest, id: int) -> Version:
    """The version, for who is signed in; or there is none (404)."""
    return services.version(id, by=actor_from(request))


def sees_all(request: HttpRequest) -> bool:
    return any(can(request, duty) for duty in (Duty.RULES_DRAFT, Duty.RULES_APPROVE, Duty.AUDIT))


def may_watch(request: HttpRequest) -> bool:
    return can(request, Duty.AUTHORIZE) or sees_all(request)


def is_author(version: Version, by: Actor) -> bool:
    return version.author == by.id
