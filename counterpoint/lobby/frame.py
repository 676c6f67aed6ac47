"""How the room appears: the lobby in the rail, and what is signalled to whom works there or at a window."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from counterpoint.lobby import home
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui import services as ui
from counterpoint.ui.data import Column


def channels(request: HttpRequest) -> tuple[str, ...]:
    """The line of one's branch 本网点队列, for those who work with it."""
    if not request.user.is_authenticated:
        return ()
    if not can(request, Duty.LOBBY) and not can(request, Duty.CUSTOMER_VIEW):
        return ()
    branch = actor_from(request).branch
    return (f"lobby:{branch}",) if branch else ()


def appear() -> None:
    ui.add_home("lobby.appointments", column=Column.DAY, lines=home.appointments, order=30)
    ui.add_room(
        key="floor", title=_("Lobby"), icon="users", url_name="lobby:floor",
        allowed=lambda request: can(request, Duty.LOBBY), order=11,
    )  # fmt: skip
    ui.add_channel_source("lobby", channels)
