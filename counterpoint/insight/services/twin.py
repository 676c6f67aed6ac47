"""A model is read, run and told: the doors to the engine 模型运行."""

from counterpoint.insight.engine.model_file import parse as read_model
from counterpoint.insight.engine.report import lines as result_lines
from counterpoint.insight.engine.report import plain
from counterpoint.insight.engine.tallies import run as run_model

__all__ = ["plain", "read_model", "result_lines", "run_model"]
