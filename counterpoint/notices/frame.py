"""How the room appears: notices in the rail, what I must read on top, found by Ctrl+K."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.notices import home, queries, services
from counterpoint.notices.access import may_watch, sees_all
from counterpoint.papers.services import register_reader
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui import services as ui
from counterpoint.ui.data import Column, PaletteItem, Waiting


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated


def waiting(request: HttpRequest) -> Waiting | None:
    """What I must read."""
    if not _signed_in(request):
        return None
    return Waiting(*queries.unread_count(actor_from(request).id, clock.now()))


def heard(request: HttpRequest) -> tuple[str, ...]:
    return (f"person:{actor_from(request).id}", "notices") if _signed_in(request) else ()


def channels(request: HttpRequest) -> tuple[str, ...]:
    """What the counter depends on; and who has read, for those who answer for it."""
    if not _signed_in(request) or not may_watch(request):
        return heard(request)
    return (*heard(request), f"readers:{services.watched(actor_from(request))}")


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """The list, a new notice, and notices by their words."""
    if not _signed_in(request):
        return
    if can(request, Duty.RULES_DRAFT):
        yield PaletteItem(title=_("Write a notice"), url=reverse("notices:new"), icon="edit")
    if len(query.strip()) < 2:
        return
    found = services.search(by=actor_from(request), query=query, all_of_them=sees_all(request))
    for one in () if found.fuzzy else found.lines[:5]:
        url = reverse("notices:version", args=[one.id])
        yield PaletteItem(title=one.title, url=url, icon="bell", hint=one.name, found=True)


def may_see_paper(by: Actor, paper: int) -> str | None:
    """For the room of papers: an attachment is for whoever may read its notice."""
    return next((f"notice:{one}" for one in queries.notices_with(paper, by.id, services.writes(by))), None)


def appear() -> None:
    ui.add_room(
        key="notices",
        title=_("Notices"),
        icon="bell",
        url_name="notices:notices",
        allowed=_signed_in,
        order=18,
    )
    ui.add_counter(
        key="notices", title=_("Must read"), icon="bell", url_name="notices:unread", waiting=waiting,
        order=50, channels=heard, at_home=False,
    )  # fmt: skip
    ui.add_home("notices", column=Column.READ, lines=home.must_read, order=10, channels=heard)
    ui.add_home("notices.news", column=Column.NEWS, lines=home.news, order=10)
    ui.add_palette_source("notices", palette)
    ui.add_channel_source("notices", channels)
    register_reader("notices", may_see_paper)
