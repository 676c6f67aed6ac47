"""How the room appears: insight in the rail, and the channel that says that the twin has answered."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from counterpoint.insight.access import branch_here, sees
from counterpoint.ui import services as ui


def channels(request: HttpRequest) -> tuple[str, ...]:
    """Answers of the twin for one's branch."""
    return (f"insight:{branch_here(request)}",) if sees(request) else ()


def appear() -> None:
    ui.add_room(
        key="insight", title=_("Insight"), icon="chart-line", url_name="insight:waits", allowed=sees, order=19
    )
    ui.add_channel_source("insight", channels)
