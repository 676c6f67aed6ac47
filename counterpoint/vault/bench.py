"""What ``counterpoint bench post`` needs of the vault: a full box for every teller."""

from __future__ import annotations

from counterpoint.vault.data import FACES


def fill(tellers: int, drawers: int, branches: int) -> str:
    """SQL that makes box ``i`` of teller ``i`` on account ``drawers + i``, with plenty of every face."""
    return f"""
    INSERT INTO vault_box
        (id, number, branch_id, kind, account_id, currency, limit_minor, retired)
        SELECT i, 'B' || i, 1 + i % {branches}, 'teller', {drawers} + i, 'CNY', 0, false
        FROM generate_series(1, {tellers}) AS i;
    INSERT INTO vault_stock (box_id, hard_minor, counts, unfit, damaged, stopped)
        SELECT i, 0, array_fill(100000::bigint, ARRAY[{len(FACES["CNY"])}]), '{{}}', '{{}}', ''
        FROM generate_series(1, {tellers}) AS i;
    """
