"""The door of the room: states, ways, views, refusals. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from counterpoint.kit.data import Malformed, NotAllowed, NotFound, Refusal


class LetterState(StrEnum):
    """How far a letter has come."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GATHERED = "gathered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    UNADDRESSED = "unaddressed"
    WITHDRAWN = "withdrawn"


#: What needs a person: nobody sends these again by themselves.
TROUBLED = (LetterState.FAILED, LetterState.UNCERTAIN, LetterState.UNADDRESSED)


class Outcome(StrEnum):
    """What became of one attempt."""

    DELIVERED = "delivered"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNCERTAIN = "uncertain"


class Way(StrEnum):
    """How somebody wants letters of a kind."""

    AT_ONCE = "at_once"
    DIGEST = "digest"


class BotKind(StrEnum):
    """Whose robot it is."""

    FEISHU = "feishu"
    DINGTALK = "dingtalk"
    WECOM = "wecom"


LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Hours:
    """When letters come 接收时段: between these times of a working day; else they wait."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person has chosen, with the bank's rule where nothing was chosen."""

    language: str
    hours: Hours
    ways: dict[str, Way]


@dataclass(frozen=True, slots=True)
class MailAddress:
    """Where a person's letters go; ``wanted`` is another one that waits to be verified."""

    person: int
    email: str
    source: str
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What an attempt brought: the outcome, and the other side's words."""

    outcome: Outcome
    words: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A letter in a list: to whom, about what, and how far it has come."""

    id: int
    to: str
    person: int | None
    subject: str
    kind: str
    state: LetterState
    posted: datetime
    due: datetime
    tries: int
    words: str
    digest: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of letters."""

    lines: tuple[Line, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How the post stands: what waits and failed, and whether the server answers."""

    waiting: int
    troubled: int
    down_since: datetime | None
    words: str
    configured: bool


@dataclass(frozen=True, slots=True)
class Bot:
    """A robot of a group chat as others see it: never with its address."""

    id: int
    kind: BotKind
    branch: int
    name: str
    language: str
    kinds: tuple[str, ...]
    on: bool
    failures: int
    words: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail as the test server has it."""

    name: str
    to: str
    subject: str
    at: datetime | None
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""

    @property
    def stem(self) -> str:
        return self.name.removesuffix(".eml")


class LetterMalformed(Malformed):
    """A letter, an address or a robot cannot be like this."""

    code = "mail_malformed"


class NoConsent(NotAllowed):
    """Nobody outside is written to who has not agreed."""

    code = "mail_no_consent"


class UnknownLetter(NotFound):
    """There is no such letter, address or robot."""

    code = "mail_unknown"


class NothingToRetry(Refusal):
    """The letter is on its way, or was sent."""

    code = "mail_state"


class BotRefused(Malformed):
    """The address of a robot is not one to which the bank sends."""

    code = "bot_refused"


class LineDown(Exception):
    """The mail server does not answer, or does not let us in; no letter was touched."""


class Unsendable(Exception):
    """A letter that cannot become a mail: a forged header, a missing template."""
