"""The text of attachments 附件文字: read in the background, so that a search finds what stands in them."""

from __future__ import annotations

import threading

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.kit.watch import repeat
from counterpoint.notices import queries, rules
from counterpoint.notices.models import PaperText, VersionPaper, VersionWords
from counterpoint.org import services as org
from counterpoint.papers import services as papers
from counterpoint.papers.data import Extract

EVERY_SECONDS = 3.0


def read_attachments() -> int:
    """Read every attachment that nobody has read yet; how many versions can be found by more words now."""
    waiting = queries.unread_attachments()
    for paper in dict.fromkeys(one.paper_id for one in waiting):
        known = PaperText.objects.filter(pk=paper).first()
        found = Extract(known.text, known.unread) if known else _text(paper)
        rows = [one for one in waiting if one.paper_id == paper]
        _keep(paper=paper, found=found, rows=rows, by=SYSTEM)
    return len(waiting)


def _text(paper: int) -> Extract:
    day = clock.today()
    pages, characters = (
        int(org.value(key=f"notices.attachment_{name}", at=day)) for name in ("pages", "characters")
    )
    return papers.text_of(paper=paper, pages=pages, characters=characters)


@verb("notices.attachment.read")
def _keep(*, paper: int, found: Extract, rows: list[VersionPaper], by: Actor) -> None:
    """An attachment was read, or found unreadable 附件读取; its versions are found by its words."""
    made = PaperText(paper_id=paper, text=found.text, unread=found.unread, at=clock.now())
    PaperText.objects.bulk_create([made], ignore_conflicts=True)
    pieces = sorted(rules.grams(found.text))
    VersionWords.objects.bulk_create(
        (VersionWords(version_id=one.version_id, paper_id=paper, grams=pieces) for one in rows),
        ignore_conflicts=True,
    )
    versions = [one.version_id for one in rows]
    data = {"versions": versions, "characters": len(found.text), "unread": found.unread}
    channels = ("notices", *(f"version:{one}" for one in versions))
    tell(Told(subject=f"paper:{paper}", branch=0, data=data, channels=channels))


def watch_attachments(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Read what is attached, until ``stop`` is set."""
    repeat(read_attachments, stop=stop, every=every)
