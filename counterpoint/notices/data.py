"""The door of the room: kinds, states, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class Kind(StrEnum):
    """What a notice is about."""

    POLICY = "policy"
    PRODUCT = "product"
    PROCEDURE = "procedure"
    ALERT = "alert"


class VersionState(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class Phase(StrEnum):
    """Where a version stands now: its state, and for a published one what the clock makes of it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SCHEDULED = "scheduled"
    LIVE = "live"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class How(StrEnum):
    """How somebody acknowledged, or came to be a recipient."""

    READ = "read"
    ANSWERED = "answered"
    CARRIED = "carried"
    PUBLISHED = "published"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a notice is 适用范围: everybody; those of some branches and roles; and persons by name.

    Branches and roles narrow each other; no branch is every branch, no role is every role.
    """

    everybody: bool = False
    branches: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()

    @property
    def nobody(self) -> bool:
        return not (self.everybody or self.branches or self.roles or self.people)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    zh: str
    en: str
    right: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a reader 阅读测试: one choice is right; ``why`` explains to who chose another."""

    zh: str
    en: str
    choices: tuple[Choice, ...]
    why_zh: str
    why_en: str

    def is_right(self, choice: int) -> bool:
        return 0 <= choice < len(self.choices) and self.choices[choice].right


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that an author writes."""

    title_zh: str
    text_zh: str
    title_en: str = ""
    text_en: str = ""
    operations: tuple[str, ...] = ()
    audience: Audience = Audience()
    questions: tuple[Question, ...] = ()
    material: bool = True
    effective: datetime | None = None
    expires: datetime | None = None
    papers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a notice as others see it."""

    id: int
    notice: int
    kind: Kind
    number: int
    state: VersionState
    phase: Phase
    draft: Draft
    author: int
    author_name: str
    at: datetime
    published_at: datetime | None
    approver_name: str
    ends: datetime | None
    title: str
    text: str
    edition: int

    @property
    def name(self) -> str:
        return f"N{self.notice:05d}"


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in a list. ``excerpt`` is where a search found its words."""

    id: int
    notice: int
    number: int
    kind: Kind
    phase: Phase
    title: str
    effective: datetime | None
    operations: tuple[str, ...]
    unread: bool
    excerpt: tuple[tuple[str, bool], ...] = ()
    #: The attachment in which the search found its words, where the notice itself has none.
    attachment: str = ""

    @property
    def name(self) -> str:
        return f"N{self.notice:05d}"


@dataclass(frozen=True, slots=True)
class ForMeeting:
    """A notice for the agenda of a meeting: how many of its people it reached, and how many have not read."""

    version: int
    name: str
    title: str
    effective: datetime
    reached: int
    unread: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    lines: tuple[Line, ...]
    more: bool
    fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """A recipient and whether the version was acknowledged."""

    person: int
    number: str
    name: str
    branch: int
    told: datetime
    acknowledged: datetime | None
    reminded: bool
    escalated: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a version's recipients have acknowledged it, and who has not."""

    reached: int
    acknowledged: int
    missing: tuple[Reader, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Barred:
    """A version in force that bars operations for people who have not read it 未阅受限."""

    version: int
    title: str
    operations: tuple[str, ...]
    since: datetime
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a version's history."""

    state: VersionState
    at: datetime
    who: str
    note: str


class UnknownNotice(NotFound):
    """There is no such notice, or none for this person."""

    code = "unknown_notice"


class NoticeMalformed(Malformed):
    """What was written cannot be published like this."""

    code = "notice_malformed"


class InThePast(Malformed):
    """A notice cannot take effect in the past."""

    code = "notice_in_the_past"


class NobodyReached(Malformed):
    """The audience is nobody."""

    code = "notice_for_nobody"


class OwnNotice(NotAllowed):
    """The author does not approve."""

    code = "own_notice"


class WrongState(Refusal):
    """The version is in a state in which this cannot be done."""

    code = "notice_state"


class EditedMeanwhile(Refusal):
    """Somebody changed the draft in the meantime."""

    code = "notice_edited"


class StillOpen(AlreadyDone):
    """A version of this notice is being written already."""

    code = "notice_open"


class QuestionsOpen(Refusal):
    """Not every question was answered right yet."""

    code = "notice_questions"


class UnreadNotice(NotAllowed):
    """An operation is barred until a notice that governs it is acknowledged."""

    code = "unread_notice"


class OverriddenOnce(AlreadyDone):
    """The bar was lifted by a second person once; it is not lifted again."""

    code = "overridden_once"
