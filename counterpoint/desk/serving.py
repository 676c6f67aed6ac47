"""Whom a teller serves now 当前客户. It lives in the login session until visits have a room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from counterpoint.kit import clock

_KEY = "serving"


@dataclass(frozen=True, slots=True)
class Serving:
    """The customer at the desk, since when."""

    party: int
    since: datetime


def begin(request: HttpRequest, party: int) -> Serving:
    """Serve ``party``; choosing the same customer again keeps the clock."""
    now = current(request)
    if now is not None and now.party == party:
        return now
    serving = Serving(party, clock.now())
    request.session[_KEY] = {"party": party, "since": serving.since.isoformat()}
    return serving


def current(request: HttpRequest) -> Serving | None:
    kept = request.session.get(_KEY)
    if not kept:
        return None
    return Serving(int(kept["party"]), datetime.fromisoformat(kept["since"]))


def finish(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
