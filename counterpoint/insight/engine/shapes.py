"""Distributions in a model file: a table with a shape and its numbers, or a bare number."""

from __future__ import annotations

from typing import Any

from counterpoint.insight.data import BadModel, Distribution, Shape
from counterpoint.insight.engine import reading
from counterpoint.insight.engine.reading import Table


def by_period(table: Table, key: str, periods: int) -> tuple[Distribution, ...]:
    value, where = table.get(key), table.place(key)
    if isinstance(value, list) or (isinstance(value, dict) and "runs" in value):
        return reading.by_period(value, where, periods, distribution)
    return (distribution(value, where),)


def optional(table: Table, key: str) -> Distribution | None:
    return distribution(table.get(key), table.place(key)) if table.has(key) else None


def distribution(value: Any, where: str) -> Distribution:
    """A table with a shape, or a bare number, which is meant exactly."""
    if not isinstance(value, dict):
        return Distribution(Shape.DETERMINISTIC, reading.number(value, where))
    table = Table(value, where)
    shape = table.choice("shape", Shape, [each.value for each in Shape])
    found = _shaped(shape, table)
    table.finish()
    return found


def _shaped(shape: Shape, table: Table) -> Distribution:
    match shape:
        case Shape.EXPONENTIAL:
            mean = (
                1 / table.number("rate", above=True)
                if table.has("rate")
                else table.number("mean", above=True)
            )
            return Distribution(shape, mean)
        case Shape.LOGNORMAL:
            mean = table.number("mean", above=True)
            return Distribution(shape, mean, _scv(table, mean))
        case Shape.GAMMA:
            if table.has("mean"):
                mean = table.number("mean", above=True)
                scv = _scv(table, mean)
                return Distribution(shape, 1 / scv, mean * scv)
            return Distribution(shape, table.number("alpha", above=True), _scale(table))
        case Shape.WEIBULL:
            return Distribution(shape, table.number("alpha", above=True), _scale(table))
        case Shape.ERLANG:
            return Distribution(shape, table.whole("stages", least=1), table.number("mean", above=True))
        case Shape.UNIFORM:
            least = table.number("least")
            return Distribution(shape, least, table.number("most", least=least))
        case Shape.DETERMINISTIC:
            return Distribution(shape, table.number("mean"))
        case Shape.EMPIRICAL:
            return _empirical(table)


def _scale(table: Table) -> float:
    return 1 / table.number("rate", above=True) if table.has("rate") else table.number("scale", above=True)


def _scv(table: Table, mean: float) -> float:
    if table.has("cv"):
        return table.number("cv", above=True) ** 2
    if table.has("sd"):
        return (table.number("sd", above=True) / mean) ** 2
    return table.number("scv", above=True)


def _empirical(table: Table) -> Distribution:
    def numbers(key: str) -> tuple[float, ...]:
        rows = reading.listed(table.get(key), table.place(key))
        return tuple(reading.number(row, f"{table.place(key)}[{place}]") for place, row in enumerate(rows))

    values = numbers("values")
    weights = numbers("weights") if table.has("weights") else ()
    if not values or (weights and (len(weights) != len(values) or not sum(weights) > 0)):
        raise BadModel(f"{table.where}: values are needed, and as many weights if any, not all zero")
    return Distribution(Shape.EMPIRICAL, values=values, weights=weights)
