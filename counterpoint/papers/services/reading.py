"""Reading papers 调阅: views without content, the content with a record of who looked, previews."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.papers import data, queries
from counterpoint.papers.data import PaperDamaged, PaperDiscarded, PaperRefused, UnknownPaper
from counterpoint.papers.models import Look

#: What one list shows: papers of a case, looks at a paper.
MOST = 100


def paper(id: int) -> data.Paper:
    """The paper with this id, without its content."""
    return papers_of([id])[0]


def papers_of(ids: Iterable[int]) -> list[data.Paper]:
    """The papers with these ids, in this order, without their content."""
    wanted = list(ids)
    if len(wanted) > MOST:
        raise PaperRefused(_("These are too many papers at once."), word="many")
    found = queries.papers(wanted)
    missing = [id for id in wanted if id not in found]
    if missing:
        raise UnknownPaper(_("There is no such paper here."), paper=missing[0])
    return [found[id] for id in wanted]


def kept_today(*, by: Actor) -> list[data.Paper]:
    """What this person has kept today, the newest first."""
    return queries.kept_by(by.id, clock.start_of(clock.today()), MOST)


@verb("papers.paper.looked_at")
def look(*, paper: int, subject: str, by: Actor) -> bytes:
    """Look at a paper 调阅影像 for the sake of ``subject``: its content, and a record of who looked."""
    found = papers_of([paper])[0]
    content = None if found.discarded else queries.content(paper)
    _check(found, content, found.sha256)
    assert content is not None
    Look.objects.create(paper_id=paper, person_id=by.id, subject=subject[:80])
    tell(Told(subject=f"paper:{paper}", branch=found.branch, data={"for": subject[:80]}))
    return content


def look_once(*, paper: int, subject: str, by: Actor) -> None:
    """Record a look, unless the same person has just begun one: a look has many requests."""
    minutes = int(org.value(key="papers.look_minutes", at=clock.today()))
    if not queries.looked_since(paper, by.id, subject[:80], clock.now() - timedelta(minutes=minutes)):
        look(paper=paper, subject=subject, by=by)


def preview(*, paper: int, page: int = 1, small: bool = False) -> bytes:
    """A page as a JPEG, without anything that the file says about itself; made when it was kept.

    A small one is for rows of lists. Whoever shows a large one to somebody records a look.
    """
    found = papers_of([paper])[0]
    if found.is_office or not 1 <= page <= found.pages:
        raise UnknownPaper(_("The paper has no such page."), paper=paper, page=page)
    content, sha256 = queries.preview(paper, page, small)
    _check(found, content, sha256)
    assert content is not None
    return content


def looks_of(paper: int) -> list[data.Look]:
    """Who looked at a paper and when, the newest first."""
    return queries.looks(paper, MOST)


def _check(found: data.Paper, content: bytes | None, sha256: str) -> None:
    """What is shown is what was kept, to the last bit."""
    if found.discarded:
        raise PaperDiscarded(_("The content was discarded after its time of retention."), paper=found.id)
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        raise PaperDamaged(
            _("The stored file is not the one that was kept. Tell the head office."), paper=found.id
        )
