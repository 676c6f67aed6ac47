"""Pure decisions about rights. No clock, no database; the words are put on in the services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from counterpoint.people.data import WHOLE_BANK, Duty


class Verdict(StrEnum):
    ALLOWED = "allowed"
    UNKNOWN = "unknown"
    SUSPENDED = "suspended"
    NO_ROLE = "no_role"
    ELSEWHERE = "elsewhere"
    LATER = "later"
    ENDED = "ended"
    RESTRICTED = "restricted"
    UNQUALIFIED = "unqualified"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role held at a branch from one day to another, both included."""

    role: str
    branch: int
    valid_from: date
    valid_until: date | None = None

    def covers(self, branch: int) -> bool:
        return self.branch in (WHOLE_BANK, branch)

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Bar:
    """A restriction in force: why, by which source, since when, until when."""

    reason: str
    source: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """A qualification that the duty needs, and whether the person has it."""

    kind: str
    source: str
    since: str
    held: bool
    lapsed_on: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one person and one duty at one moment."""

    known: bool = True
    suspended: Bar | None = None
    assignments: tuple[Assignment, ...] = ()
    roles_with_duty: frozenset[str] = frozenset()
    bars: tuple[Bar, ...] = ()
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and what it rests on."""

    verdict: Verdict
    assignment: Assignment | None = None
    bar: Bar | None = None
    requirement: Requirement | None = None
    extra: dict[str, str] = field(default_factory=dict)


def judge(facts: Facts, *, branch: int, on: date) -> Judgement:
    """May the person of ``facts`` do the duty of ``facts`` at ``branch`` on this day?

    A role gives, everything else only takes away: a restriction wins over any role, and so does a
    qualification that is missing or has lapsed.
    """
    if not facts.known:
        return Judgement(Verdict.UNKNOWN)
    if facts.suspended is not None:
        return Judgement(Verdict.SUSPENDED, bar=facts.suspended)
    fitting = [a for a in facts.assignments if a.role in facts.roles_with_duty]
    here = [a for a in fitting if a.covers(branch)]
    now = [a for a in here if a.holds_on(on)]
    if not now:
        return _why_no_role(fitting, here, on)
    if facts.bars:
        return Judgement(Verdict.RESTRICTED, assignment=now[0], bar=facts.bars[0])
    for requirement in facts.requirements:
        if not requirement.held:
            verdict = Verdict.LAPSED if requirement.lapsed_on else Verdict.UNQUALIFIED
            return Judgement(verdict, assignment=now[0], requirement=requirement)
    return Judgement(Verdict.ALLOWED, assignment=now[0])


def _why_no_role(fitting: list[Assignment], here: list[Assignment], on: date) -> Judgement:
    later = [a for a in here if a.valid_from > on]
    if later:
        return Judgement(Verdict.LATER, assignment=min(later, key=lambda a: a.valid_from))
    if here:
        return Judgement(Verdict.ENDED, assignment=max(here, key=lambda a: a.valid_until or date.max))
    elsewhere = [a for a in fitting if a.holds_on(on)]
    if elsewhere:
        return Judgement(Verdict.ELSEWHERE, assignment=elsewhere[0])
    return Judgement(Verdict.NO_ROLE)


def overlap(one: Assignment, other: Assignment) -> bool:
    """Do two assignments hold somewhere on the same day?"""
    places = one.covers(other.branch) or other.covers(one.branch)
    ends = (one.valid_until or date.max, other.valid_until or date.max)
    return places and max(one.valid_from, other.valid_from) <= min(ends)


def conflict(
    new: Assignment,
    held: Iterable[Assignment],
    *,
    duties: dict[str, frozenset[Duty]],
    pairs: Iterable[tuple[Duty, Duty]],
) -> tuple[Duty, Duty, Assignment] | None:
    """The first pair of incompatible duties 不相容岗位 that ``new`` would bring together, if any."""
    pairs = list(pairs)
    mine = duties.get(new.role, frozenset())
    for old in held:
        if not overlap(new, old):
            continue
        theirs = duties.get(old.role, frozenset())
        for one, other in pairs:
            if one in mine and other in theirs:
                return one, other, old
            if other in mine and one in theirs:
                return other, one, old
    return None


def needs_second_factor(duties: Iterable[Duty], guarded: frozenset[Duty]) -> bool:
    """Does anybody with these duties have to carry a second factor?"""
    return any(duty in guarded for duty in duties)
