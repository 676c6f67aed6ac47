"""``{% load customers %}``: the words for this room's kinds."""

from __future__ import annotations

from enum import Enum

from django import template

from counterpoint.customers import labels

register = template.Library()


@register.filter
def label(value: Enum | str) -> str:
    """``{{ document.kind|label }}`` → 居民身份证."""
    return labels.label(value)


@register.filter
def notice(code: str) -> str:
    """What a document's rule noticed, in words."""
    return str(labels.NOTICES.get(code, code))
