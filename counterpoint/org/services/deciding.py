"""Asking the rules 规则判定."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from counterpoint.kit.data import Why
from counterpoint.org import queries, rulebook, rules
from counterpoint.org.data import RuleDecision, RuleMalformed


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


def why(*, key: str, at: date, remedy: str = "", helper: str = "") -> Why:
    """The rule behind a refusal, in words 规则依据: what people call it, its source, since when it holds."""
    version = rules.in_force(rulebook.book().table(key), at)
    since = version.effective_from.isoformat() if version.effective_from else ""
    return Why(rule=rulebook.title(key), source=version.source, since=since, remedy=remedy, helper=helper)


def decide_with(*, version: int, facts: Mapping[str, Any], at: date) -> RuleDecision:
    """What one version, a draft too, would say: the page where a rule is tried 试算."""
    found = rulebook.version(version)
    return rules.apply(found.table, found.rule, facts, at, language=queries.language())
