"""The door of the kit: the values every room shares. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


class ActorKind(StrEnum):
    PERSON = "person"
    MACHINE = "machine"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something 操作人: the ``by=`` of every verb.

    ``branch`` and ``desk`` say where the actor works now; ``None`` where that has no meaning.
    """

    kind: ActorKind
    id: int
    name: str
    branch: int | None = None
    desk: int | None = None

    @property
    def key(self) -> str:
        """The name under which events record the actor, such as ``person:12``."""
        return f"{self.kind}:{self.id}"


SYSTEM = Actor(kind=ActorKind.SYSTEM, id=0, name="Counterpoint")


@dataclass(frozen=True, slots=True)
class Why:
    """What stands behind a refusal: the rule, since when it holds, what would help, who can help."""

    rule: str = ""
    source: str = ""
    since: str = ""
    remedy: str = ""
    helper: str = ""


class Refusal(Exception):
    """Something is not possible, and the reason is known 拒绝.

    ``code`` is stable and belongs to the API; ``message`` is what a person reads (may be lazy);
    ``why`` carries the other lines of the refusal. ``status`` is the HTTP status that fits.
    Sub-classes set ``code`` and ``status``.
    """

    code = "refused"
    status = 409

    def __init__(self, message: object, *, why: Why | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.why = why or Why()
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class Malformed(Refusal):
    """The input itself is wrong: a field, a type, an encoding."""

    code = "malformed"
    status = 422


class NotAllowed(Refusal):
    """The actor lacks the right."""

    code = "not_allowed"
    status = 403


class NotFound(Refusal):
    """There is no such thing, or none that the actor may know of."""

    code = "not_found"
    status = 404


class AlreadyDone(Refusal):
    """The thing is already in the wished state: said aloud rather than passed over."""

    code = "already_done"


class OutcomeUnknown(Refusal):
    """The line broke before the answer came. The same key, sent again, tells what happened 状态未知."""

    code = "outcome_unknown"
    status = 503


@dataclass(frozen=True, slots=True)
class Told:
    """What a verb says about itself, to become its event row."""

    subject: str
    branch: int
    data: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    channels: tuple[str, ...] = ()
    #: What pages that show this very thing listen to (``signal:request:17``), if they hear a channel.
    about: str = ""
    correlation: UUID | None = None
    business_date: Any = None
