"""How the room appears in the frame around every page."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Why
from counterpoint.ledger.data import AccountStatus
from counterpoint.ledger.labels import RULES, STATUSES
from counterpoint.people.data import Duty
from counterpoint.people.services import can
from counterpoint.ui import services as ui


def reason(rule: str) -> Why | None:
    """What the books themselves ask of every posting."""
    if rule.startswith("ledger.status."):
        state, _meaning, _icon = STATUSES[AccountStatus(rule.removeprefix("ledger.status."))]
        return Why(rule=gettext("State of the account: %(state)s") % {"state": state})
    words = RULES.get(rule)
    return Why(rule=str(words)) if words else None


def appear() -> None:
    ui.add_reasons("ledger", reason)
    ui.add_room(
        key="ledger",
        title=_("Books"),
        icon="book-2",
        url_name="ledger:trial_balance",
        allowed=lambda request: any(can(request, d) for d in (Duty.BOARD, Duty.DAY_CLOSE, Duty.AUDIT)),
        order=60,
    )
