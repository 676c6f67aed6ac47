"""Delegations as lines of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from counterpoint.people.data import DelegationView
from counterpoint.people.labels import STATE_NAMES, duty_name, place_name

MEANINGS = {
    "in_force": "success", "later": "information", "asleep": "attention", "ended": "neutral",
    "withdrawn": "neutral",
}  # fmt: skip
#: What somebody can still end.
OPEN = ("in_force", "later", "asleep")


def lines(found: Iterable[DelegationView]) -> list[dict[str, Any]]:
    return [
        {
            "one": one, "duty": duty_name(one.duty), "place": place_name(one.branch),
            "open": one.state in OPEN, "state": STATE_NAMES[one.state], "meaning": MEANINGS[one.state],
        }
        for one in found
    ]  # fmt: skip
