"""On everybody's home page: the meetings of the day, and one's own actions."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.meetings import services
from counterpoint.people.services import actor_from
from counterpoint.ui.data import HomeLine

MOST = 6


def meetings(request: HttpRequest) -> Iterator[HomeLine]:
    """Where I am expected today."""
    for one in services.my_day(actor_from(request).id, clock.today())[:MOST]:
        url = reverse("meetings:meeting", args=[one.id])
        yield HomeLine(title=one.title, url=url, icon="calendar", hint=one.place, at=one.start)


def actions(request: HttpRequest) -> Iterator[HomeLine]:
    """What I promised in meetings, and by when."""
    for one in services.my_actions(actor_from(request).id)[:MOST]:
        url = reverse("meetings:action", args=[one.id])
        yield HomeLine(title=one.text, url=url, icon="list-check", at=clock.start_of(one.due), late=one.late)
