"""Pure decisions about rights. No clock, no database; the words are put on in the services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role, or (``duty``) one delegated duty, at a branch from one day to another, both included."""

    role: str
    branch: int
    valid_from: date
    valid_until: date | None = None
    duty: str = ""

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
class Delegated:
    """The duty in question, delegated by somebody else 转授, with what is known about that giver."""

    giver: int
    term: Assignment
    facts: Facts


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one person and one duty at one moment."""

    known: bool = True
    suspended: Bar | None = None
    assignments: tuple[Assignment, ...] = ()
    roles_with_duty: frozenset[str] = frozenset()
    bars: tuple[Bar, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    delegations: tuple[Delegated, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and what it rests on: a role of the person's own, or else a delegation."""

    verdict: Verdict
    assignment: Assignment | None = None
    delegation: Delegated | None = None
    bar: Bar | None = None
    requirement: Requirement | None = None
    extra: dict[str, str] = field(default_factory=dict)


def judge(facts: Facts, *, branch: int, on: date) -> Judgement:
    """May the person of ``facts`` do the duty of ``facts`` at ``branch`` on this day?

    A role gives, or a delegation by somebody who has the duty by a role; everything else only takes
    away: a restriction wins over any role, and so does a qualification that is missing or has lapsed.
    """
    if not facts.known:
        return Judgement(Verdict.UNKNOWN)
    if facts.suspended is not None:
        return Judgement(Verdict.SUSPENDED, bar=facts.suspended)
    fitting = [a for a in facts.assignments if a.role in facts.roles_with_duty]
    here = [a for a in fitting if a.covers(branch)]
    own = next((a for a in here if a.holds_on(on)), None)
    behalf = None if own else next(iter(on_behalf(facts, branch=branch, on=on)), None)
    if own is None and behalf is None:
        asleep = next((d for d in facts.delegations if _lasts(d, branch, on)), None)
        return Judgement(Verdict.ASLEEP, delegation=asleep) if asleep else _why_no_role(fitting, here, on)
    if facts.bars:
        return Judgement(Verdict.RESTRICTED, own, behalf, bar=facts.bars[0])
    for requirement in facts.requirements:
        if not requirement.held:
            verdict = Verdict.LAPSED if requirement.lapsed_on else Verdict.UNQUALIFIED
            return Judgement(verdict, own, behalf, requirement=requirement)
    return Judgement(Verdict.ALLOWED, own, behalf)


def on_behalf(facts: Facts, *, branch: int, on: date) -> list[Delegated]:
    """The delegations in force whose giver has the duty, by a role of the giver's own, on this day."""
    return [d for d in facts.delegations if _lasts(d, branch, on) and awake(d, branch=branch, on=on)]


def awake(delegated: Delegated, *, branch: int, on: date) -> bool:
    """Does the giver still have the duty? Never by delegation: what was delegated is not passed on."""
    own = replace(delegated.facts, delegations=())
    return judge(own, branch=branch, on=on).verdict is Verdict.ALLOWED


def _lasts(delegated: Delegated, branch: int, on: date) -> bool:
    return delegated.term.covers(branch) and delegated.term.holds_on(on)


def rests_on(facts: Facts, *, branch: int, on: date) -> tuple[Assignment | None, list[Delegated]]:
    """The own role and all the delegations on which a right rests; nothing where there is no right."""
    judgement = judge(facts, branch=branch, on=on)
    if judgement.verdict is not Verdict.ALLOWED:
        return None, []
    return judgement.assignment, on_behalf(facts, branch=branch, on=on)


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
    mine = _duties_in(new, duties)
    for old in held:
        if not overlap(new, old):
            continue
        theirs = _duties_in(old, duties)
        for one, other in pairs:
            if one in mine and other in theirs:
                return one, other, old
            if other in mine and one in theirs:
                return other, one, old
    return None


def _duties_in(held: Assignment, duties: dict[str, frozenset[Duty]]) -> frozenset[Duty]:
    return frozenset({Duty(held.duty)}) if held.duty else duties.get(held.role, frozenset())


def needs_second_factor(duties: Iterable[Duty], guarded: frozenset[Duty]) -> bool:
    """Does anybody with these duties have to carry a second factor?"""
    return any(duty in guarded for duty in duties)
