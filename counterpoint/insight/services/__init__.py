"""What insight offers the rooms above: the branch twin 网点孪生."""

from counterpoint.insight.engine.branch import run_day as run_day
from counterpoint.insight.engine.demand import draw_days as draw_days
from counterpoint.insight.engine.estimates import mean as mean
from counterpoint.insight.engine.estimates import ratio as ratio
from counterpoint.insight.engine.model_file import parse as read_model
from counterpoint.insight.engine.planning import compare as compare
from counterpoint.insight.engine.planning import curve as curve
from counterpoint.insight.engine.planning import plan_windows as plan_windows
from counterpoint.insight.engine.planning import staffed as staffed
from counterpoint.insight.engine.planning import suggest as suggest
from counterpoint.insight.engine.report import lines as result_lines
from counterpoint.insight.engine.report import plain as plain
from counterpoint.insight.engine.tallies import run as run_model
from counterpoint.insight.services.past import branch_past as branch_past
from counterpoint.insight.services.runs import answer_waiting as answer_waiting
from counterpoint.insight.services.runs import ask as ask
from counterpoint.insight.services.runs import last_run as last_run
from counterpoint.insight.services.runs import run_of as run_of
from counterpoint.insight.services.suggesting import suggest_everywhere as suggest_everywhere
from counterpoint.insight.services.suggesting import suggest_for as suggest_for
from counterpoint.insight.services.watching import watch as watch

__all__ = [
    "answer_waiting",
    "ask",
    "branch_past",
    "compare",
    "curve",
    "draw_days",
    "last_run",
    "mean",
    "plain",
    "plan_windows",
    "ratio",
    "read_model",
    "result_lines",
    "run_day",
    "run_model",
    "run_of",
    "staffed",
    "suggest",
    "suggest_everywhere",
    "suggest_for",
    "watch",
]
