"""What a chart shows, for all its faces 图表: the picture, the table behind it, the sentence before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """A line or a row of bars. ``band``: low and high by point, drawn as an area around the line."""

    name: str
    values: Sequence[float | None]
    band: tuple[Sequence[float | None], Sequence[float | None]] | None = None
    kind: str = "line"
    #: Drawn thinner and dashed: what is compared with.
    faint: bool = False
    #: On the right axis, whole numbers.
    right: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its unit in the title, at most five colours, and its summary in words."""

    id: str
    title: str
    unit: str
    head: str
    x: Sequence[str]
    series: Sequence[Series]
    summary: str
    target: float | None = None
    stacked: bool = False
    sideways: bool = False
    words: dict[str, str] = field(default_factory=dict)

    @property
    def spec(self) -> str:
        """For ``charts.js``."""
        rows: list[dict[str, Any]] = [
            {
                "name": one.name, "values": _rounded(one.values), "kind": one.kind, "faint": one.faint,
                "right": one.right,
                "band": [_rounded(one.band[0]), _rounded(one.band[1])] if one.band else None,
            }
            for one in self.series
        ]  # fmt: skip
        return json.dumps(
            {"x": list(self.x), "unit": self.unit, "series": rows, "target": self.target,
             "stacked": self.stacked, "sideways": self.sideways},
            ensure_ascii=False,
        )  # fmt: skip

    @property
    def columns(self) -> list[str]:
        found = []
        for one in self.series:
            found.append(one.name)
            if one.band:
                found += [f"{one.name} 10 %", f"{one.name} 90 %"]
        return found

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table behind it."""
        columns: list[Sequence[float | None]] = []
        for one in self.series:
            columns.append(one.values)
            if one.band:
                columns += [*one.band]
        return [(label, [_figure(column[place]) for column in columns]) for place, label in enumerate(self.x)]


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else round(value, 2) for value in values]


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def half_hours(opens: int, slots: int) -> list[str]:
    """``9:00``, ``9:30``, …"""
    return [f"{(opens + 30 * slot) // 60}:{(opens + 30 * slot) % 60:02d}" for slot in range(slots)]
