"""A decision table as it is written (JSON) and as it is used (frozen, checked, ready to run).

Written, a version's ``body`` is either a table::

    {"hit": "first", "inputs": [{"name": "amount_minor", "type": "money", "zh": "金额", "en": "Amount"}],
     "outputs": [{"name": "report", "type": "bool", "default": false, "merge": "any", "zh": …, "en": …}],
     "rows": [{"when": {"amount_minor": {"ge": 5000000}}, "then": {"report": true},
               "zh": "当日现金合计达到5万元", "en": "Cash of the day reaches 50,000 yuan"}]}

or a single dated value, a parameter::

    {"value": 5, "type": "int", "unit_zh": "个工作日", "unit_en": "working days"}
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from counterpoint.org.data import Confidence, HitPolicy, RuleMalformed

#: ``money`` is an integer of minor units, shown in major ones.
TYPES = ("int", "money", "text", "bool", "date", "list", "json")
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
    "in": lambda fact, values: fact in values,
    "between": lambda fact, ends: ends[0] <= fact <= ends[1],
}
ORDERED = {"ge", "gt", "le", "lt", "between"}
MERGES = ("first", "max", "min", "sum", "any", "all", "list")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class Input:
    """A fact the table asks for. One with a default is optional; one without satisfies no condition
    while it is unknown.
    """

    name: str
    type: str
    zh: str
    en: str
    choices: tuple[str, ...] = ()
    optional: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Output:
    """A part of the outcome, with the value it has when no row says otherwise."""

    name: str
    type: str
    zh: str
    en: str
    default: Any = None
    merge: str = "first"


@dataclass(frozen=True, slots=True)
class Condition:
    input: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Row:
    when: tuple[Condition, ...]
    then: Mapping[str, Any]
    zh: str
    en: str
    source: str
    confidence: Confidence | None


@dataclass(frozen=True, slots=True)
class Version:
    """One dated version of a table 规则版本. Both ends of its time are included; ``None`` is open."""

    number: int
    effective_from: date | None
    effective_to: date | None
    source: str
    confidence: Confidence
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Output]
    rows: tuple[Row, ...]
    hit: HitPolicy
    value: Any = None
    value_type: str | None = None
    unit_zh: str = ""
    unit_en: str = ""

    @property
    def is_value(self) -> bool:
        return self.value_type is not None

    def holds_on(self, day: date) -> bool:
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A rule with all its versions that count."""

    key: str
    versions: tuple[Version, ...]


def fits(kind: str, value: Any) -> bool:
    """Whether ``value`` is of the rule type ``kind``. A bool is not an integer here."""
    match kind:
        case "int" | "money":
            return type(value) is int
        case "text":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "date":
            return type(value) is date
        case "list":
            return isinstance(value, list)
        case _:
            return value is not None


def _read(kind: str, value: Any) -> Any:
    if kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise RuleMalformed(f"not a date: {value!r}") from error
    return value


def _only(what: str, given: Mapping[str, Any], allowed: set[str]) -> None:
    if not isinstance(given, Mapping):
        raise RuleMalformed(f"{what} is not an object")
    if unknown := set(given) - allowed:
        raise RuleMalformed(f"{what} has unknown parts: {', '.join(sorted(map(str, unknown)))}")


def _named(what: str, given: Mapping[str, Any]) -> tuple[str, str]:
    name, kind = given.get("name"), given.get("type")
    if not isinstance(name, str) or not _NAME.match(name):
        raise RuleMalformed(f"{what} needs a name of small letters: {name!r}")
    if kind not in TYPES:
        raise RuleMalformed(f"{what} {name} has an unknown type: {kind!r}")
    return name, str(kind)


def _input(given: Mapping[str, Any]) -> Input:
    _only("an input", given, {"name", "type", "zh", "en", "choices", "optional", "default"})
    name, kind = _named("an input", given)
    if kind in ("list", "json"):
        raise RuleMalformed(f"the input {name} must be a single value")
    default = _read(kind, given.get("default"))
    choices = given.get("choices", [])
    if not isinstance(choices, list):
        raise RuleMalformed(f"the choices of {name} are a list")
    if default is not None and (not fits(kind, default) or (choices and default not in choices)):
        raise RuleMalformed(f"the default of {name} cannot be {default!r}")
    return Input(
        name=name,
        type=kind,
        zh=str(given.get("zh") or name),
        en=str(given.get("en") or name),
        choices=tuple(choices),
        optional=given.get("optional") is True or default is not None,
        default=default,
    )


def _output(given: Mapping[str, Any]) -> Output:
    _only("an output", given, {"name", "type", "zh", "en", "default", "merge"})
    name, kind = _named("an output", given)
    default, merge = given.get("default"), given.get("merge", "first")
    if default is not None and not fits(kind, default):
        raise RuleMalformed(f"the default of {name} is no {kind}: {default!r}")
    if merge not in MERGES:
        raise RuleMalformed(f"{name} cannot be merged by {merge!r}")
    return Output(name, kind, str(given.get("zh") or name), str(given.get("en") or name), default, merge)


