"""Names of people, in the language of the reader."""

from __future__ import annotations

from django.utils.translation import get_language


def name_of(name_zh: str, name_en: str) -> str:
    """Which of somebody's two names the reader sees."""
    chinese = (get_language() or "zh").startswith("zh")
    return name_zh if chinese or not name_en else name_en
