"""Keeping, looking, discarding: on the database."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.data import NotAllowed
from counterpoint.kit.models import Event
from counterpoint.papers import services
from counterpoint.papers.data import (
    Media,
    PaperDamaged,
    PaperDiscarded,
    PaperKind,
    PaperRefused,
    PaperStillNeeded,
    PaperTooLarge,
    ReasonMissing,
    Retention,
    TooMuchToday,
    UnknownPaper,
)
from counterpoint.papers.models import Paper, PaperContent, PaperPreview
from counterpoint.papers.services import keeping, readers
from counterpoint.papers.tests import samples
from counterpoint.papers.verify import check

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_readers")]


def events(verb):
    return Event.objects.filter(verb=f"papers.paper.{verb}").order_by("id")


def findings():
    with connection.cursor() as cursor:
        return [(one.table, one.row) for one in check(cursor)]


def test_a_paper_is_kept_as_it_came(keep, wang):
    content = samples.photo()
    paper = keep(content, "C:\\DCIM\\王芳.JPG", kind="id_copy")
    assert (paper.name, paper.media, paper.kind) == ("王芳.jpg", Media.JPEG, PaperKind.ID_COPY)
    assert (paper.size, paper.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (paper.branch, paper.person, paper.pages, paper.discarded) == (3, wang.id, 1, False)
    assert (paper.width, paper.height) == (400, 640)
    assert services.paper(paper.id) == paper
    assert services.look(paper=paper.id, subject="visit:1", by=wang) == content
    assert findings() == []


def test_the_event_tells_of_the_paper_and_not_of_the_person_on_it(keep, wang):
    paper = keep(name="王芳的护照.jpg")
    event = events("kept").get()
    assert (event.subject, event.branch_id, event.actor) == (f"paper:{paper.id}", 3, f"person:{wang.id}")
    assert event.data["sha256"] == paper.sha256
    assert "王芳" not in str(event.data)


def test_a_stream_is_kept_like_bytes(keep):
    assert keep(io.BytesIO(samples.printed(2)), "合同.pdf", kind="contract").pages == 2


@pytest.mark.parametrize(
    ("kind", "retention"), [("id_copy", "identity"), ("proof", "identity"), ("contract", "voucher")]
)
def test_the_kind_says_how_long_a_paper_is_kept(keep, kind, retention):
    assert keep(kind=kind).retention is Retention(retention)
    assert keep(kind=kind, retention="work").retention is Retention.WORK


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (b"", "a.jpg", "empty"),
        (samples.pdf(), "a.jpg", "lies"),
        (samples.picture("PNG"), "a.pdf", "lies"),
        (samples.picture(), "a.jpg\u202e.exe", "lies"),
        (samples.zip_bomb(), "a.jpg", "archive"),
        (samples.word_document(), "a.pdf", "office"),
        (b"<html><script>alert(1)</script>", "a.jpg", "markup"),
        (b"<svg><script>alert(1)</script></svg>", "a.png", "drawing"),
        (b"MZ\x90\x00", "a.pdf", "program"),
        (samples.picture()[:4000], "a.jpg", "broken"),
        (samples.png_bomb(), "a.png", "pixels"),
        (samples.encrypted_pdf(b"secret"), "a.pdf", "encrypted"),
        (samples.pdf(b"/OpenAction<</S/JavaScript/JS(1)>>"), "a.pdf", "active"),
        (samples.picture() + samples.archive(a=b"x"), "a.jpg", "hidden"),
    ],
)
def test_what_is_no_paper_is_refused_in_words(keep, content, name, word):
    with pytest.raises(PaperRefused) as refused:
        keep(content, name)
    assert refused.value.details["word"] == word
    assert len(str(refused.value)) > 5
    assert "%(" not in str(refused.value)
    assert refused.value.why.remedy
    assert not Paper.objects.exists()
    assert not events("kept").exists()


@pytest.mark.parametrize(("kind", "retention"), [("selfie", None), ("", None), ("photo", "for_ever")])
def test_an_unknown_kind_or_class_is_refused(keep, kind, retention):
    with pytest.raises(PaperRefused):
        keep(kind=kind, retention=retention)


@pytest.mark.parametrize("wrap", [bytes, io.BytesIO])
def test_a_paper_has_a_largest_size(keep, wrap):
    content = samples.picture() + bytes(20 << 20)
    with pytest.raises(PaperTooLarge) as refused:
        keep(wrap(content))
    assert refused.value.status == 413
    assert refused.value.why.source


def test_a_person_keeps_so_much_in_a_day(keep, wang, staff, monkeypatch):
    size = len(samples.picture())
    allowed = replace(services.limits(), bytes_a_day=2 * size)
    monkeypatch.setattr(keeping, "limits", lambda: allowed)
    keep()
    keep()
    with pytest.raises(TooMuchToday):
        keep()
    keep(by=staff["080102"])


@pytest.mark.parametrize(("number", "branch"), [("090301", 3), ("080101", 4)])
def test_papers_are_kept_by_who_serves_at_the_branch(keep, staff, number, branch):
    with pytest.raises(NotAllowed):
        keep(by=staff[number], branch=branch)


def test_a_preview_shows_the_page_and_is_bounded(keep):
    paper = keep(samples.printed(2), "a.pdf")
    first, second = (services.preview(paper=paper.id, page=page) for page in (1, 2))
    assert first != second
    assert len(services.preview(paper=paper.id, small=True)) < len(first)
    for page in (0, 3):
        with pytest.raises(UnknownPaper):
            services.preview(paper=paper.id, page=page)


def test_every_look_is_recorded_with_its_reason(keep, wang, zhang):
    paper = keep()
    services.look(paper=paper.id, subject="visit:7", by=wang)
    services.look(paper=paper.id, subject="request:9", by=zhang)
    services.look(paper=paper.id, subject="request:9", by=zhang)
    looks = services.looks_of(paper.id)
    assert [(one.person, one.subject) for one in looks] == [
        (zhang.id, "request:9"), (zhang.id, "request:9"), (wang.id, "visit:7"),
    ]  # fmt: skip
    told = [(event.actor, event.subject, event.data) for event in events("looked_at")]
    assert told[0] == (f"person:{wang.id}", f"paper:{paper.id}", {"for": "visit:7"})
    assert len(told) == 3


def test_a_look_of_many_requests_is_one(keep, wang, zhang, monkeypatch):
    paper = keep()
    for who, subject in ((wang, "visit:7"), (wang, "visit:7"), (zhang, "visit:7"), (wang, "visit:8")):
        services.look_once(paper=paper.id, subject=subject, by=who)
    assert len(services.looks_of(paper.id)) == 3
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    services.look_once(paper=paper.id, subject="visit:7", by=wang)
    assert len(services.looks_of(paper.id)) == 4


def test_content_that_was_changed_is_noticed(keep, wang):
    paper = keep()
    PaperContent.objects.filter(pk=paper.id).update(content=samples.picture("PNG"))
    with pytest.raises(PaperDamaged):
        services.look(paper=paper.id, subject="visit:7", by=wang)
    assert services.looks_of(paper.id) == []
    assert findings() == [("papers_papercontent", paper.id)]
    PaperContent.objects.filter(pk=paper.id).delete()
    with pytest.raises(PaperDamaged):
        services.look(paper=paper.id, subject="visit:7", by=wang)
    assert findings() == [("papers_papercontent", paper.id)]


@pytest.mark.parametrize("small", [True, False])
def test_a_preview_that_was_changed_is_noticed(keep, small):
    paper = keep()
    other = samples.picture()
    PaperPreview.objects.filter(paper=paper.id).update(**{"small" if small else "large": other})
    with pytest.raises(PaperDamaged):
        services.preview(paper=paper.id, small=small)
    services.preview(paper=paper.id, small=not small)
    assert findings() == [("papers_paperpreview", paper.id)]


def test_a_row_that_does_not_fit_its_event_is_noticed(keep):
    paper, other = keep(), keep(samples.picture("PNG"), "b.png")
    # Somebody with all rights changes row and content together; the event is sealed elsewhere.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE papers_paper DISABLE TRIGGER papers_paper_append_only")
        cursor.execute("UPDATE papers_paper SET sha256 = %s WHERE id = %s", [other.sha256, paper.id])
        cursor.execute(
            "UPDATE papers_papercontent SET content = (SELECT content FROM papers_papercontent"
            " WHERE paper_id = %s) WHERE paper_id = %s",
            [other.id, paper.id],
        )
        cursor.execute("ALTER TABLE papers_paper ENABLE TRIGGER papers_paper_append_only")
    assert findings() == [("papers_paper", paper.id)]


def test_papers_come_in_the_order_asked_for(keep, django_assert_num_queries):
    one, other = keep(), keep()
    with django_assert_num_queries(1):
        found = services.papers_of([other.id, one.id])
    assert found == [other, one]
    with pytest.raises(UnknownPaper):
        services.papers_of([one.id, 0])
    with pytest.raises(UnknownPaper):
        services.paper(1 << 80)
    with pytest.raises(PaperRefused):
        services.papers_of(range(101))


def test_todays_papers_are_ones_own(keep, wang, staff):
    keep(by=staff["080102"])
    mine = keep()
    assert services.kept_today(by=wang) == [mine]


def tomorrow(monkeypatch, days=1):
    day = clock.today() + timedelta(days=days)
    monkeypatch.setattr(clock, "today", lambda: day)


def test_a_paper_is_shown_to_its_keeper_today_and_else_for_a_reason(keep, wang, zhang, monkeypatch):
    paper, other = keep(), keep()
    assert services.subject_for(paper=paper.id, by=wang) == f"paper:{paper.id}"
    assert services.subject_for(paper=paper.id, by=zhang) is None
    services.register_reader(
        "visits", lambda by, id: "visit:7" if (by.id, id) == (zhang.id, paper.id) else None
    )
    assert services.subject_for(paper=paper.id, by=zhang) == "visit:7"
    assert services.subject_for(paper=other.id, by=zhang) is None
    tomorrow(monkeypatch)
    assert services.subject_for(paper=paper.id, by=wang) is None


def test_a_reader_has_its_name_for_itself():
    services.register_reader("visits", lambda by, id: None)
    with pytest.raises(ValueError, match="twice"):
        services.register_reader("visits", lambda by, id: None)


def test_a_form_may_name_only_papers_that_its_sender_sees(keep, wang, staff):
    mine, other = keep(), keep(by=staff["080102"])
    assert services.papers_to_attach(ids=[mine.id], by=wang) == [mine]
    with pytest.raises(UnknownPaper):
        services.papers_to_attach(ids=[mine.id, other.id], by=wang)
    readers._readers["visits"] = lambda by, id: "visit:7"
    assert services.papers_to_attach(ids=[mine.id, other.id], by=wang) == [mine, other]


def test_nothing_is_discarded_before_its_time(keep, zhang, monkeypatch):
    paper = keep(retention="work")
    last = services.retained_until(paper)
    assert last == date(clock.today().year + 1, 12, 31)
    monkeypatch.setattr(clock, "today", lambda: last)
    with pytest.raises(PaperStillNeeded) as refused:
        services.discard(paper=paper.id, reason="full", by=zhang)
    assert refused.value.details["until"] == last.isoformat()
    assert PaperContent.objects.filter(pk=paper.id).exists()


def test_identity_records_follow_the_law_on_them(keep):
    year = clock.today().year
    assert services.retained_until(keep(kind="id_copy")).year == year + 10
    assert services.retained_until(keep(kind="contract")).year == year + 30


def test_what_is_discarded_leaves_its_row_its_hash_and_who_looked(keep, wang, zhang, monkeypatch):
    paper = keep(retention="work")
    services.look(paper=paper.id, subject="visit:7", by=wang)
    day = services.retained_until(paper) + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: day)
    with pytest.raises(NotAllowed):
        services.discard(paper=paper.id, reason="its time is over", by=wang)
    with pytest.raises(ReasonMissing):
        services.discard(paper=paper.id, reason=" ", by=zhang)
    gone = services.discard(paper=paper.id, reason="its time is over", by=zhang)
    assert gone == replace(paper, discarded=True)
    assert not PaperContent.objects.exists()
    assert not PaperPreview.objects.exists()
    assert [one.subject for one in services.looks_of(paper.id)] == ["visit:7"]
    for again in (
        lambda: services.discard(paper=paper.id, reason="again", by=zhang),
        lambda: services.look(paper=paper.id, subject="visit:7", by=wang),
        lambda: services.preview(paper=paper.id),
    ):
        with pytest.raises(PaperDiscarded):
            again()
    event = events("discarded").get()
    assert event.data["sha256"] == paper.sha256
    assert "its time" not in str(event.data)
    assert findings() == []
