"""Dated decision tables 决策表, read and evaluated by pure functions."""

from counterpoint.org.rules.calendar import add_working_days, is_working, next_working
from counterpoint.org.rules.evaluate import apply, evaluate, in_force, overlaps
from counterpoint.org.rules.table import Condition, Input, Output, Row, Table, Version, parse
from counterpoint.org.rules.words import Line, cell_words, changes, value_words

__all__ = [
    "Condition",
    "Input",
    "Line",
    "Output",
    "Row",
    "Table",
    "Version",
    "add_working_days",
    "apply",
    "cell_words",
    "changes",
    "evaluate",
    "in_force",
    "is_working",
    "next_working",
    "overlaps",
    "parse",
    "value_words",
]
