"""How the room appears: visits and the lobby in the rail, what waits for me on top, live channels."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.people.data import SERVING, Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem, Waiting
from counterpoint.visits import queries_screens, services
from counterpoint.visits.access import arranges, serves
from counterpoint.visits.data import Counts

#: Duties that a visit can be handed to, or help be asked from.
DUTIES = (*SERVING, Duty.HOLDS, Duty.AUTHORIZE, Duty.LOBBY, Duty.CUSTOMER_VIEW)


def _helps(request: HttpRequest) -> bool:
    """May this person take a visit over: one who sees customers, and has to do with serving them?"""
    if not request.user.is_authenticated or not can(request, Duty.CUSTOMER_VIEW):
        return False
    return serves(request) or can(request, Duty.AUTHORIZE) or can(request, Duty.LOBBY)


def _sees(request: HttpRequest) -> bool:
    return request.user.is_authenticated and (serves(request) or arranges(request))


def my_duties(request: HttpRequest) -> list[Duty]:
    """The duties by which something may come to this person here."""
    return [duty for duty in DUTIES if can(request, duty)]


def _counts(request: HttpRequest) -> Counts:
    known: Counts | None = request.__dict__.get("_visit_counts")
    if known is None:
        who = actor_from(request)
        known = services.counts_for(
            person=who.id, desk=who.desk, branch=who.branch or 0, duties=my_duties(request)
        )
        request.__dict__["_visit_counts"] = known
    return known


def hand_offs(request: HttpRequest) -> Waiting | None:
    """Visits handed to me, to my desk or to one of my duties."""
    if not _helps(request):
        return None
    counts = _counts(request)
    return Waiting(counts.hand_offs, counts.hand_offs_since)


def helps(request: HttpRequest) -> Waiting | None:
    """Calls for help that I could answer."""
    if not _helps(request):
        return None
    counts = _counts(request)
    return Waiting(counts.helps, counts.helps_since)


def heard(request: HttpRequest) -> tuple[str, ...]:
    """What tells that somebody hands me a visit, or calls for help."""
    if not _helps(request):
        return ()
    who = actor_from(request)
    branch = who.branch or 0
    desk = (f"desk:{who.desk}",) if who.desk else ()
    duties = (f"duty:{duty}@{branch}" for duty in my_duties(request))
    return (f"person:{who.id}", *desk, f"help:{branch}", *duties)


def channels(request: HttpRequest) -> tuple[str, ...]:
    """The visit that I serve or look at, the calls for help of the branch, what is handed to my duties."""
    if not _sees(request):
        return ()
    who = actor_from(request)
    branch = who.branch or 0
    return (*(f"visit:{one}" for one in queries_screens.watched(who.id, branch)), *heard(request))


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """The page of what waits for me; a visit by its number."""
    if not _sees(request):
        return
    if _helps(request):
        yield PaletteItem(title=_("Waiting for me"), url=reverse("visits:inbox"), icon="inbox")
    number = queries_screens.number_in(query)
    if number is None:
        return
    found = queries_screens.visit_of_number(number, actor_from(request).branch or 0)
    if found is not None:
        address = reverse("visits:visit", args=[found])
        yield PaletteItem(title=f"V{found:06d}", url=address, icon="user-check", hint=_("Visit"), found=True)


def appear() -> None:
    ui.add_room(
        key="lobby", title=_("Pre-work"), icon="forms", url_name="visits:lobby",
        allowed=lambda request: can(request, Duty.LOBBY), order=12,
    )  # fmt: skip
    ui.add_room(
        key="visits", title=_("Visits"), icon="user-check", url_name="visits:visits", allowed=_sees, order=14,
    )  # fmt: skip
    ui.add_counter(
        key="hand_offs", title=_("Handed to me"), icon="send", url_name="visits:inbox", waiting=hand_offs,
        order=20, channels=heard,
    )  # fmt: skip
    ui.add_counter(
        key="help", title=_("Calls for help"), icon="lifebuoy", url_name="visits:inbox", waiting=helps,
        order=30, channels=heard,
    )  # fmt: skip
    ui.add_palette_source("visits", palette)
    ui.add_channel_source("visits", channels)
