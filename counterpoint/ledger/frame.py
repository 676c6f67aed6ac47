"""How the room appears in the frame around every page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterpoint.people.data import Duty
from counterpoint.people.services import can
from counterpoint.ui import services as ui


def appear() -> None:
    ui.add_room(
        key="ledger",
        title=_("Books"),
        icon="book-2",
        url_name="ledger:trial_balance",
        allowed=lambda request: any(can(request, d) for d in (Duty.BOARD, Duty.DAY_CLOSE, Duty.AUDIT)),
        order=60,
    )
