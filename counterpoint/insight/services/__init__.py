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

__all__ = [
    "compare",
    "curve",
    "draw_days",
    "mean",
    "plain",
    "plan_windows",
    "ratio",
    "read_model",
    "result_lines",
    "run_day",
    "run_model",
    "staffed",
    "suggest",
]
