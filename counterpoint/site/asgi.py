"""The application behind the one port: the live door beside the pages.

Pages and API run as WSGI in threads, as Django's own ASGI handler serves synchronous views at a
third of the speed (docs/adr/0002-one-port.md). The live door is async and never touches the ORM.
"""

from __future__ import annotations

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterpoint.site.settings")

THREADS = 16
#: So many are computed at once: more of them only make each other late (docs/adr/0008-live.md).
TOGETHER = 3

pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]

from counterpoint.kit.live import application as live  # noqa: E402
from counterpoint.site.turns import Turns, urgency  # noqa: E402

turns = Turns(together=TOGETHER)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Send ``/live/`` and the lifespan to the live door, everything else to the pages."""
    if scope["type"] == "lifespan" or scope["path"].startswith("/live/"):
        await live(scope, receive, send)
        return
    async with turns.turn(urgency=urgency(scope)):
        await pages(scope, receive, send)  # type: ignore[arg-type]
