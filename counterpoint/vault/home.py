"""On the home page of who handles cash: the large withdrawals that were announced for today."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.kit.money import Money
from counterpoint.org import services as org
from counterpoint.org.data import DayNotOpen
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui.data import HomeLine
from counterpoint.vault import services

MOST = 6


def bookings(request: HttpRequest) -> Iterator[HomeLine]:
    """Who comes today for much cash 今日大额预约."""
    branch = actor_from(request).branch
    if branch is None or not can(request, Duty.CASH):
        return
    try:
        day = org.business_day(branch).date
    except DayNotOpen:
        return
    for one in services.bookings_of(branch=branch, day=day, open_only=True)[:MOST]:
        title = _("Large withdrawal: %(name)s") % {"name": one.name}
        url = reverse("vault:booking", args=[one.id])
        yield HomeLine(title=title, url=url, icon="cash", hint=str(Money(one.amount, one.currency)))
