"""What stands in the way of the day's end: boxes that are still out, paused, or over their limit."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.money import Money
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault.data import BoxKind, Stop
from counterpoint.vault.rules_limits import excesses
from counterpoint.vault.services.boxes import boxes_of
from counterpoint.vault.services.limits import limits_of, over_overnight

STOPS = "vault.overnight_stops_close"


def transfer_link(box: int, *, overnight: bool = False) -> str:
    """The form of a new transfer with what is proposed for a box filled in."""
    asked = {"box": box, "proposed": 1} | ({"overnight": 1} if overnight else {})
    return f"{reverse('vault:transfer_new')}?{urlencode(asked)}"


def returned_gate(branch: int, day: date) -> list[Finding]:
    """Every teller's box was given back, and none is paused. Vault and machines stay with their keeper."""
    out = _("Box %(box)s was not returned by %(name)s.")
    paused = _("Box %(box)s of %(name)s is paused.")
    return [
        Finding(
            (paused if box.stopped is Stop.PAUSED else out)
            % {"box": box.number, "name": people.person(box.custodian).name},
            reverse("vault:box", args=[box.id]),
        )
        for box in boxes_of(branch=branch)
        if box.custodian is not None and (box.kind is BoxKind.TELLER or box.stopped is Stop.PAUSED)
    ]


def hard_gate(branch: int, day: date) -> list[Finding]:
    """No box holds more than it may."""
    boxes = boxes_of(branch=branch)
    limits = limits_of(boxes)
    return [
        Finding(
            _("Box %(box)s holds more than it may.") % {"box": box.number},
            transfer_link(box.id),
        )
        for box in boxes
        if any(one.hard for one in excesses(box.faces, limits[box.id]))
    ]


def overnight_gate(branch: int, day: date) -> list[Finding]:
    """No teller's box keeps more than may stay in it overnight."""
    words = _("Box %(box)s holds %(sum)s; %(limit)s may stay in it overnight.")
    return [
        Finding(
            words % {
                "box": box.number, "sum": Money(box.counted, box.currency),
                "limit": Money(limit, box.currency),
            },
            transfer_link(box.id, overnight=True),
        )
        for box, limit in over_overnight(branch=branch, at=day)
    ]  # fmt: skip


def overnight_stops(branch: int, day: date) -> bool:
    """Whether it stops the close or only warns is a dated rule."""
    return bool(org.value(key=STOPS, at=day))


def appear() -> None:
    """Enter the gates."""
    overnight = gettext_lazy("Cash left in boxes overnight")
    for key, title, owner, check, blocking, order in (
        ("vault.returned", gettext_lazy("Boxes returned"), Duty.CASH, returned_gate, True, 24),
        ("vault.hard_limits", gettext_lazy("Boxes within their limits"), Duty.CASH, hard_gate, True, 25),
        ("vault.overnight", overnight, Duty.CASH, overnight_gate, overnight_stops, 26),
    ):
        org.register_gate(Gate(key, title, owner, check, blocking=blocking, order=order))
