"""Keeping a paper 留存影像: bounded, known by its content, decoded in a process of its own, hashed."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.papers import data, queries, rules
from counterpoint.papers.data import (
    Limits,
    Media,
    PaperKind,
    PaperRefused,
    PaperTooLarge,
    Retention,
    TooMuchToday,
)
from counterpoint.papers.labels import MEDIA, REFUSALS, RULES
from counterpoint.papers.models import Paper, PaperContent, PaperPreview
from counterpoint.papers.services.decoding import Examined, examine
from counterpoint.papers.services.rights import check_keeper

MEGA = 1 << 20


def limits() -> Limits:
    """What a paper may be today, by the bank's rules."""
    day = clock.today()
    with org.one_book():
        megabytes, megapixels, pages, a_day = (
            int(org.value(key=f"papers.{name}", at=day))
            for name in ("megabytes", "megapixels", "pages", "megabytes_a_day")
        )
    # An upload lies in memory while it is looked at; what the process holds for one is a setting.
    most = min(megabytes, settings.FILE_UPLOAD_MAX_MEMORY_SIZE // MEGA - 1)
    return Limits(most * MEGA, megapixels * 1_000_000, pages, a_day * MEGA)


def keep(
    *, content: bytes | BinaryIO, name: str, kind: str, branch: int, by: Actor, retention: str | None = None,
    office: bool = False,
) -> data.Paper:  # fmt: skip
    """Keep a file as a paper 留存: what it is is found by decoding it, whatever its name says.

    ``office`` takes DOCX and XLSX, too: they have no previews, and whoever opens one saves it.
    The decoding takes a while and holds no transaction of its own; what is found is written by one verb.
    """
    check_keeper(by=by, branch=branch)
    if kind not in list(PaperKind) or retention not in (None, *Retention):
        raise PaperRefused(_("There is no such kind of paper."), word="kind")
    bounds = limits()
    raw = _bounded(content, bounds)
    if queries.bytes_kept_by(by.id, clock.start_of(clock.today())) + len(raw) > bounds.bytes_a_day:
        raise TooMuchToday(_("You have kept as much today as one person may."), why=_why("megabytes_a_day"))
    media = rules.sniff(raw, office=office)
    if not isinstance(media, Media):
        raise refused(media, bounds)
    fitting = rules.fitting_name(name, media)
    if fitting is None:
        ending = rules.ending_of(rules.clean_name(name))[:10]
        raise refused("lies", bounds, ending=ending, media=MEDIA[media])
    found = examine(raw, media, bounds)
    if found.refused:
        raise refused(found.refused, bounds)
    return _keep(
        content=raw, name=fitting, media=media, kind=PaperKind(kind), found=found, branch=branch, by=by,
        retention=Retention(retention or _usual_retention(kind)),
    )  # fmt: skip


@verb("papers.paper.kept")
def _keep(
    *, content: bytes, name: str, media: Media, kind: PaperKind, retention: Retention, found: Examined,
    branch: int, by: Actor,
) -> data.Paper:  # fmt: skip
    """A file was kept as a paper 留存影像."""
    digest = _hash(content)
    row = Paper.objects.create(
        branch_id=branch, name=name, media=media, size=len(content), sha256=digest, kind=kind,
        retention=retention, pages=len(found.pages) or 1, width=found.width, height=found.height,
        previews=[[_hash(page.large), _hash(page.small)] for page in found.pages], person_id=by.id,
    )  # fmt: skip
    PaperContent.objects.create(paper=row, content=content)
    PaperPreview.objects.bulk_create(
        PaperPreview(paper=row, page=number, large=page.large, small=page.small)
        for number, page in enumerate(found.pages, start=1)
    )
    tell(
        Told(
            subject=f"paper:{row.pk}", branch=branch,
            data={"sha256": digest, "media": media, "size": len(content), "pages": row.pages, "kind": kind,
                  "retention": retention},
        )
    )  # fmt: skip
    return queries.papers([row.pk])[row.pk]


def check_length(length: int) -> None:
    """Refuse a request that says it is too long, before any of it is read."""
    bounds = limits()
    # Beside the file a form holds little: names, boundaries, a token.
    if length > bounds.bytes + MEGA // 8:
        raise _too_large(bounds)


def refused(word: str, bounds: Limits, **details: str) -> PaperRefused:
    """The refusal in words, with what the room does keep."""
    values = {"megapixels": bounds.pixels // 1_000_000, "pages": bounds.pages, **details}
    remedy = _("Kept are JPEG, PNG, WebP and TIFF pictures and PDF files; scan or photograph the paper.")
    return PaperRefused(str(REFUSALS[word]) % values, word=word, why=Why(remedy=remedy))


def _too_large(bounds: Limits) -> PaperTooLarge:
    said = _("The file is too large: a paper has %(megabytes)s MB at most.")
    return PaperTooLarge(said % {"megabytes": bounds.bytes // MEGA}, why=_why("megabytes"))


def _why(rule: str) -> Why:
    hit = org.decide(table=f"papers.{rule}", facts={}, at=clock.today()).hits[0]
    return Why(rule=str(RULES[rule]), source=hit.source, since=hit.since.isoformat() if hit.since else "")


def _bounded(content: bytes | BinaryIO, bounds: Limits) -> bytes:
    """The bytes, of which one more than allowed is enough to say no."""
    raw = content if isinstance(content, bytes) else content.read(bounds.bytes + 1)
    if len(raw) > bounds.bytes:
        raise _too_large(bounds)
    return raw


def _usual_retention(kind: str) -> str:
    decision = org.decide(table="papers.retention", facts={"kind": kind}, at=clock.today())
    return str(decision.outcome["retention"])


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
