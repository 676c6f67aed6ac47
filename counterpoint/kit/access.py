"""Every view says who may open it; ``tests/house`` fails on one that does not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def allows(rule: Callable[[HttpRequest], object]) -> Callable[[View[P]], View[P]]:
    """Run ``rule`` before the view; it raises a ``Refusal`` or ``Http404`` to keep somebody out."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            rule(request)
            return view(request, *args, **kwargs)

        guarded.access_rule = rule  # type: ignore[attr-defined]
        return guarded

    return decorate


def anybody(_: HttpRequest) -> None:
    """Open to everybody, on purpose."""
