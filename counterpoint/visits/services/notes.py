"""What lies with a visit 备注与资料: notes, and papers that were kept for it."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.visits import queries
from counterpoint.visits.data import NoteNeeded, NoteView, PaperLink, VisitMalformed
from counterpoint.visits.models import Note, VisitPaper
from counterpoint.visits.rules import clean_words, is_code
from counterpoint.visits.services import reach


def notes_of(visit: int) -> list[NoteView]:
    """The notes on a visit, the newest last."""
    return queries.notes(visit)


def papers_of(visit: int) -> list[PaperLink]:
    """The papers that lie with a visit, the oldest first."""
    return queries.papers(visit)


@verb("visits.note.added")
def add_note(*, visit: int, words: str, by: Actor) -> NoteView:
    """Add a note to a visit 备注. Notes are only added; their words are in no event."""
    reach.check_serves(by)
    said = clean_words(words, 500)
    if not said:
        raise NoteNeeded(_("Write a note of 500 letters at most."), field="words")
    row = reach.locked(visit, by)
    note = Note.objects.create(visit=row, person_id=by.id, words=said)
    note.refresh_from_db(fields=["at"])
    reach.tell_of(row, note=note.pk)
    return NoteView(note.pk, by.id, by.name, said, note.at)


@verb("visits.paper.kept")
def keep_paper(*, visit: int, paper: int, kind: str, by: Actor) -> PaperLink:
    """Lay a paper with a visit 留存资料: one that the person kept today or may see anyway."""
    reach.check_serves(by)
    if not is_code(kind, 20):
        raise VisitMalformed(_("There is no such kind of paper."), field="kind")
    papers.papers_to_attach(ids=[paper], by=by)
    row = reach.locked(visit, by)
    try:
        with transaction.atomic():
            VisitPaper.objects.create(visit=row, paper_id=paper, kind=kind, person_id=by.id)
    except IntegrityError:
        reach.tell_of(row, paper=paper, again=True)
    else:
        reach.tell_of(row, paper=paper, kind=kind)
    return next(one for one in queries.papers(visit, limit=queries.MOST) if one.paper == paper)


def may_see_paper(by: Actor, paper: int) -> str | None:
    """For the room of papers: who serves customers at the visit's branch sees what lies with it."""
    visit = (
        VisitPaper.objects.filter(paper_id=paper, visit__branch_id=by.branch or 0)
        .order_by("-id").values_list("visit_id", flat=True).first()
    )  # fmt: skip
    if visit is None or not people.may(person=by.id, duty=Duty.CUSTOMER_VIEW, branch=by.branch or 0):
        return None
    return f"visit:{visit}"
