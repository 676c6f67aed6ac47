"""A table of a model file, read key by key: every wrong, missing or unknown key is named with its place."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from counterpoint.insight.data import BadModel

#: Longest list and largest number that a model may hold: more is a slip, and would only run for days.
MOST_ENTRIES = 100_000
MOST = 1e12
#: What models elsewhere call the interruption of a service.
PREEMPTION = ("preempt", "pre_empt", "interrupt")


class Table:
    """One table of the file; ``where`` is its place, such as ``types[2].service``."""

    def __init__(self, content: Any, where: str) -> None:
        if not isinstance(content, dict):
            raise BadModel(f"{where}: a table is expected, not {_kind(content)}")
        self.content: dict[str, Any] = content
        self.where = where
        self.seen: set[str] = set()

    def place(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def has(self, key: str) -> bool:
        self.seen.add(key)
        return key in self.content

    def get(self, key: str) -> Any:
        if not self.has(key):
            raise BadModel(f"{self.place(key)}: is missing")
        return self.content[key]

    def number(
        self,
        key: str,
        default: float | None = None,
        *,
        least: float = 0.0,
        most: float = MOST,
        above: bool = False,
    ) -> float:
        if default is not None and not self.has(key):
            return default
        return number(self.get(key), self.place(key), least=least, most=most, above=above)

    def whole(self, key: str, default: int | None = None, *, least: int = 0, most: int = 1_000_000) -> int:
        if default is not None and not self.has(key):
            return default
        return whole(self.get(key), self.place(key), least=least, most=most)

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        value = self.get(key)
        if not isinstance(value, str) or not 0 < len(value) <= 200:
            raise BadModel(f"{self.place(key)}: a text of 1 to 200 characters is expected")
        return value

    def choice[C](self, key: str, of: Callable[[str], C], among: list[str], default: C | None = None) -> C:
        if default is not None and not self.has(key):
            return default
        value = self.get(key)
        if value not in among:
            raise BadModel(f"{self.place(key)}: one of {', '.join(among)} is expected, not {value!r}")
        return of(value)

    def table(self, key: str) -> Table:
        return Table(self.get(key), self.place(key))

    def tables(self, key: str, *, least: int = 1) -> list[Table]:
        rows = listed(self.get(key), self.place(key)) if least or self.has(key) else []
        if len(rows) < least:
            raise BadModel(f"{self.place(key)}: at least {least} is expected")
        return [Table(row, f"{self.place(key)}[{place}]") for place, row in enumerate(rows)]

    def finish(self) -> None:
        """Refuses what nobody asked for."""
        unknown = sorted(set(self.content) - self.seen)
        asked = [key for key in unknown if key.startswith(PREEMPTION)]
        if asked:
            raise BadModel(
                f"{self.place(asked[0])}: pre-emption is not modelled; who is being served is never "
                "interrupted, and `priority` counts among those who wait"
            )
        if unknown:
            raise BadModel(
                f"{self.place(unknown[0])}: is not known here; known are {', '.join(sorted(self.seen))}"
            )


def number(value: Any, where: str, *, least: float = 0.0, most: float = MOST, above: bool = False) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadModel(f"{where}: a number is expected, not {_kind(value)}")
    if math.isnan(value) or value < least or value > most or (above and value == least):
        raise BadModel(
            f"{where}: {value} is not {'above' if above else 'at least'} {least:g} and at most {most:g}"
        )
    return float(value)


def whole(value: Any, where: str, *, least: int = 0, most: int = 1_000_000) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadModel(f"{where}: a whole number is expected, not {_kind(value)}")
    if not least <= value <= most:
        raise BadModel(f"{where}: {value} is not between {least} and {most}")
    return value


def listed(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadModel(f"{where}: a list is expected, not {_kind(value)}")
    if len(value) > MOST_ENTRIES:
        raise BadModel(f"{where}: more than {MOST_ENTRIES} entries")
    return value


def by_period[E](value: Any, where: str, periods: int, entry: Callable[[Any, str], E]) -> tuple[E, ...]:
    """One entry for each period: a single value, a list, or ``{runs = [[how many, value], …], …}``."""
    if isinstance(value, dict) and "runs" in value:
        value = _runs(Table(value, where), periods)
    if not isinstance(value, list):
        return (entry(value, where),) * periods
    if len(listed(value, where)) != periods:
        raise BadModel(f"{where}: {len(value)} entries, but there are {periods} periods")
    return tuple(entry(one, f"{where}[{place}]") for place, one in enumerate(value))


def _runs(table: Table, periods: int) -> list[Any]:
    values: list[Any] = []
    for place, run in enumerate(listed(table.get("runs"), table.place("runs"))):
        where = f"{table.place('runs')}[{place}]"
        if len(listed(run, where)) != 2:
            raise BadModel(f"{where}: [how many periods, value] is expected")
        values += [run[1]] * whole(run[0], where, most=MOST_ENTRIES)
    values *= table.whole("repeat", 1, least=1, most=MOST_ENTRIES)
    if len(values) < periods and table.has("rest"):
        values += [table.get("rest")] * (periods - len(values))
    table.finish()
    return values


def _kind(value: Any) -> str:
    names = {
        dict: "a table",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), type(value).__name__)
