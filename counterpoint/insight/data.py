"""The door of insight: models, policies and results of the branch twin. No Django."""

from __future__ import annotations
