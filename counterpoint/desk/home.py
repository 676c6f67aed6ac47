"""The home page 首页: what I must read, what I must do, my day, and what is new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from counterpoint.desk.access import serves
from counterpoint.people.services import actor_from
from counterpoint.ui import services as ui
from counterpoint.ui.data import Column, HomeLine, Words
from counterpoint.vault import services as vault
from counterpoint.vault.data import NoBox

TITLES: dict[Column, tuple[Words, str, Words]] = {
    Column.READ: (pgettext_lazy("home", "Must read"), "bell", pgettext_lazy("home", "All is read.")),
    Column.DO: (
        pgettext_lazy("home", "Must do"),
        "list-check",
        pgettext_lazy("home", "Nothing waits for you."),
    ),
    Column.DAY: (pgettext_lazy("home", "My day"), "calendar", pgettext_lazy("home", "Nothing is planned.")),
    Column.NEWS: (pgettext_lazy("home", "Team news"), "message", pgettext_lazy("home", "Nothing is new.")),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A column as it is drawn."""

    key: Column
    title: Words
    icon: str
    nothing: Words
    lines: list[HomeLine]


def context(request: HttpRequest) -> dict[str, Any]:
    """The columns with their lines, and what the page listens to."""
    found = ui.home(request)
    shown = [Drawn(key, *TITLES[key], lines) for key, lines in found.items()]
    return {
        "columns": [one for one in shown if one.key is not Column.NEWS], "news": shown[-1],
        "signals": " ".join(ui.home_channels(request)),
    }  # fmt: skip


def waiting(request: HttpRequest) -> Iterator[HomeLine]:
    """What waits for me: what the top bar counts, but for what the page lists."""
    for counter, found in ui.counters(request):
        if found.count and counter.at_home:
            yield HomeLine(
                title=counter.title, url=reverse(counter.url_name), icon=counter.icon, count=found.count,
                at=found.oldest,
            )  # fmt: skip


def place(request: HttpRequest) -> Iterator[HomeLine]:
    """Where I work today, and with which box."""
    if not serves(request):
        return
    where = ui.place(request)
    desk = where.desk_name if where and where.desk else ""
    seat = _("Desk %(number)s") % {"number": desk} if desk else _("Choose a desk")
    yield HomeLine(title=seat, url=reverse("desk:desk"), icon="device-desktop")
    with suppress(NoBox):
        box = vault.box_of(person=actor_from(request).id)
        yield HomeLine(
            title=_("Box %(number)s") % {"number": box.number}, url=reverse("vault:home"), icon="cash"
        )


def appear() -> None:
    ui.add_room(
        key="home", title=pgettext_lazy("room", "Home"), icon="home", url_name="desk:mine",
        allowed=lambda request: request.user.is_authenticated, order=1,
    )  # fmt: skip
    ui.add_home("desk.waiting", column=Column.DO, lines=waiting, order=10)
    ui.add_home("desk.place", column=Column.DAY, lines=place, order=10)
