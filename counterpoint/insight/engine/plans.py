"""A plan beside the windows as they are: worked out together, from data alone."""

from __future__ import annotations

from counterpoint.insight.data import Pick, PlanTarget, TwinBranch, TwinCurve, WindowPlan
from counterpoint.insight.data_past import BranchPast
from counterpoint.insight.engine import demand as demands
from counterpoint.insight.engine import planning

#: Days on which the windows as they are now are judged.
DAYS = 200


def planned(
    model: TwinBranch, past: BranchPast, target: PlanTarget, pick: Pick
) -> tuple[WindowPlan, TwinCurve]:
    """The plan for the windows that could be open, and the curve of those of the last day."""
    found = planning.plan_windows(model, past.demand, target, pick)
    days = demands.draw_days(past.demand, DAYS, 7)
    return found, planning.curve("now", past.model, days, pick, target, past.demand.slot)
