"""On the home page of who works in the lobby: today's appointments."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.lobby import services
from counterpoint.lobby.data import AppointmentState
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui.data import HomeLine


def appointments(request: HttpRequest) -> Iterator[HomeLine]:
    """How many come by appointment, and when the next one does."""
    branch = actor_from(request).branch
    if branch is None or not can(request, Duty.LOBBY):
        return
    found = services.appointments_of(branch=branch, day=clock.today())
    coming = [one for one in found if one.state is AppointmentState.BOOKED]
    if coming:
        yield HomeLine(
            title=_("Appointments still to come today"), url=reverse("lobby:appointments"), icon="calendar",
            count=len(coming), at=coming[0].start,
        )  # fmt: skip
