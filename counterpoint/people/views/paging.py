"""Which page of a list is asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def page_of(request: HttpRequest) -> int:
    number = request.GET.get("page", "1")
    return max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1


def neighbours(page: int, *, more: bool) -> dict[str, Any]:
    """What a pager draws of a page and the pages beside it."""
    return {"page": page, "more": more, "next": page + 1, "previous": page - 1}
