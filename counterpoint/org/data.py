"""The door of org: what other rooms see of branches, days and dated rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal
from counterpoint.org.data_closing import *  # noqa: F403
from counterpoint.org.data_papers import *  # noqa: F403


class UnitKind(StrEnum):
    BANK = "bank"
    REGION = "region"
    BRANCH = "branch"


class Equipment(StrEnum):
    """What a desk has 柜台设备."""

    CASH = "cash"
    RECYCLER = "recycler"
    NOTE_COUNTER = "note_counter"
    ID_READER = "id_reader"
    SCANNER = "scanner"
    PRINTER = "printer"
    PINPAD = "pinpad"
    ACCESSIBLE = "accessible"


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


class Confidence(StrEnum):
    """How well a rule's value is known 可信度."""

    CONFIRMED = "confirmed"
    SECONDARY = "secondary"
    QUESTION_BANK = "question_bank"
    UNVERIFIED = "unverified"
    BANK_SAMPLE = "bank_sample"


class RuleStatus(StrEnum):
    """What became of a rule version 规则版本状态."""

    DRAFT = "draft"
    APPROVED = "approved"
    REFUSED = "refused"
    RETIRED = "retired"


class HitPolicy(StrEnum):
    """``first``: the first row that fits decides. ``collect``: all that fit are merged."""

    FIRST = "first"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit of the bank 机构."""

    id: int
    kind: UnitKind
    code: str
    name_zh: str
    name_en: str
    name: str
    address: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch 网点. ``name`` is in the reader's language."""

    id: int
    code: str
    name_zh: str
    name_en: str
    name: str
    address: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class DeskView:
    """A desk 柜台. ``holder`` is the person who works at it now."""

    id: int
    branch: int
    number: str
    name: str
    equipment: frozenset[Equipment]
    active: bool
    holder: int | None


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """A branch's business date 营业日期, and whether postings on it are taken."""

    branch: int
    date: date
    open: bool


@dataclass(frozen=True, slots=True)
class DayChange:
    """A line of the history of business days: opened or closed, when, by whom."""

    date: date
    opened: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A day that differs from its weekday 节假日与调休."""

    date: date
    kind: DayKind
    name_zh: str
    name_en: str
    name: str
    source: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of a rule that fits, and why, in words 命中规则.

    ``reason`` is in the reader's language; both are kept for the record. ``since`` is ``None``
    where the beginning is not known.
    """

    rule_key: str
    version: int
    row: int
    reason: str
    reason_zh: str
    reason_en: str
    source: str
    since: date | None
    unverified: bool
    confidence: Confidence

    def as_data(self) -> dict[str, Any]:
        """What an event or a quote keeps of it."""
        return {
            "rule": self.rule_key,
            "version": self.version,
            "row": self.row,
            "reason_zh": self.reason_zh,
            "reason_en": self.reason_en,
            "source": self.source,
            "since": self.since.isoformat() if self.since else None,
            "unverified": self.unverified,
        }


@dataclass(frozen=True, slots=True)
class RuleDecision:
    """What a rule table says about some facts on a day 规则结论, under which version."""

    table: str
    version: int
    at: date
    outcome: dict[str, Any]
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """A past entry as a fact source gives it: what was asked then and what was decided."""

    entry: int
    at: date
    facts: Mapping[str, Any]
    outcome: Mapping[str, Any] | None = None


class FactSource(Protocol):
    """Gives the past entries a table decided, oldest first, both days included."""

    def __call__(self, since: date, until: date, /) -> Iterator[RecordedFacts]: ...


@dataclass(frozen=True, slots=True)
class ReplayChange:
    """An entry that a changed rule would have decided otherwise."""

    entry: int
    at: date
    facts: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a rule version would have decided on past entries 规则回放."""

    table: str
    version: int
    since: date
    until: date
    entries: int
    changed: int
    failed: int
    changes: tuple[ReplayChange, ...]
    next: int | None
    failures: tuple[str, ...] = field(default=())


class UnknownBranch(NotFound):
    code = "unknown_branch"


class UnknownDesk(NotFound):
    code = "unknown_desk"


class CodeTaken(Refusal):
    code = "code_taken"


class DeskTaken(Refusal):
    code = "desk_taken"


class DeskClosed(Refusal):
    code = "desk_closed"


class HasDesk(Refusal):
    """The person works at another desk already."""

    code = "has_desk"


class DeskNotHeld(Refusal):
    code = "desk_not_held"


class WrongBranch(NotAllowed):
    code = "wrong_branch"


class DayAlreadyOpen(AlreadyDone):
    code = "day_already_open"


class DayNotOpen(Refusal):
    code = "day_not_open"


class DateNotAllowed(Refusal):
    """A business date that is past, too far ahead or no working day."""

    code = "date_not_allowed"


class UnknownRule(NotFound):
    code = "unknown_rule"


class NoRuleInForce(Refusal):
    """The table has no approved version for that day."""

    code = "no_rule_in_force"


class OverlappingVersions(Refusal):
    """Two versions of one table would hold on the same day."""

    code = "rule_versions_overlap"


class RuleMalformed(Malformed):
    """The rule itself cannot be read: an unknown input, operator, type or outcome."""

    code = "rule_malformed"


class UnknownFact(Malformed):
    code = "unknown_fact"


class MissingFact(Malformed):
    code = "missing_fact"


class WrongFactType(Malformed):
    code = "wrong_fact_type"


class AuthorMayNotApprove(NotAllowed):
    """Whoever drafted a rule never approves it, whatever else that person may do."""

    code = "author_may_not_approve"


class NotADraft(Refusal):
    code = "not_a_draft"


class NotInForce(Refusal):
    code = "rule_not_in_force"


class Backdated(Refusal):
    """A rule never changes what was decided on a day gone by."""

    code = "rule_backdated"


class NoFactSource(Refusal):
    """No room has said how to find the past entries of this table."""

    code = "no_fact_source"
