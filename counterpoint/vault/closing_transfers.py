"""Cash on its way stands in the way of a hand-over and of the day's end; and its account must be right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.findings import Finding as Wrong
from counterpoint.org import services as org
from counterpoint.org.data import Finding, Gate
from counterpoint.people.data import Duty
from counterpoint.vault.data_vouchers import Blocker
from counterpoint.vault.queries import held_box
from counterpoint.vault.services.parts import register_part
from counterpoint.vault.services.transfer_money import TRANSIT
from counterpoint.vault.services.transfers import open_transfers, open_transfers_of_box

_TRANSIT = """
SELECT a.id, a.branch_id, a.number, a.balance, coalesce(t.amount, 0)
FROM ledger_account a JOIN ledger_agreement g ON g.account_id = a.id
LEFT JOIN (SELECT transit, sum(amount) AS amount FROM vault_transfer
           WHERE state IN ('issued', 'in_transit') GROUP BY 1) t ON t.transit = a.id
WHERE a.gl = '1001' AND g.reference LIKE %s AND a.balance <> coalesce(t.amount, 0)
ORDER BY a.id
"""
_NOWHERE = """
SELECT t.id, t.source_branch, t.number FROM vault_transfer t
LEFT JOIN ledger_account a ON a.id = t.transit
WHERE t.state IN ('issued', 'in_transit') AND (a.id IS NULL OR a.gl <> '1001') ORDER BY t.id
"""


def transfers_gate(branch: int, day: date) -> list[Finding]:
    """Nothing is asked for or on its way when the day ends."""
    words = _("Transfer %(number)s is not finished.")
    return [
        Finding(words % {"number": one.number}, reverse("vault:transfer", args=[one.id]))
        for one in open_transfers(branch=branch)
    ]


def check(connection: psycopg.Connection[Any]) -> Iterator[Wrong]:
    """The account of cash in transit holds just what was issued and has not arrived."""
    for id, branch, number, balance, amount in connection.execute(_TRANSIT, [f"%{TRANSIT}%"]):
        yield Wrong(
            code="vault.transit", table="ledger_account", row=id, branch=branch, columns=("balance",),
            message=f"account {number} holds {balance} of cash in transit, the transfers say {amount}",
        )  # fmt: skip
    for id, branch, number in connection.execute(_NOWHERE):
        yield Wrong(
            code="vault.transit", table="vault_transfer", row=id, branch=branch, columns=("transit",),
            message=f"transfer {number} is on its way, and no account of cash in transit carries it",
        )  # fmt: skip


def _no_part(giver: int, branch: int) -> None:
    """Cash on its way is in nobody's package."""


def _on_the_way(giver: int, branch: int) -> list[Blocker]:
    held = held_box(giver)
    return [
        Blocker(
            f"调拨 {one.number} 未完成", f"transfer {one.number} is open",
            reverse("vault:transfer", args=[one.id]),
        )
        for one in (open_transfers_of_box(box=held.id) if held else [])
    ]  # fmt: skip


def appear() -> None:
    """Enter the gate, and what stops a hand-over."""
    org.register_gate(
        Gate("vault.transfers", gettext_lazy("Cash on its way"), Duty.CASH, transfers_gate, order=23)
    )
    register_part("transfers", _no_part, blockers=_on_the_way, order=12)
