"""How the room appears: in the rail, by one key on every screen, what waits for me on top, by Ctrl+K."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.feedback import access, services
from counterpoint.feedback.services import complaints_parts, parts, routing
from counterpoint.people.services import actor_from
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem, Waiting

#: Nothing else has this key; F7 beside it calls for help.
KEY = "Shift+F7"


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated


def waiting(request: HttpRequest) -> Waiting | None:
    """What was said to me, and what my department has to do."""
    if not _signed_in(request):
        return None
    return Waiting(*services.waiting(by=actor_from(request), known=access.departments(request)))


def heard(request: HttpRequest) -> tuple[str, ...]:
    if not _signed_in(request):
        return ()
    by = actor_from(request)
    return (f"person:{by.id}", *routing.heard(by, access.departments(request)))


def channels(request: HttpRequest) -> tuple[str, ...]:
    """What my departments hear, what everybody hears of ideas, and complaints for who deals with them."""
    if not _signed_in(request):
        return ()
    mine, branch = access.part(request), actor_from(request).branch or 0
    handles = mine.handles.own or bool(mine.handles.givers)
    oversees = mine.oversees.own or bool(mine.oversees.givers) or mine.audits
    complaints = (
        *((complaints_parts.channel(branch),) if handles else ()),
        *((complaints_parts.OVERSEERS,) if oversees else ()),
    )
    return (*heard(request), parts.EVERYBODY, *complaints)


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    """The lists; and an item of mine by its number."""
    if not _signed_in(request):
        return
    yield PaletteItem(title=_("Report a problem or an idea"), url=reverse("feedback:new"), icon="edit")
    yield PaletteItem(title=_("Ideas"), url=reverse("feedback:ideas"), icon="bulb")
    yield PaletteItem(title=_("You said, we did"), url=reverse("feedback:month"), icon="calendar-check")
    yield PaletteItem(title=_("Complaints"), url=reverse("feedback:complaints"), icon="message")
    text = query.strip()
    if text[:1] in ("F", "f") and text[1:].isascii() and text[1:].isdigit() and len(text) < 12:
        found = services.find(int(text[1:]), by=actor_from(request))
        if found is not None:
            url = reverse("feedback:item", args=[found.id])
            yield PaletteItem(title=found.title, url=url, icon="message", hint=found.name, found=True)


def script(request: HttpRequest) -> dict[str, str] | None:
    return {} if _signed_in(request) else None


def appear() -> None:
    ui.add_room(
        key="feedback", title=pgettext_lazy("room", "Feedback"), icon="message", url_name="feedback:mine",
        allowed=_signed_in, order=19,
    )  # fmt: skip
    ui.add_act(
        key="feedback", title=pgettext_lazy("verb", "Report"), icon="message-report",
        url_name="feedback:new", shortcut=KEY, allowed=_signed_in,
    )  # fmt: skip
    ui.add_counter(
        key="feedback", title=_("Reports and answers"), icon="message", url_name="feedback:waiting",
        waiting=waiting, order=60, channels=heard,
    )  # fmt: skip
    ui.add_palette_source("feedback", palette)
    ui.add_channel_source("feedback", channels)
    ui.add_script("feedback/report.js", script)