def _condition(name: str, op: str, value: Any, inputs: Mapping[str, Input]) -> Condition:
    asked = inputs.get(name)
    if asked is None:
        raise RuleMalformed(f"a row asks for {name}, which is no input")
    if op not in COMPARISONS:
        raise RuleMalformed(f"unknown comparison {op!r} for {name}")
    if op in ORDERED and asked.type in ("text", "bool"):
        raise RuleMalformed(f"{name} is {asked.type} and has no order: {op}")
    if op in ("in", "between"):
        if not isinstance(value, list) or not value or (op == "between" and len(value) != 2):
            raise RuleMalformed(f"{op} for {name} needs a list: {value!r}")
        values = [_read(asked.type, one) for one in value]
        if op == "between" and not values[0] <= values[1]:
            raise RuleMalformed(f"between for {name} is upside down: {value!r}")
        read: Any = tuple(values)
    else:
        read = _read(asked.type, value)
        values = [read]
    for one in values:
        if not fits(asked.type, one):
            raise RuleMalformed(f"{name} is compared with something that is no {asked.type}: {one!r}")
        if asked.choices and one not in asked.choices:
            raise RuleMalformed(f"{name} can never be {one!r}")
    return Condition(name, op, read)


def _row(given: Mapping[str, Any], inputs: Mapping[str, Input], outputs: Mapping[str, Output]) -> Row:
    _only("a row", given, {"when", "then", "zh", "en", "source", "confidence"})
    when, then = given.get("when", {}), given.get("then", {})
    _only("a row's outcome", then, set(outputs))
    _only("a row's conditions", when, set(inputs))
    for name, value in then.items():
        if value is not None and not fits(outputs[name].type, value):
            raise RuleMalformed(f"{name} is no {outputs[name].type}: {value!r}")
    conditions: list[Condition] = []
    for name, tests in when.items():
        _only(f"the condition on {name}", tests, {*COMPARISONS, "any"})
        conditions += [_condition(name, op, v, inputs) for op, v in tests.items() if op != "any"]
    mark = given.get("confidence")
    return Row(
        when=tuple(conditions),
        then=dict(then),
        zh=str(given.get("zh", "")),
        en=str(given.get("en", "")),
        source=str(given.get("source", "")),
        confidence=_confidence(mark) if mark else None,
    )


def _confidence(mark: Any) -> Confidence:
    try:
        return Confidence(mark)
    except ValueError as error:
        raise RuleMalformed(f"unknown confidence {mark!r}") from error


def _unique(what: str, names: list[str]) -> None:
    if len(names) != len(set(names)):
        raise RuleMalformed(f"two {what} have the same name")


def parse(
    body: Mapping[str, Any],
    *,
    number: int = 0,
    effective_from: date | None = None,
    effective_to: date | None = None,
    source: str = "",
    confidence: str = Confidence.UNVERIFIED,
) -> Version:
    """Read and check a version. Raises ``RuleMalformed`` with the first thing that is wrong."""
    if effective_from and effective_to and effective_to < effective_from:
        raise RuleMalformed("the rule would end before it begins")
    common: dict[str, Any] = {
        "number": number,
        "effective_from": effective_from,
        "effective_to": effective_to,
        "source": source,
        "confidence": _confidence(confidence),
    }
    if isinstance(body, Mapping) and "value" in body:
        return _value(body, common)
    _only("the rule", body, {"hit", "inputs", "outputs", "rows"})
    parts = [body.get(part, []) for part in ("inputs", "outputs", "rows")]
    if not all(isinstance(part, list) for part in parts):
        raise RuleMalformed("inputs, outputs and rows are lists")
    if not parts[1] or not parts[2]:
        raise RuleMalformed("a table needs an output and a row")
    inputs, outputs = [_input(one) for one in parts[0]], [_output(one) for one in parts[1]]
    _unique("inputs", [one.name for one in inputs])
    _unique("outputs", [one.name for one in outputs])
    asked, given = {one.name: one for one in inputs}, {one.name: one for one in outputs}
    try:
        hit = HitPolicy(body.get("hit", HitPolicy.FIRST))
    except ValueError as error:
        raise RuleMalformed(f"unknown hit policy {body['hit']!r}") from error
    return Version(
        **common, inputs=asked, outputs=given, rows=tuple(_row(r, asked, given) for r in parts[2]), hit=hit
    )


def _value(body: Mapping[str, Any], common: dict[str, Any]) -> Version:
    _only("the value", body, {"value", "type", "unit_zh", "unit_en"})
    kind = body.get("type")
    if kind not in TYPES:
        raise RuleMalformed(f"the value has an unknown type: {kind!r}")
    value = _read(kind, body["value"])
    if value is not None and not fits(kind, value):
        raise RuleMalformed(f"the value is no {kind}: {value!r}")
    return Version(
        **common,
        inputs={},
        outputs={},
        rows=(),
        hit=HitPolicy.FIRST,
        value=value,
        value_type=kind,
        unit_zh=str(body.get("unit_zh", "")),
        unit_en=str(body.get("unit_en", "")),
    )
