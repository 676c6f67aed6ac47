"""``{% load visits %}``: the words of this room, and the parts that other rooms put into their pages."""

from __future__ import annotations

from typing import Any

from django import template

from counterpoint.visits import labels
from counterpoint.visits.data import VisitView

register = template.Library()


@register.filter
def visit_reason(code: str) -> str:
    """``cash`` → 存取现金."""
    return labels.reason(code)


@register.filter
def parked_for(code: str) -> str:
    """``missing_paper`` → 缺少资料."""
    return labels.parked_for(code)


@register.filter
def missing_paper(code: str) -> str:
    """``household`` → 户口簿."""
    return labels.missing_paper(code)


@register.inclusion_tag("visits/parts/note_form.html")
def visit_note_form(visit: VisitView) -> dict[str, Any]:
    """One line for a note; what is kept leaves it empty for the next."""
    return {"visit": visit}
