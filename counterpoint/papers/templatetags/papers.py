"""``{% load papers %}``: the upload and the list, for the forms and pages of the rooms above."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from counterpoint.papers import services
from counterpoint.papers.data import OFFICE, Media, Paper, PaperKind
from counterpoint.papers.labels import KINDS, MEDIA
from counterpoint.papers.rules import ENDINGS

register = template.Library()
SHOWN = [media for media in Media if media not in OFFICE]
ACCEPTED = ",".join([*SHOWN, *(f".{ending}" for media in SHOWN for ending in ENDINGS[media])])


@register.filter
def kind_name(kind: PaperKind) -> str:
    """``id_copy`` → 证件影印件."""
    return str(KINDS[kind])


@register.filter
def media_name(media: Media) -> str:
    """``application/pdf`` → PDF."""
    return MEDIA[media]


@register.inclusion_tag("papers/parts/upload.html", takes_context=True)
def papers_upload(
    context: template.Context, field: str = "papers", kinds: str = "", kept: Iterable[Paper] = ()
) -> dict[str, Any]:
    """``{% papers_upload field="papers" kinds="id_copy photo" kept=papers %}`` inside a form.

    What is kept posts its ids as ``field``; the form's view passes them to ``papers_to_attach``. With an
    empty ``field`` nothing is posted and nothing can be taken off. ``kept`` are those of a refused form.
    """
    chosen = [PaperKind(kind) for kind in kinds.split()] or list(PaperKind)
    bounds = services.limits()
    return {
        "field": field, "kept": kept, "kinds": [(kind.value, KINDS[kind]) for kind in chosen],
        "accepted": ACCEPTED, "bounds": bounds, "megabytes": bounds.bytes >> 20,
        "token": context.get("csrf_token", ""),
    }  # fmt: skip


@register.inclusion_tag("papers/parts/list.html")
def papers_list(papers: Iterable[Paper]) -> dict[str, Any]:
    """``{% papers_list papers %}``: pictures with their names, each opens its page."""
    return {"papers": papers}
