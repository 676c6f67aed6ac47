"""The door of insight, a branch's own past 网点历史: what the twin is fed with. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counterpoint.insight.data_branch import TwinBranch
from counterpoint.insight.data_plan import TwinDemand
from counterpoint.kit.data import NotFound, Refusal


class RunKind(StrEnum):
    """What the twin is asked 推演问题."""

    #: A past day under other policies, or with one more window.
    REPLAY = "replay"
    #: How many windows to open tomorrow, by half hour.
    PLAN = "plan"


class RunState(StrEnum):
    """How a question stands 推演状态."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TooLittleKnown(Refusal):
    """The branch has too few past tickets to learn from 历史数据不足."""

    code = "insight.past.too_little"


class UnknownRun(NotFound):
    code = "insight.run.unknown"


@dataclass(frozen=True, slots=True)
class BranchPast:
    """What a branch's own days say 网点历史画像. ``opens``: minutes since midnight."""

    branch: int
    days: tuple[date, ...]
    opens: int
    slots: int
    demand: TwinDemand
    #: The windows of the last of the days, under the rule in force.
    model: TwinBranch
    #: By person and service, how much longer than the branch he takes.
    factors: Mapping[tuple[int, str], float]
    tickets: int
