"""How the room appears in the frame: Ctrl+K finds the page; the rail does without it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterpoint.papers.services.rights import KEEPERS
from counterpoint.people.services import can
from counterpoint.ui import services as ui
from counterpoint.ui.data import PaletteItem


def _items(request: HttpRequest, _query: str) -> Iterable[PaletteItem]:
    if any(can(request, duty) for duty in KEEPERS):
        yield PaletteItem(title=_("My papers of today"), url=reverse("papers:mine"), icon="paperclip")


def appear() -> None:
    ui.add_palette_source("papers", _items)
