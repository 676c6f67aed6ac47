"""Who may look at the post of all, and who answers for it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest

from counterpoint.people.data import Duty
from counterpoint.people.services import can, has_any, has_duty, signed_in

has_mail = signed_in
sees_post = has_any(Duty.PEOPLE_ADMIN, Duty.AUDIT)
runs_post = has_duty(Duty.PEOPLE_ADMIN)


def may_see_post(request: HttpRequest) -> bool:
    return can(request, Duty.PEOPLE_ADMIN) or can(request, Duty.AUDIT)


def may_run_post(request: HttpRequest) -> bool:
    return can(request, Duty.PEOPLE_ADMIN)


def sees_test_server(request: HttpRequest) -> None:
    """Only where the bundled server is in use: there is no such page elsewhere."""
    if not settings.MAIL_FOLDER:
        raise Http404
    sees_post(request)
