"""The door of the room: kinds, classes, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from counterpoint.kit.data import AlreadyDone, Malformed, NotAllowed, NotFound, Refusal


class Kind(StrEnum):
    """Who talks in a channel, and who decides that."""

    DIRECT = "direct"
    GROUP = "group"
    BRANCH = "branch"
    THREAD = "thread"


class SubjectKind(StrEnum):
    """What a thread is about; whoever may see that may read it."""

    VISIT = "visit"
    CASE = "case"
    REQUEST = "request"
    NOTICE = "notice"


class Retention(StrEnum):
    """For how long messages are kept 保存类别; the days of each class are a dated rule."""

    PERSONAL = "personal"
    WORK = "work"
    RECORD = "record"


class Sign(StrEnum):
    """A reaction 回应: a word, not a picture."""

    SEEN = "seen"
    THANKS = "thanks"
    AGREED = "agreed"
    DONE = "done"
    QUESTION = "question"


class Presence(StrEnum):
    """Where somebody is 在岗状态."""

    SERVING = "serving"
    HERE = "here"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Subject:
    """A visit, a case, a request or a notice, as its own room lets this person know of it."""

    kind: SubjectKind
    id: int
    title: str
    branch: int
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a channel: since when, and up to which message they have read."""

    person: int
    name: str
    at: datetime
    read: int


@dataclass(frozen=True, slots=True)
class Line:
    """A channel in the list: what was said last is already masked."""

    id: int
    kind: Kind
    title: str
    subject: SubjectKind | None
    subject_id: int | None
    partner: int | None
    unread: int
    named: bool
    at: datetime | None
    author: str
    text: str
    withdrawn: bool
    left: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of the list."""

    lines: tuple[Line, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as one of its readers sees it. ``writes``: may still say something in it."""

    id: int
    kind: Kind
    title: str
    branch: int
    owner: int | None
    partner: int | None
    subject: SubjectKind | None
    subject_id: int | None
    retention: Retention
    writes: bool
    read: int
    left: datetime | None
    held: bool

    @property
    def address(self) -> str:
        """What pages that show it listen to."""
        return f"talk:{self.subject}:{self.subject_id}" if self.subject else f"talk:{self.id}"


@dataclass(frozen=True, slots=True)
class Quote:
    """The message to which another answers."""

    id: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """How many gave a sign, who, and whether I did."""

    sign: Sign
    people: tuple[str, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper that came with a message."""

    paper: int
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a reader sees it: its numbers masked, or gone from sight when it was withdrawn."""

    id: int
    channel: int
    author: int
    name: str
    at: datetime
    text: str
    urgent: bool
    masked: bool
    edited: datetime | None
    withdrawn: datetime | None
    quote: Quote | None
    mentioned: tuple[tuple[int, str], ...]
    reactions: tuple[Reaction, ...]
    papers: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Messages:
    """One page of a channel, the oldest first. ``older``: before which message there are more."""

    messages: tuple[Message, ...]
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who had read a message, and when first 已读回执; ``None``: not yet."""

    person: int
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Worded:
    """How a message was worded at a time 历次文本, masked."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A message that a search found, with where."""

    channel: int
    channel_title: str
    message: int
    author: str
    at: datetime
    excerpt: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of what a search found."""

    found: tuple[Found, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class HoldView:
    """A legal hold 法律保留: nothing of the channel is purged while it stands."""

    id: int
    channel: int
    title: str
    reason: str
    placed: datetime
    placed_name: str
    ended: datetime | None
    ended_name: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as who examines the bank sees it: who talks, not what is said."""

    channel: int
    kind: Kind
    title: str
    retention: Retention
    held: bool


@dataclass(frozen=True, slots=True)
class News:
    """A new message that is worth a short notice on the screen 提示."""

    message: int
    channel: int
    author: str
    text: str
    urgent: bool


class UnknownChannel(NotFound):
    """There is no such channel, or none for this person."""

    code = "unknown_channel"


class UnknownMessage(NotFound):
    """There is no such message, or none for this person."""

    code = "unknown_message"


class TalkMalformed(Malformed):
    """What was written or chosen cannot be taken like this."""

    code = "talk_malformed"


class NotWriting(NotAllowed):
    """The person reads here, but does not write."""

    code = "talk_not_writing"


class NotTheOwner(NotAllowed):
    """Only who owns the group, or who wrote the message, does this."""

    code = "talk_not_the_owner"


class TooManyMessages(Refusal):
    """More was sent in a short time than one person may."""

    code = "talk_too_many"
    status = 429


class TooLate(Refusal):
    """The time in which this could be done is over."""

    code = "talk_too_late"


class KeyReused(Refusal):
    """The same key came with another message."""

    code = "talk_key_reused"


class GroupFull(Refusal):
    """No more people fit into the group."""

    code = "talk_group_full"


class HeldAlready(AlreadyDone):
    """The channel is held already, or is not held."""

    code = "talk_hold"


class GoneAlready(AlreadyDone):
    """The message was withdrawn already."""

    code = "talk_withdrawn"
