"""The door of the lobby, suggestions 开窗建议: what a room above proposes for a window. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from counterpoint.kit.data import AlreadyDone, NotFound


class SuggestionState(StrEnum):
    """How a suggestion stands 建议状态."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    #: Nobody answered in time, or it no longer fits what the branch is like.
    LAPSED = "lapsed"
    #: It was accepted, its time is over, and the window serves what it did before.
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a desk: these services, from when until when, and what it changes.

    Waits are seconds; ``gain_low`` and ``gain_high`` bound how much the mean wait is shortened, at 95 %.
    """

    desk: int
    services: tuple[str, ...]
    since: datetime
    until: datetime
    p90_before: int
    p90_after: int
    gain_low: int
    gain_high: int
    #: How many futures were played through.
    runs: int


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion for a window 开窗建议."""

    id: int
    branch: int
    desk: int
    desk_number: str
    services: tuple[str, ...]
    since: datetime
    until: datetime
    p90_before: int
    p90_after: int
    gain_low: int
    gain_high: int
    runs: int
    state: SuggestionState
    suggested_at: datetime
    expires: datetime
    #: What the window served when the suggestion was accepted; none: it was closed.
    before: tuple[str, ...] = ()


class UnknownSuggestion(NotFound):
    code = "suggestion_unknown"


class SuggestionEnded(AlreadyDone):
    """Somebody answered it already, or its time is over 建议已失效."""

    code = "suggestion_ended"
