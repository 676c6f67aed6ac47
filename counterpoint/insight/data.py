"""The door of insight: models, policies and results of the branch twin. No Django."""

from __future__ import annotations

from counterpoint.insight.data_branch import *  # noqa: F403
from counterpoint.insight.data_model import *  # noqa: F403
from counterpoint.insight.data_plan import *  # noqa: F403
from counterpoint.insight.data_results import *  # noqa: F403
from counterpoint.kit.data import Malformed


class BadModel(Malformed):
    """A model file that cannot be read: what is wrong, and where."""

    code = "insight.model.bad"
