"""The door of approvals. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from counterpoint.approvals.data_refusals import *  # noqa: F403


class Mode(StrEnum):
    """Where an approver decides 授权方式."""

    SITE = "site"
    """At the maker's desk, by password or code 现场授权."""
    BRANCH = "branch"
    """At the approval desk, by somebody of the maker's branch 网点授权."""
    REMOTE = "remote"
    """At the approval desk, by somebody of the authorization centre 集中授权."""


class RequestState(StrEnum):
    """How a request stands. All but the first are ends."""

    OPEN = "open"
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class MarkKind(StrEnum):
    """What a request's clock has done to it."""

    ESCALATED = "escalated"
    FELL_BACK = "fell_back"


class InterestKind(StrEnum):
    """How a member of staff and a customer belong together 利益关系."""

    SELF = "self"
    RELATIVE = "relative"
    BUSINESS = "business"


class ConflictKind(StrEnum):
    """Why somebody may not decide a request 回避."""

    MAKER = "maker"
    MAKERS_POWER = "makers_power"
    OWN_ACCOUNT = "own_account"
    RELATED = "related"
    OWN_BRANCH = "own_branch"
    RECUSED = "recused"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: ``count`` different people with ``duty``, deciding in ``mode``.

    ``unanimous``: everybody who was on duty for it when the request was made, and at least ``count``.
    """

    mode: Mode
    duty: str
    count: int = 1
    unanimous: bool = False
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who must agree 授权要求: any one of ``paths``; of a path every step, in order if ``ordered``."""

    paths: tuple[tuple[Step, ...], ...]
    ordered: bool = False
    step_up: bool = False
    rekey: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    not_own_branch: bool = False
    expires_seconds: int = 1800
    fallback_seconds: int | None = None
    escalate_seconds: int | None = None

    @property
    def people(self) -> int:
        """The fewest people with whom it can be met."""
        return min((sum(step.count for step in path) for path in self.paths), default=0)

    def duty_in(self, mode: Mode) -> str:
        """The duty of who decides in this way; where nobody does, of who decides at all."""
        steps = [step for path in self.paths for step in path]
        return next((step.duty for step in steps if step.mode is mode), steps[0].duty)

    @property
    def modes(self) -> frozenset[Mode]:
        return frozenset(step.mode for path in self.paths for step in path)


@dataclass(frozen=True, slots=True)
class Vote:
    """One approval as the requirement counts it."""

    person: int
    duties: frozenset[str]
    mode: Mode
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a requirement is met: the steps of the nearest path with how many each still lacks."""

    met: bool
    path: int
    open_steps: tuple[tuple[Step, int], ...]

    @property
    def missing(self) -> int:
        return sum(lack for _step, lack in self.open_steps)

    def next_steps(self, *, ordered: bool) -> tuple[Step, ...]:
        """The steps that wait for somebody now."""
        steps = tuple(step for step, _lack in self.open_steps)
        return steps[:1] if ordered else steps


@dataclass(frozen=True, slots=True)
class Approval:
    """One grant 授权: of this payload (by hash), by this person, until this moment."""

    id: int
    payload_hash: str
    rule: str
    reason: str
    maker: int
    approver: int
    branch: int
    at: datetime
    expires: datetime
    used: bool
    duty: str = "authorize"
    mode: Mode = Mode.SITE
    request: int | None = None
    skill: str = ""

    @property
    def vote(self) -> Vote:
        return Vote(self.approver, frozenset({self.duty}), self.mode, frozenset({self.skill} - {""}))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the rendered form 业务凭证要素, in both languages; ``before`` where the record says else.

    ``key`` names the payload's value where a blind re-keying may ask for it. ``kind`` is how it is drawn:
    text, money (``value`` in minor units of ``currency``), account, party, faces.
    """

    zh: str
    en: str
    value: Any
    kind: str = "text"
    key: str = ""
    before: Any = None
    currency: str = ""
    #: The words in English, where ``value`` is words that differ by language.
    en_value: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why approval is needed, in words: the rule's row with its source and date."""

    rule: str
    version: int
    zh: str
    en: str
    source: str = ""
    since: str = ""
    unverified: bool = False

    def words(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be approved 授权事项: neutral words of a room above.

    ``subject`` is the thing itself (``quote:12``), ``link`` opens it; ``parties`` and ``accounts`` are
    whom and what it concerns; ``rekey`` holds the true values for blind re-keying by key. For ``recused``
    members of staff the request does not exist.
    """

    kind: str
    subject: str
    title_zh: str
    title_en: str
    branch: int
    payload: dict[str, Any]
    payload_hash: str
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]
    rule: tuple[str, int]
    requirement: Requirement
    desk: int | None = None
    amount: int | None = None
    currency: str = ""
    parties: tuple[int, ...] = ()
    accounts: tuple[int, ...] = ()
    rekey: dict[str, str] = field(default_factory=dict)
    correlation: UUID | None = None
    recused: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has taken a request up 认领."""

    person: int
    at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """How a request ended, by whom and why."""

    state: RequestState
    person: int | None
    at: datetime
    reason: str = ""
    words: str = ""


def request_number(id: int) -> str:
    """How people call a request 授权申请号."""
    return f"SQ{id:06d}"


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request 授权申请 as everybody sees it who may."""

    id: int
    kind: str
    subject: str
    title_zh: str
    title_en: str
    branch: int
    desk: int | None
    maker: int
    at: datetime
    expires: datetime
    fallback_at: datetime | None
    escalate_at: datetime | None
    amount: int | None
    currency: str
    payload_hash: str
    signed_hash: str
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]
    requirement: Requirement
    parties: tuple[int, ...]
    accounts: tuple[int, ...]
    papers: tuple[int, ...]
    note: str
    follows: int | None
    correlation: UUID | None
    claim: Claim | None
    end: End | None
    approvals: tuple[Approval, ...]
    marks: frozenset[MarkKind]
    eligible: int = 0
    recused: frozenset[int] = frozenset()

    @property
    def number(self) -> str:
        """How people name it 申请号."""
        return request_number(self.id)

    @property
    def state(self) -> RequestState:
        return self.end.state if self.end else RequestState.OPEN

    @property
    def open(self) -> bool:
        return self.end is None

    def title(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a waiting maker is told: place in the queue, people there, and seconds to a decision."""

    ahead: int
    approvers: int
    seconds: int | None
    fallback_at: datetime | None


@dataclass(frozen=True, slots=True)
class Interest:
    """A declared relation of staff to a customer 利益关系申报."""

    id: int
    person: int
    party: int
    kind: InterestKind
    at: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class OnDuty:
    """An approver at the approval desk 在岗: since when, what is claimed, what was decided today."""

    person: int
    name: str
    since: datetime
    busy: int
    decided: int
    here: bool
