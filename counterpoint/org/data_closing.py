"""Opening and closing a branch's day 日始日终: gates, steps, runs. Part of the door; no Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from counterpoint.kit.data import Actor, Refusal


class Phase(StrEnum):
    """``open``: once the date is open. ``close``: before it may end, and at its end."""

    OPEN = "open"
    CLOSE = "close"


class StepStatus(StrEnum):
    """State of a step 步骤状态. ``failed`` is tried again by the next run."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is in the way: in words, and where it is mended."""

    words: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition of the day 日终检查项, asked anew every time.

    ``check(branch, date)`` returns what is in the way, nothing when the gate is open. ``owner`` is the
    duty (``people.data.Duty``) of those who can mend it. One that is not ``blocking`` only warns; where
    a dated rule says which, it is a function of branch and date.
    """

    key: str
    title: object
    owner: str
    check: Callable[[int, date], list[Finding]]
    blocking: bool | Callable[[int, date], bool] = True
    order: int = 50
    phase: Phase = Phase.CLOSE

    def blocks(self, branch: int, day: date) -> bool:
        return self.blocking if isinstance(self.blocking, bool) else self.blocking(branch, day)


class Report(Protocol):
    """What a step gets from the runner: who runs it, and where it says how far it is."""

    by: Actor

    def __call__(self, done: int, total: int) -> None: ...


#: What a finished step says of the day, from what was kept of it: words and figures.
type Figures = Callable[[Mapping[str, Any]], list[tuple[object, str]]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the close 日终步骤. ``run(branch, date, report)`` returns what is kept of it, as JSON.

    A step may be cut off at any instant and is then run again from its beginning: it must come to
    the same end. With ``atomic`` the runner puts it and the note that it is done into one transaction; a
    long one works in transactions of its own, each safe to repeat.
    """

    key: str
    title: object
    order: int
    run: Callable[[int, date, Report], dict[str, Any] | None]
    atomic: bool = True
    phase: Phase = Phase.CLOSE
    figures: Figures | None = None


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate as it stands now."""

    key: str
    title: str
    owner: str
    blocking: bool
    findings: tuple[Finding, ...]

    @property
    def open(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a run: how far, since when, what came of it."""

    key: str
    title: str
    status: StepStatus
    done: int
    total: int
    started: datetime | None
    finished: datetime | None
    error: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    figures: tuple[tuple[str, str], ...] = ()

    @property
    def percent(self) -> int:
        if self.status is StepStatus.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class RunView:
    """The opening or closing of one business day at one branch 日始/日终批次."""

    id: int
    branch: int
    date: date
    phase: Phase
    started: datetime
    started_by: str
    finished: datetime | None
    attempts: int
    steps: tuple[StepView, ...]
    running: bool = False

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The day in some figures, in the order of the steps."""
        return [pair for step in self.steps for pair in step.figures]

    @property
    def failed(self) -> StepView | None:
        return next((step for step in self.steps if step.status is StepStatus.FAILED), None)

    @property
    def percent(self) -> int:
        return sum(step.percent for step in self.steps) // max(1, len(self.steps))


class GatesShut(Refusal):
    """Something is in the way of closing 日终检查未通过; ``details["gates"]`` names the gates."""

    code = "gates_shut"


class CloseUnderWay(Refusal):
    """Somebody else is closing this branch at the moment 日终正在进行."""

    code = "close_under_way"


class StepFailed(Refusal):
    """A step did not come to its end; what was finished stands, the next run goes on there."""

    code = "close_step_failed"


class CloseUnfinished(Refusal):
    """The last day's close was cut off; it is finished before the next day opens 上一日终未完成."""

    code = "close_unfinished"
