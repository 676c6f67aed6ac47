"""Asking the rules 规则判定."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from counterpoint.kit.data import Why
from counterpoint.org import queries, rulebook, rules
from counterpoint.org.data import NoRuleInForce, RuleDecision, RuleMalformed, UnknownRule


def decide(*, table: str, facts: Mapping[str, Any], at: date) -> RuleDecision:
    """What the rule ``table`` says about ``facts`` on the day ``at``, and why 判定.

    Never stale: the stamp is looked at each time, unless the caller holds the book.
    """
    return rules.evaluate(rulebook.book().table(table), facts, at, language=queries.language())


def value(*, key: str, at: date) -> Any:
    """The single value of the parameter ``key`` on the day ``at`` 参数取值."""
    version = rules.in_force(rulebook.book().table(key), at)
    if not version.is_value:
        raise RuleMalformed(f"{key} is a table, not a single value")
    return version.value


def decide_if_any(*, table: str, facts: Mapping[str, Any], at: date) -> RuleDecision | None:
    """What the rule says, or ``None`` where the bank has no such rule in force on that day."""
    try:
        return decide(table=table, facts=facts, at=at)
    except (UnknownRule, NoRuleInForce):
        return None


def value_or(otherwise: Any, *, key: str, at: date) -> Any:
    """The single value of the parameter, or ``otherwise`` where the bank has none in force on that day."""
    try:
        return value(key=key, at=at)
    except (UnknownRule, NoRuleInForce):
        return otherwise


def why_if_any(*, key: str, at: date) -> Why | None:
    """The rule behind a refusal in words, or ``None`` where the book has none of this name in force."""
    try:
        return why(key=key, at=at)
    except (UnknownRule, NoRuleInForce):
        return None


def why(*, key: str, at: date, remedy: str = "", helper: str = "") -> Why:
    """The rule behind a refusal, in words 规则依据: what people call it, its source, since when it holds."""
    version = rules.in_force(rulebook.book().table(key), at)
    since = version.effective_from.isoformat() if version.effective_from else ""
    return Why(rule=rulebook.title(key), source=version.source, since=since, remedy=remedy, helper=helper)


def decide_with(*, version: int, facts: Mapping[str, Any], at: date) -> RuleDecision:
    """What one version, a draft too, would say: the page where a rule is tried 试算."""
    found = rulebook.version(version)
    return rules.apply(found.table, found.rule, facts, at, language=queries.language())
