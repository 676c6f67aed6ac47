"""What a changed rule would have decided 规则回放 on entries that were made under another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from counterpoint.kit.data import Malformed, Refusal
from counterpoint.org import queries, rulebook, rules
from counterpoint.org.data import FactSource, NoFactSource, RecordedFacts, ReplayChange, ReplayResult
from counterpoint.org.rules import Table, Version

_sources: dict[str, FactSource] = {}
#: Failures that are told one by one; the rest are counted.
FAILURES_SHOWN = 20
LONGEST_PAGE = 1000


def register_fact_source(table: str, source: FactSource) -> None:
    """Say how the past entries that ``table`` decided are found. The room that asks the rule does."""
    _sources[table] = source


def fact_sources() -> list[str]:
    """The tables that can be replayed."""
    return sorted(_sources)


def replay(
    *,
    version: int,
    since: date,
    until: date,
    offset: int = 0,
    limit: int = 50,
    source: FactSource | None = None,
) -> ReplayResult:
    """Decide the entries of ``since`` to ``until`` (both included) again under ``version``, draft or not.

    What was recorded then counts as *before*; an entry without a record is decided by the version
    that was in force on its day. Nothing is changed.
    """
    if until < since or offset < 0 or not 0 < limit <= LONGEST_PAGE:
        raise Malformed("the stretch of days or the page is impossible")
    chosen = rulebook.version(version)
    found = source or _sources.get(chosen.table)
    if found is None:
        raise NoFactSource(f"nobody gives past entries for {chosen.table}", table=chosen.table)
    book = rulebook.book().tables.get(chosen.table) or Table(chosen.table, ())
    language = queries.language()
    entries = changed = failed = 0
    page: list[ReplayChange] = []
    failures: list[str] = []
    for one in found(since, until):
        entries += 1
        try:
            change = _compare(book, chosen.rule, one, language)
        except Refusal as refusal:
            failed += 1
            if len(failures) < FAILURES_SHOWN:
                failures.append(f"{one.entry}: {refusal}")
            continue
        if change is not None:
            if offset <= changed < offset + limit:
                page.append(change)
            changed += 1
    return ReplayResult(
        table=chosen.table, version=chosen.number, since=since, until=until,
        entries=entries, changed=changed, failed=failed, changes=tuple(page),
        next=offset + limit if offset + limit < changed else None, failures=tuple(failures),
    )  # fmt: skip


def _before(book: Table, one: RecordedFacts, language: str) -> Mapping[str, Any]:
    if one.outcome is not None:
        return one.outcome
    return rules.evaluate(book, one.facts, one.at, language=language).outcome


def _compare(book: Table, version: Version, one: RecordedFacts, language: str) -> ReplayChange | None:
    before = dict(_before(book, one, language))
    decision = rules.apply(book.key, version, one.facts, one.at, language=language)
    if decision.outcome == before:
        return None
    reason = ("；" if language == "zh" else "; ").join(hit.reason for hit in decision.hits)
    return ReplayChange(one.entry, one.at, dict(one.facts), before, decision.outcome, reason)
