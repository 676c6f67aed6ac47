"""Who may sit at the approval desk, who may look at a request, and who sees its figures."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.approvals import services
from counterpoint.approvals.data import RequestView, UnknownRequest
from counterpoint.people.data import WHOLE_BANK, Duty
from counterpoint.people.services import actor_from, can, has_any, has_duty, may
from counterpoint.people.services import signed_in as signed_in

#: Duties whose holders sit at the approval desk.
DECIDERS = (Duty.AUTHORIZE, Duty.AUTHORIZE_REMOTE)
#: Whoever may look at what a branch asked for, and how it was answered.
WATCHERS = (Duty.AUTHORIZE, Duty.AUTHORIZE_REMOTE, Duty.BOARD, Duty.AUDIT)


#: Whoever authorizes, leads the branch or examines it.
watches = has_any(*WATCHERS)


def decides(request: HttpRequest) -> None:
    """Whoever may authorize here, at the branch or for the whole bank."""
    signed_in(request)
    has_duty(Duty.AUTHORIZE_REMOTE if can(request, Duty.AUTHORIZE_REMOTE) else Duty.AUTHORIZE)(request)


def may_decide(request: HttpRequest) -> bool:
    return any(can(request, duty) for duty in DECIDERS)


def watches_everywhere(request: HttpRequest) -> bool:
    """Whether what the person watches is the whole bank."""
    person = actor_from(request).id
    return any(may(person=person, duty=duty, branch=WHOLE_BANK) for duty in WATCHERS)


def looks_at_customers(request: HttpRequest) -> None:
    """Whoever may read accounts, as the pages on which pending approvals show."""
    signed_in(request)
    has_duty(Duty.CUSTOMER_VIEW if can(request, Duty.CUSTOMER_VIEW) else Duty.AUDIT)(request)


def unknown() -> UnknownRequest:
    return UnknownRequest(_("There is no such request."))


def readable(request: HttpRequest, id: int) -> RequestView:
    """The request, for whom it concerns; to others there is none."""
    found = services.request(id)
    if not services.may_read(found, actor_from(request)):
        raise unknown()
    return found


def own(request: HttpRequest, id: int) -> RequestView:
    """The request, for its maker."""
    found = services.request(id)
    if found.maker != actor_from(request).id:
        raise unknown()
    return found
