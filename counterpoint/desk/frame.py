"""How the room appears in the rail and the palette."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterpoint.desk import home
from counterpoint.desk.access import serves
from counterpoint.people.data import Duty
from counterpoint.people.services import can
from counterpoint.ui import services as ui


def appear() -> None:
    home.appear()
    ui.add_room(
        key="desk", title=_("Desk"), icon="device-desktop", url_name="desk:desk",
        allowed=lambda request: can(request, Duty.CUSTOMER_VIEW) and serves(request), order=10,
    )  # fmt: skip
    ui.add_room(
        key="board", title=_("Board"), icon="layout-dashboard", url_name="desk:board",
        allowed=lambda request: can(request, Duty.BOARD), order=20,
    )  # fmt: skip
