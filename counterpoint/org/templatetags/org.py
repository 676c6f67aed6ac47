"""Small helps of the room's templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(table: Mapping[Any, Any], key: Any) -> Any:
    """``table[key]``."""
    return table[key]


@register.filter
def grouped(number: int) -> str:
    """``50,000``."""
    return f"{number:,}"
