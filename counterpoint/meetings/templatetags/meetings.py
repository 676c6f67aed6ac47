"""How the room writes lengths of time."""

from __future__ import annotations

from math import ceil

from django import template

register = template.Library()


@register.filter
def meeting_minutes(seconds: float | None) -> str:
    """Seconds as minutes, rounded up; nothing known is a dash."""
    return "—" if seconds is None else str(ceil(seconds / 60))
