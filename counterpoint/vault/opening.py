"""What the opened day still wants of the vault 日始: to be opened, and its boxes counted."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate, Phase
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault.data import BoxKind
from counterpoint.vault.models import Custody
from counterpoint.vault.services.boxes import boxes_of
from counterpoint.vault.services.counts import counted_today


def opened_gate(branch: int, day: date) -> list[Finding]:
    """Somebody has opened the vault since the day began 开库; it may be locked again by now."""
    since = next((change.at for change in org.day_history(branch) if change.opened), None)
    if since is None:
        return []
    held = Custody.objects.filter(Q(until=None) | Q(until__gt=since), box__branch_id=branch)
    known = set(held.values_list("box_id", flat=True))
    words = _("Vault %(box)s was not opened today.")
    return [
        Finding(words % {"box": box.number}, reverse("vault:box", args=[box.id]))
        for box in boxes_of(branch=branch)
        if box.kind is BoxKind.VAULT and box.id not in known
    ]


def counted_gate(branch: int, day: date) -> list[Finding]:
    """Each box that somebody holds was counted today 日始碰库."""
    counted = {one.box for one in counted_today(branch=branch, date=day)}
    words = _("Box %(box)s of %(name)s is not counted yet.")
    return [
        Finding(
            words % {"box": box.number, "name": people.person(box.custodian).name},
            reverse("vault:count_new", args=[box.id]) + "?moment=start",
        )
        for box in boxes_of(branch=branch)
        if box.custodian is not None and box.id not in counted
    ]


def appear() -> None:
    """Enter the gates."""
    for key, title, check, order in (
        ("vault.opened", gettext_lazy("Vault opened"), opened_gate, 10),
        ("vault.counted_first", gettext_lazy("Boxes counted at the start"), counted_gate, 20),
    ):
        org.register_gate(Gate(key, title, Duty.CASH, check, False, order, Phase.OPEN))
