"""How the room appears: in the rail, and by Ctrl+K. Nothing of it is asked on every page."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.meetings import home
from counterpoint.meetings.services.parts import EVERYBODY
from counterpoint.ui import services as ui
from counterpoint.ui.data import Column, PaletteItem


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated


def channels(request: HttpRequest) -> tuple[str, ...]:
    """A small meeting tells its people; of a large one everybody hears, and looks for themselves."""
    return (EVERYBODY,) if _signed_in(request) else ()


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    if not _signed_in(request):
        return
    yield PaletteItem(title=_("Call a meeting"), url=reverse("meetings:new"), icon="plus")
    yield PaletteItem(title=_("My actions"), url=reverse("meetings:actions"), icon="list-check")


def appear() -> None:
    ui.add_room(
        key="meetings", title=pgettext_lazy("room", "Meetings"), icon="calendar", url_name="meetings:week",
        allowed=_signed_in, order=20,
    )  # fmt: skip
    ui.add_home("meetings", column=Column.DAY, lines=home.meetings, order=20)
    ui.add_home("meetings.actions", column=Column.DO, lines=home.actions, order=50)
    ui.add_palette_source("meetings", palette)
    ui.add_channel_source("meetings", channels)
