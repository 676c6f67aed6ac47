"""What the style guide shows: each part with plausible content."""

from __future__ import annotations

from typing import Any


def guide_context() -> dict[str, Any]:
    return {}
