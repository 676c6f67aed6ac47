"""A result as plain values, for JSON and for a terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from counterpoint.insight.data import CenterResult, Estimate, GroupResult, TypeResult


def plain(result: CenterResult) -> dict[str, Any]:
    """The JSON of ``counterpoint twin run``; the manual lists its keys."""
    return {
        "model": result.name,
        "time_unit": result.time_unit,
        "replications": result.replications,
        "seed": result.seed,
        "confidence": result.confidence,
        "expected_arrivals": result.expected_arrivals,
        "types": {one.name: _type(one) for one in result.types},
        "total": _type(result.total),
        "groups": {one.name: _group(one) for one in result.groups},
        "all_groups": _group(result.all_groups),
    }


def _type(result: TypeResult) -> dict[str, Any]:
    return {
        **{name: asdict(estimate) for name, estimate in (result.counts | result.waits).items()},
        "thresholds": {
            threshold: {name: asdict(estimate) for name, estimate in measures.items()}
            for threshold, measures in result.within.items()
        },
        "periods": {
            name: [asdict(estimate) for estimate in estimates] for name, estimates in result.periods.items()
        },
    }


def _group(result: GroupResult) -> dict[str, Any]:
    return {
        **{f"occupancy_{name}": asdict(estimate) for name, estimate in result.occupancy.items()},
        "agent_time_scheduled": asdict(result.scheduled),
    }


def lines(result: CenterResult) -> list[tuple[str, str, str]]:
    """Scope, measure, value: what a terminal shows, without what is nothing and without the periods."""
    rows: list[tuple[str, str, str]] = []
    for one in (*result.types, result.total) if len(result.types) > 1 else result.types:
        shown = {**one.counts, **one.waits}
        for threshold, measures in one.within.items():
            shown |= {f"{name} {threshold}": estimate for name, estimate in measures.items()}
        rows += [(one.name, name, text) for name, estimate in shown.items() if (text := _text(estimate))]
    groups = (*result.groups, result.all_groups) if len(result.groups) > 1 else result.groups
    for group in groups:
        rows += [(group.name, f"occupancy {name}", _text(one)) for name, one in group.occupancy.items()]
    return rows


def _text(estimate: Estimate) -> str:
    if not estimate.mean:
        return ""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.mean:.4g}"
    return f"{estimate.mean:.4g} ({estimate.low:.4g} … {estimate.high:.4g})"
