"""The numbers of the vault's registers 登记编号: a series, the branch, the day, one after the other."""

from __future__ import annotations

from datetime import date
from typing import Any

from counterpoint.vault.queries_cases import lock_number


def take_number(series: str, table: type[Any], branch: int, day: date) -> str:
    """The next number of a register on a day; two at once wait for each other until they have committed."""
    start = f"{series}{branch:04d}-{day:%Y%m%d}-"
    lock_number(start)
    return f"{start}{table.objects.filter(number__startswith=start).count() + 1:03d}"
