"""How the room appears in the frame around every page."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.customers.data import Purpose
from counterpoint.customers.rules.text import is_han
from counterpoint.customers.services import search
from counterpoint.kit.data import Refusal
from counterpoint.people.data import Duty
from counterpoint.people.services import actor_from, can
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem

#: Four digits are an operation code, and letters a page; neither should count as a look at people.
SHORTEST_NUMBER = 6


def palette(request: HttpRequest, query: str) -> Iterator[PaletteItem]:
    """Customers for Ctrl+K, masked and recorded like every search."""
    worth = any(map(is_han, query)) or sum(c.isdecimal() for c in query) >= SHORTEST_NUMBER
    if not worth or not can(request, Duty.CUSTOMER_VIEW):
        return
    try:
        hits = search(query=query, purpose=Purpose.COUNTER, by=actor_from(request), limit=5)
    except Refusal:
        return
    for hit in hits:
        title = " ".join(filter(None, [hit.name, hit.document, hit.phone]))
        yield PaletteItem(
            title=title,
            url=reverse("customers:page", args=[hit.id]),
            icon="user",
            hint=hit.number,
            found=True,
        )


def appear() -> None:
    ui.add_room(
        key="customers",
        title=_("Customers"),
        icon="user",
        url_name="customers:search",
        allowed=lambda request: can(request, Duty.CUSTOMER_VIEW),
        order=30,
    )
    ui.add_palette_source("customers", palette)
