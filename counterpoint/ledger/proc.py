"""Processor time of the database server, where it runs on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from django.db import connection

_TICK = os.sysconf("SC_CLK_TCK")


def server_seconds() -> float:
    """Processor seconds that the server has used so far; 0 when it is elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        parent = int(_fields(Path(f"/proc/{backend}/stat"))[1])
    except (FileNotFoundError, PermissionError):
        return 0.0
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _fields(stat)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if stat.parent.name == str(parent):
            # With the time of the children that have ended.
            total += sum(int(fields[n]) for n in (11, 12, 13, 14))
        elif int(fields[1]) == parent:
            total += int(fields[11]) + int(fields[12])
    return total / _TICK


def _fields(stat: Path) -> list[str]:
    # The name stands in brackets and may hold anything.
    return stat.read_text().rpartition(")")[2].split()
