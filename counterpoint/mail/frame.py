"""How the room appears: the post in the rail for who answers for it; my own mail by Ctrl+K."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.mail.access import may_see_post
from counterpoint.mail.services.posting import CHANNEL
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem


def channels(request: HttpRequest) -> tuple[str, ...]:
    return (CHANNEL,) if request.user.is_authenticated and may_see_post(request) else ()


def palette(request: HttpRequest, query: str) -> Iterable[PaletteItem]:
    if request.user.is_authenticated:
        yield PaletteItem(title=_("My mail"), url=reverse("mail:mine"), icon="mail", words="email youjian")


def appear() -> None:
    ui.add_room(
        key="mail", title=_("Mail"), icon="mail", url_name="mail:letters", allowed=may_see_post,
        order=92,
    )  # fmt: skip
    ui.add_palette_source("mail", palette)
    ui.add_channel_source("mail", channels)
    ui.add_section(page="people.account", key="mail", source=lambda request, id: reverse("mail:account"))
