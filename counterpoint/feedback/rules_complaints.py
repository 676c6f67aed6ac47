"""Pure decisions on complaints 投诉: what may follow, when the official clock ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from counterpoint.feedback.data import FeedbackRuleMalformed
from counterpoint.feedback.data_complaints import Clock, ComplaintState, Stage
from counterpoint.kit.states import Machine, Move, State
from counterpoint.people.data import Duty

S = ComplaintState
MACHINE = Machine(
    name="complaint",
    title="A customer's complaint 客户投诉",
    states=(
        State(S.RECEIVED, "received 已受理", "somebody whom it does not concern may take it"),
        State(S.INVESTIGATING, "being investigated 调查中", "its handler notes, extends and answers"),
        State(S.ANSWERED, "answered in writing 已书面答复", "its cause is mended, then it is closed"),
        State(S.CLOSED, "closed 已办结"),
        State(S.WITHDRAWN, "withdrawn by the customer 客户撤回"),
    ),
    start=S.RECEIVED,
    moves=(
        Move(S.RECEIVED, S.INVESTIGATING, "somebody takes it"),
        Move(S.INVESTIGATING, S.RECEIVED, "its handler turns out to be concerned"),
        Move(S.INVESTIGATING, S.ANSWERED, "the customer is answered in writing"),
        Move(S.ANSWERED, S.CLOSED, "the cause is known and what was mended"),
        Move(S.RECEIVED, S.WITHDRAWN, "the customer withdraws it"),
        Move(S.INVESTIGATING, S.WITHDRAWN, "the customer withdraws it"),
    ),
)
#: While the clock runs.
RUNNING = (S.RECEIVED, S.INVESTIGATING)


def clock_of(value: Any) -> Clock:
    """The official days as the dated rule writes them."""
    days = [value.get(str(stage)) for stage in Stage] if isinstance(value, dict) else []
    known = [n for n in days if type(n) is int and 0 < n <= 365]
    if len(known) != len(Stage):
        raise FeedbackRuleMalformed("the clock of complaints needs three numbers of days")
    if value.get("days") not in ("calendar", "working"):
        raise FeedbackRuleMalformed("the clock of complaints counts calendar or working days")
    simple, complex_, special = known
    return Clock(simple, complex_, special, working=value["days"] == "working")


def due(received: date, stage: Stage, clock: Clock, add_working: Callable[[date, int], date]) -> date:
    """The last day of the official clock. A special extension goes on from the complex one."""
    days = {
        Stage.SIMPLE: clock.simple,
        Stage.COMPLEX: clock.complex,
        Stage.SPECIAL: clock.complex + clock.special,
    }[stage]
    return add_working(received, days) if clock.working else received + timedelta(days=days)


def duties_of(value: Any) -> tuple[Duty, Duty]:
    """Who handles complaints at a branch, and who oversees them in the whole bank."""
    try:
        return Duty(value["handle"]), Duty(value["oversee"])
    except (TypeError, KeyError, ValueError) as trouble:
        raise FeedbackRuleMalformed("complaints need a duty that handles and one that oversees") from trouble
