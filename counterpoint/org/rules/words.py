"""A rule in words: its cells, its conditions, the difference between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from counterpoint.kit.money import Money
from counterpoint.org.rules.table import Condition, Row, Version

_SIGNS = {"eq": "=", "ne": "≠", "ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_YES = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}


def value_words(kind: str, value: Any, language: str) -> str:
    """``5000000`` of type money → ``50,000.00``."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _YES[value][language]
    if kind == "money" and isinstance(value, int):
        return Money(value).figure
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ("；" if language == "zh" else "; ").join(
            f"{name}: {value_words('', one, language)}" for name, one in value.items()
        )
    if isinstance(value, (list, tuple)):
        return ("、" if language == "zh" else ", ").join(value_words(kind, one, language) for one in value)
    return str(value)


def condition_words(
    version: Version, condition: Condition, language: str, facts: Mapping[str, Any] | None = None
) -> str:
    """``金额（60,000.00）≥ 50,000.00``: the name, the fact when there is one, the comparison."""
    asked = version.inputs[condition.input]
    fact = ""
    if facts and condition.op not in ("eq",) and facts.get(asked.name) is not None:
        shown = value_words(asked.type, facts[asked.name], language)
        fact = f"（{shown}）" if language == "zh" else f" ({shown})"
    name = (asked.zh if language == "zh" else asked.en) + fact
    return f"{name} {_comparison(asked.type, condition, language)}"


def _comparison(kind: str, condition: Condition, language: str) -> str:
    if condition.op == "between":
        low, high = (value_words(kind, one, language) for one in condition.value)
        return f"{low} – {high}"
    if condition.op == "in":
        return ("属于 " if language == "zh" else "in ") + value_words(kind, condition.value, language)
    return f"{_SIGNS[condition.op]} {value_words(kind, condition.value, language)}"


def cell_words(version: Version, row: Row, name: str, language: str) -> str:
    """What stands in the cell of input ``name``; empty where the row does not ask."""
    kind = version.inputs[name].type
    parts = [_comparison(kind, one, language) for one in row.when if one.input == name]
    return ("，且 " if language == "zh" else " and ").join(parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the difference of two versions. ``sign`` is ``+``, ``-`` or a space."""

    sign: str
    text: str


def _lines(version: Version, language: str) -> list[str]:
    lines = [f"{'来源' if language == 'zh' else 'Source'}: {version.source}", str(version.confidence)]
    if version.is_value:
        unit = version.unit_zh if language == "zh" else version.unit_en
        return [*lines, f"{value_words(version.value_type or '', version.value, language)} {unit}".strip()]
    lines.append(str(version.hit))
    for row in version.rows:
        when = " & ".join(condition_words(version, one, language) for one in row.when) or "*"
        then = ", ".join(
            f"{version.outputs[name].zh if language == 'zh' else version.outputs[name].en} = "
            f"{value_words(version.outputs[name].type, value, language)}"
            for name, value in row.then.items()
        )
        lines.append(f"{when} → {then}")
    return lines


def changes(old: Version | None, new: Version, language: str) -> list[Line]:
    """What ``new`` says otherwise than ``old``: the lines that went, then those that came."""
    before, after = (_lines(old, language) if old else []), _lines(new, language)
    went = [Line("-", text) for text in before if text not in after]
    came = [Line("+", text) for text in after if text not in before]
    return went + came
