"""On everybody's home page: what they may not do now, and why."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.people import queries
from counterpoint.people.labels import duty_name
from counterpoint.people.services import actor_from
from counterpoint.ui.data import HomeLine


def restrictions(request: HttpRequest) -> Iterator[HomeLine]:
    """One's own restrictions in force 本人受限."""
    for one in queries.restrictions_in_force(actor_from(request).id, now()):
        title = _("You may not: %(duty)s") % {"duty": duty_name(one.duty)}
        yield HomeLine(title=title, url=reverse("people:account"), icon="lock", hint=one.reason, late=True)
