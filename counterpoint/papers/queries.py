"""Reads of the papers; the content only where it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Sum

from counterpoint.papers import data
from counterpoint.papers.models import Discard, Look, Paper, PaperContent, PaperPreview


def _rows() -> QuerySet[Paper]:
    gone = Exists(Discard.objects.filter(paper=OuterRef("pk")))
    return Paper.objects.annotate(gone=gone)


def _view(row: Paper) -> data.Paper:
    return data.Paper(
        id=row.pk, branch=row.branch_id, name=row.name, media=data.Media(row.media), size=row.size,
        sha256=row.sha256, kind=data.PaperKind(row.kind),
        retention=data.Retention(row.retention), pages=row.pages, width=row.width, height=row.height,
        person=row.person_id, at=row.at, discarded=bool(row.gone),  # type: ignore[attr-defined]
    )  # fmt: skip


def papers(ids: Iterable[int]) -> dict[int, data.Paper]:
    """Those papers that there are, by their ids."""
    fitting = [id for id in ids if 0 < id < 1 << 63]
    return {row.pk: _view(row) for row in _rows().filter(pk__in=fitting)}


def kept_by(person: int, since: datetime, limit: int) -> list[data.Paper]:
    """What a person has kept since a moment, the newest first."""
    rows = _rows().filter(person_id=person, at__gte=since).order_by("-at", "-pk")[:limit]
    return [_view(row) for row in rows]


def bytes_kept_by(person: int, since: datetime) -> int:
    """How much a person has kept since a moment."""
    total = Paper.objects.filter(person_id=person, at__gte=since).aggregate(sum=Sum("size"))["sum"]
    return int(total or 0)


def content(paper: int) -> bytes | None:
    row = PaperContent.objects.filter(paper=paper).values_list("content", flat=True).first()
    return None if row is None else bytes(row)


def preview(paper: int, page: int, small: bool) -> tuple[bytes | None, str]:
    """A preview with the hash that it had when it was made."""
    hashes = Paper.objects.values_list("previews", flat=True).get(pk=paper)
    column = "small" if small else "large"
    row = PaperPreview.objects.filter(paper=paper, page=page).values_list(column, flat=True).first()
    return (None if row is None else bytes(row)), str(hashes[page - 1][1 if small else 0])


def looks(paper: int, limit: int) -> list[data.Look]:
    """Who looked, the newest first."""
    rows = Look.objects.filter(paper=paper).order_by("-at", "-pk")[:limit]
    return [data.Look(person=row.person_id, at=row.at, subject=row.subject) for row in rows]


def looked_since(paper: int, person: int, subject: str, since: datetime) -> bool:
    return Look.objects.filter(paper=paper, person_id=person, subject=subject, at__gte=since).exists()
