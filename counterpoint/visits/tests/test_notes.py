"""What lies with a visit: notes that are only added to, and papers that colleagues here may see."""

import io

import pytest
from PIL import Image

from counterpoint.papers import services as papers
from counterpoint.papers.data import UnknownPaper
from counterpoint.visits import services
from counterpoint.visits.data import NoteNeeded, VisitMalformed
from counterpoint.visits.models import Note
from counterpoint.visits.tests.bank import BRANCH, served

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["", "  ", "x" * 501, "a\x00b", None])
def test_a_note_has_words_and_not_too_many(bank, words):
    visit = served(bank)
    with pytest.raises(NoteNeeded):
        services.add_note(visit=visit, words=words, by=bank.wang)
    assert not Note.objects.exists()


def test_notes_stand_in_their_order_with_who_wrote_them(bank):
    visit = served(bank)
    services.add_note(visit=visit, words="客户听力不便", by=bank.wang)
    services.add_note(visit=visit, words=" 已核身 ", by=bank.li)
    assert [(one.name, one.words) for one in services.notes_of(visit)] == [
        (bank.wang.name, "客户听力不便"), (bank.li.name, "已核身"),
    ]  # fmt: skip


def picture():
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(file, "PNG")
    return file.getvalue()


def test_a_paper_lies_with_a_visit_and_colleagues_here_may_see_it(bank):
    visit = served(bank)
    kept = papers.keep(content=picture(), name="身份证.png", kind="id_copy", branch=BRANCH, by=bank.wang)
    assert papers.subject_for(paper=kept.id, by=bank.li) is None
    link = services.keep_paper(visit=visit, paper=kept.id, kind="id_copy", by=bank.wang)
    assert services.keep_paper(visit=visit, paper=kept.id, kind="id_copy", by=bank.wang) == link
    assert services.papers_of(visit) == [link]
    assert papers.subject_for(paper=kept.id, by=bank.li) == f"visit:{visit}"
    assert papers.subject_for(paper=kept.id, by=bank.far) is None
    with pytest.raises(VisitMalformed):
        services.keep_paper(visit=visit, paper=kept.id, kind="身份证", by=bank.wang)
    services.park(visit=visit, reason="missing_paper", by=bank.wang)
    services.serve_party(party=bank.customer, by=bank.li)
    assert services.papers_of(visit) == [link]


def test_a_paper_that_one_may_not_see_is_not_laid_with_a_visit(bank):
    with pytest.raises(UnknownPaper):
        services.keep_paper(visit=served(bank), paper=987_654, kind="id_copy", by=bank.wang)
