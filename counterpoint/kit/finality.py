"""How far events are final 终局, and where keys and anchors lie: what sealing and verifying share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

#: The advisory lock under which blocks and anchors are written.
LOCK = 0x5EA1

# pg_control_system names the cluster; its transaction numbers mean nothing in another one.
HORIZON = """
SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint,
       (SELECT system_identifier::text FROM pg_control_system())
FROM pg_current_snapshot() s
"""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Every transaction below ``final`` has ended; ``next`` has not been given out yet."""

    final: int
    next: int
    cluster: str


def horizon(connection: psycopg.Connection) -> Horizon:
    row = connection.execute(HORIZON).fetchone()
    assert row is not None
    return Horizon(*row)


def keys_folder() -> Path:
    return Path(settings.DATA) / "keys"


def anchor_path() -> Path:
    return Path(settings.DATA) / "anchors" / "heads.jsonl"
