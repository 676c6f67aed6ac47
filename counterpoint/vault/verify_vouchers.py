"""What ``counterpoint verify`` asks of vouchers, seals and hand-overs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from counterpoint.kit.findings import Finding
from counterpoint.vault import rules_vouchers as rules
from counterpoint.vault.data_vouchers import Run, VoucherAct, VoucherState

_BOOKED = """
SELECT s.id, b.branch_id, b.number, k.code, k.unit_minor, s.held, coalesce(r.n, 0), a.balance
FROM vault_voucherstock s
JOIN vault_box b ON b.id = s.box_id JOIN vault_voucherkind k ON k.id = s.kind_id
JOIN ledger_account a ON a.id = s.account_id
LEFT JOIN (SELECT box_id, kind_id, sum(upper(serials) - lower(serials)) AS n FROM vault_voucherrange
           WHERE state IN ('held', 'skipped') GROUP BY 1, 2) r
       ON r.box_id = s.box_id AND r.kind_id = s.kind_id
ORDER BY s.id
"""
_STRAY = """
SELECT a.id, a.branch_id, a.number, a.balance FROM ledger_account a
WHERE a.gl IN ('9001', '9002') AND a.balance <> 0
  AND NOT EXISTS (SELECT FROM vault_voucherstock s WHERE s.account_id = a.id)
"""
_MOVES = """
SELECT kind_id, lower(serials), upper(serials) - 1, act, state, target_id FROM vault_vouchermove
ORDER BY kind_id, id
"""
_RANGES = """
SELECT kind_id, lower(serials), upper(serials) - 1, state, box_id FROM vault_voucherrange
ORDER BY kind_id, serials
"""
_SEALS = """
SELECT s.id, s.branch_id, s.number FROM vault_seal s
LEFT JOIN LATERAL (SELECT receiver_id FROM vault_sealmove m WHERE m.seal_id = s.id ORDER BY id DESC LIMIT 1) m
       ON true
WHERE s.custodian_id IS DISTINCT FROM m.receiver_id
"""


def check(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Forms and books, the register replayed, and one custodian a seal."""
    yield from _books(connection)
    yield from _register(connection)
    for id, branch, number in connection.execute(_SEALS):
        yield Finding(
            code="vault.seal", table="vault_seal", row=id, branch=branch, columns=("custodian_id",),
            message=f"seal {number}: its custodian is not who received it last",
        )  # fmt: skip


def _books(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    for id, branch, box, kind, unit, held, there, balance in connection.execute(_BOOKED):
        if held != there or there * unit != balance:
            yield Finding(
                code="vault.vouchers", table="vault_voucherstock", row=id, branch=branch, columns=("held",),
                message=f"box {box}, {kind}: {there} forms are there, {held} noted,"
                f" {balance} in the books at {unit} each",
            )  # fmt: skip
    for id, branch, number, balance in connection.execute(_STRAY):
        yield Finding(
            code="vault.vouchers", table="ledger_account", row=id, branch=branch, columns=("balance",),
            message=f"account {number} holds {balance} and belongs to no box",
        )  # fmt: skip


def _register(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Every line of the register again, from the first: the ranges must be what comes out.

    So every number that was received is in exactly one place: held, used, void, lost, handed in or destroyed.
    """
    told: dict[int, list[Run]] = {}
    for kind, first, last, act, state, box in connection.execute(_MOVES):
        runs = told.setdefault(kind, [])
        known = sum(run.count for run in rules.covered(runs, first, last))
        if known != (0 if act == VoucherAct.RECEIVE else last - first + 1):
            yield Finding(
                code="vault.voucher_register", table="vault_vouchermove", row=kind,
                message=f"kind {kind}: {act} of {first} to {last} does not follow from the lines before it",
            )  # fmt: skip
        told[kind] = rules.carve(runs, first, last, VoucherState(state), box)
    there: dict[int, list[Run]] = {}
    for kind, first, last, state, box in connection.execute(_RANGES):
        there.setdefault(kind, []).append(Run(first, last, VoucherState(state), box))
    for kind in sorted({*told, *there}):
        if rules.merged(told.get(kind, [])) != rules.merged(there.get(kind, [])):
            yield Finding(
                code="vault.voucher_register", table="vault_voucherrange", row=kind, columns=("serials",),
                message=f"kind {kind}: the ranges are not what the register comes to",
            )  # fmt: skip
