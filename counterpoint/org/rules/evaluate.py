"""Deciding 判定: which version holds, which rows fit, what follows. No clock, no database."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from counterpoint.org.data import (
    Confidence,
    Hit,
    HitPolicy,
    MissingFact,
    NoRuleInForce,
    OverlappingVersions,
    RuleDecision,
    UnknownFact,
    WrongFactType,
)
from counterpoint.org.rules.table import COMPARISONS, Output, Row, Table, Version, fits
from counterpoint.org.rules.words import condition_words

#: What nobody has confirmed; a sample is a bank's own to set.
DOUBTFUL = frozenset({Confidence.UNVERIFIED, Confidence.QUESTION_BANK, Confidence.SECONDARY})


def in_force(table: Table, at: date) -> Version:
    """The one version that holds on ``at``."""
    found = [version for version in table.versions if version.holds_on(at)]
    if len(found) > 1:
        raise OverlappingVersions(
            f"{table.key}: versions {', '.join(str(v.number) for v in found)} all hold on {at}"
        )
    if not found:
        raise NoRuleInForce(f"{table.key}: no version holds on {at}", table=table.key, at=at.isoformat())
    return found[0]


def overlaps(versions: Iterable[Version]) -> list[tuple[int, int]]:
    """The pairs of versions that would hold on the same day."""
    ordered = sorted(versions, key=lambda v: (v.effective_from or date.min, v.number))
    return [
        (one.number, other.number)
        for one, other in itertools.combinations(ordered, 2)
        if one.effective_to is None or (other.effective_from or date.min) <= one.effective_to
    ]


def evaluate(table: Table, facts: Mapping[str, Any], at: date, *, language: str = "zh") -> RuleDecision:
    """What ``table`` says about ``facts`` on ``at``, and why."""
    return apply(table.key, in_force(table, at), facts, at, language=language)


def apply(
    key: str, version: Version, facts: Mapping[str, Any], at: date, *, language: str = "zh"
) -> RuleDecision:
    """What one version says, whatever its dates: the replay asks this of a draft."""
    if version.is_value:
        hit = _hit(key, version, 0, None, {}, language)
        return RuleDecision(key, version.number, at, {"value": version.value}, (hit,))
    facts = _known(key, version, facts)
    hits: list[tuple[int, Row]] = []
    for index, row in enumerate(version.rows, start=1):
        if _fits(row, facts):
            hits.append((index, row))
            if version.hit is HitPolicy.FIRST:
                break
    outcome = {name: _merge(part, [row.then for _, row in hits]) for name, part in version.outputs.items()}
    return RuleDecision(
        key, version.number, at, outcome,
        tuple(_hit(key, version, index, row, facts, language) for index, row in hits),
    )  # fmt: skip


def _known(key: str, version: Version, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, checked, with the defaults of those that are not known."""
    inputs, facts = version.inputs, {}
    for name, fact in given.items():
        asked = inputs.get(name)
        if asked is None:
            raise UnknownFact(f"{key} does not know the fact {name!r}", table=key, fact=name)
        if fact is None and asked.optional:
            continue
        if not fits(asked.type, fact) or (asked.choices and fact not in asked.choices):
            raise WrongFactType(f"{key}: {name} cannot be {fact!r}", table=key, fact=name, type=asked.type)
        facts[name] = fact
    for name, asked in inputs.items():
        if name not in facts:
            if not asked.optional:
                raise MissingFact(f"{key} needs the fact {name!r}", table=key, fact=name)
            facts[name] = asked.default
    return facts


def _fits(row: Row, facts: Mapping[str, Any]) -> bool:
    for condition in row.when:
        fact = facts.get(condition.input)
        if fact is None or not COMPARISONS[condition.op](fact, condition.value):
            return False
    return True


def _merge(part: Output, outcomes: list[Mapping[str, Any]]) -> Any:
    values = [then[part.name] for then in outcomes if part.name in then]
    if not values:
        return [] if part.merge == "list" and part.default is None else part.default
    match part.merge:
        case "max":
            return max(values)
        case "min":
            return min(values)
        case "sum":
            return sum(values)
        case "any":
            return any(values)
        case "all":
            return all(values)
        case "list":
            flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
            return list(dict.fromkeys(flat))
        case _:
            return values[0]


def _hit(
    key: str, version: Version, index: int, row: Row | None, facts: Mapping[str, Any], language: str
) -> Hit:
    confidence = (row.confidence if row else None) or version.confidence
    zh = (row.zh if row else "") or "；".join(
        condition_words(version, one, "zh", facts) for one in (row.when if row else ())
    )
    en = (row.en if row else "") or "; ".join(
        condition_words(version, one, "en", facts) for one in (row.when if row else ())
    )
    return Hit(
        rule_key=key,
        version=version.number,
        row=index,
        reason=zh if language.startswith("zh") else en,
        reason_zh=zh,
        reason_en=en,
        source=(row.source if row else "") or version.source,
        since=version.effective_from,
        unverified=confidence in DOUBTFUL,
        confidence=confidence,
    )
