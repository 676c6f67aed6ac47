"""How the room appears in the frame around every page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Why
from counterpoint.people.services import can
from counterpoint.ui import services as ui
from counterpoint.ui.data import Column
from counterpoint.vault import home
from counterpoint.vault.access import WATCHERS
from counterpoint.vault.labels import RULES


def reason(rule: str) -> Why | None:
    """What holds in every vault, whatever the bank's own rules."""
    words = RULES.get(rule)
    return Why(rule=str(words)) if words else None


def appear() -> None:
    ui.add_reasons("vault", reason)
    ui.add_home("vault.bookings", column=Column.DAY, lines=home.bookings, order=40)
    ui.add_room(
        key="vault",
        title=_("Vault"),
        icon="cash",
        url_name="vault:home",
        allowed=lambda request: any(can(request, duty) for duty in WATCHERS),
        order=20,
    )
