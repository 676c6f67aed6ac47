"""On everybody's home page: the cases in one's own hands, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from counterpoint.kit import clock
from counterpoint.people.services import actor_from
from counterpoint.ui.data import HomeLine
from counterpoint.visits.access_cases import may_use_cases
from counterpoint.visits.services.cases_lists import cases_in_hand

MOST = 8


def cases(request: HttpRequest) -> Iterator[HomeLine]:
    """What is in my hands, and when it is due."""
    if not may_use_cases(request):
        return
    for one in cases_in_hand(by=actor_from(request), limit=MOST):
        yield HomeLine(
            title=one.title, url=reverse("visits:case", args=[one.id]), icon="layout-kanban",
            hint=one.kind_name, at=one.due, late=one.due is not None and one.due < clock.now(),
        )  # fmt: skip
