"""Reading rules 规则查询: the book of approved versions, remembered, and the lists of the screens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from counterpoint.org import queries
from counterpoint.org.data import Confidence, RuleStatus, UnknownRule
from counterpoint.org.models import RuleChange, RuleTable, RuleVersion
from counterpoint.org.rules import Table, Version, parse


@dataclass(frozen=True, slots=True)
class Book:
    """Every rule with its approved versions."""

    tables: dict[str, Table]

    def table(self, key: str) -> Table:
        found = self.tables.get(key)
        if found is None:
            raise UnknownRule(f"no rule {key!r} is in the book", table=key)
        return found


@dataclass(frozen=True, slots=True)
class StatusView:
    """A line of the history of a version."""

    status: RuleStatus
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a rule with all that is known about it 规则版本."""

    id: int
    table: str
    number: int
    status: RuleStatus
    effective_from: date | None
    effective_to: date | None
    source: str
    scope: str
    owner: str
    confidence: Confidence
    note: str
    shipped: bool
    drafted_at: datetime
    drafted_by: str
    approved_at: datetime | None
    approved_by: str | None
    body: dict[str, Any]
    rule: Version

    def in_force(self, day: date) -> bool:
        return self.status is RuleStatus.APPROVED and self.rule.holds_on(day)


@dataclass(frozen=True, slots=True)
class TableView:
    """A rule as the list shows it: the version in force today, and how many drafts wait."""

    key: str
    title: str
    chapter: str
    reference: str
    current: VersionView | None
    drafts: int
    versions: tuple[VersionView, ...]


def read(row: RuleVersion) -> Version:
    """The row as a checked version."""
    return parse(
        row.body,
        number=row.number,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        source=row.source,
        confidence=row.confidence,
    )


def _tables(rows: Iterable[RuleVersion]) -> dict[str, Table]:
    found: dict[str, list[Version]] = {}
    for row in rows:
        found.setdefault(row.table_id, []).append(read(row))
    return {key: Table(key, tuple(versions)) for key, versions in found.items()}


def _make() -> Book:
    rows = RuleVersion.objects.filter(status=RuleStatus.APPROVED).order_by("table_id", "number")
    return Book(_tables(rows))


_book = queries.Remembered(_make)
_held: ContextVar[Book | None] = ContextVar("held_book", default=None)


def book() -> Book:
    """The approved rules as they are now: one cheap look at the stamp, unless a book is held."""
    return _held.get() or _book.get(queries.stamp())


@contextmanager
def held() -> Iterator[Book]:
    """One book for the length of the block: many decisions under the same rules, one look at the stamp."""
    if (outer := _held.get()) is not None:
        yield outer
        return
    token = _held.set(_book.get(queries.stamp()))
    try:
        yield _held.get()  # type: ignore[misc]
    finally:
        _held.reset(token)


def version_view(row: RuleVersion) -> VersionView:
    return VersionView(
        id=row.pk,
        table=row.table_id,
        number=row.number,
        status=RuleStatus(row.status),
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        source=row.source,
        scope=row.scope,
        owner=row.owner,
        confidence=Confidence(row.confidence),
        note=queries.in_words(row.note_zh, row.note_en),
        shipped=row.shipped,
        drafted_at=row.drafted_at,
        drafted_by=row.drafted_by,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        body=row.body,
        rule=read(row),
    )


def version(version: int) -> VersionView:
    """One version by its id."""
    row = RuleVersion.objects.filter(pk=version).first()
    if row is None:
        raise UnknownRule(f"no rule version {version}", version=version)
    return version_view(row)


def _view(row: RuleTable, versions: list[VersionView], day: date) -> TableView:
    return TableView(
        key=row.key,
        title=queries.in_words(row.title_zh, row.title_en),
        chapter=row.chapter,
        reference=row.reference,
        current=next((one for one in versions if one.in_force(day)), None),
        drafts=sum(one.status is RuleStatus.DRAFT for one in versions),
        versions=tuple(versions),
    )


def title(key: str) -> str:
    """What people call a rule 规则名称; never its key."""
    row = RuleTable.objects.filter(pk=key).first()
    return queries.in_words(row.title_zh, row.title_en) if row else ""


def tables(day: date) -> list[TableView]:
    """Every rule, by chapter, as of ``day``."""
    versions: dict[str, list[VersionView]] = {}
    for row in RuleVersion.objects.order_by("-number"):
        versions.setdefault(row.table_id, []).append(version_view(row))
    rows = RuleTable.objects.order_by("chapter", "key")
    return [_view(row, versions.get(row.key, []), day) for row in rows]


def table(key: str, day: date) -> TableView:
    """One rule with its versions, the newest first."""
    row = RuleTable.objects.filter(key=key).first()
    if row is None:
        raise UnknownRule(f"no rule {key!r}", table=key)
    rows = RuleVersion.objects.filter(table=row).order_by("-number")
    return _view(row, [version_view(one) for one in rows], day)


def statuses(key: str) -> dict[int, list[StatusView]]:
    """What became of every version of a rule, by the version's id."""
    found: dict[int, list[StatusView]] = {}
    for row in RuleChange.objects.filter(version__table=key).order_by("id"):
        found.setdefault(row.version_id, []).append(
            StatusView(RuleStatus(row.status), row.at, row.by, row.note)
        )
    return found
