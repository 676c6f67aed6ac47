"""Reads of the room, as views from ``data.py``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Length
from django.utils.translation import get_language

from counterpoint.kit import clock
from counterpoint.notices import queries_searching as searching
from counterpoint.notices import rules
from counterpoint.notices.data import (
    Audience,
    Barred,
    Coverage,
    Draft,
    ForMeeting,
    Kind,
    Line,
    Page,
    Phase,
    Reader,
    Step,
    Version,
    VersionState,
)
from counterpoint.notices.models import (
    PUBLISHED,
    Acknowledgement,
    Attempt,
    NoticeVersion,
    Override,
    PaperText,
    Recipient,
    Reminder,
    VersionPaper,
    VersionStateRow,
    VersionWords,
)

SIZE = 30
READERS = 50


def in_words(zh: str, en: str) -> str:
    return (en or zh) if (get_language() or "zh").startswith("en") else zh


def live(at: datetime) -> Q:
    """In force at that moment."""
    return PUBLISHED & Q(effective_at__lte=at) & _lasting(at)


def standing(at: datetime) -> Q:
    """Published, and not over yet: in force, or to be."""
    return PUBLISHED & _lasting(at)


def _lasting(at: datetime) -> Q:
    return (Q(expires_at=None) | Q(expires_at__gt=at)) & (Q(ends_at=None) | Q(ends_at__gt=at))


def _of(table: type[Any], person: int, **more: Any) -> Exists:
    return Exists(table.objects.filter(version=OuterRef("pk"), person=person, **more))


def unread(person: int, at: datetime) -> QuerySet[NoticeVersion]:
    """What this person has to acknowledge: standing, and the last that is published of its notice."""
    mine = NoticeVersion.objects.filter(standing(at), _of(Recipient, person), ends_at=None)
    return mine.filter(~_of(Acknowledgement, person))


def barring(person: int, operation: str, at: datetime) -> NoticeVersion | None:
    """The unread notice by which the operation is barred for the person now, if there is one."""
    governed = NoticeVersion.objects.filter(
        live(at), _of(Recipient, person), operations__contains=[operation]
    )
    unread = governed.filter(~_of(Acknowledgement, person))
    free = _of(Override, person, operation=operation, until__gt=at)
    return unread.filter(~free).order_by("effective_at", "id").first()


def barred_at(branch: int, at: datetime, *, limit: int = 20, people: int = 200) -> list[Barred]:
    """By which versions people of a branch are barred now, and who they are; the oldest first."""
    found = NoticeVersion.objects.filter(live(at)).exclude(operations=[]).order_by("effective_at", "id")
    rows = {row.pk: row for row in found[:limit]}
    done = Acknowledgement.objects.filter(version=OuterRef("version"), person=OuterRef("person"))
    waiting = Recipient.objects.filter(
        ~Exists(done), version__in=rows, person__branch_id=branch, person__is_active=True
    )
    names: dict[int, list[str]] = {}
    for one in waiting.select_related("person").order_by("person__username")[:people]:
        names.setdefault(one.version_id, []).append(one.person.name)
    return [
        Barred(row.pk, in_words(row.title_zh, row.title_en), tuple(row.operations), row.effective_at,
               tuple(names[id]))
        for id, row in rows.items() if id in names and row.effective_at
    ]  # fmt: skip


def governed() -> frozenset[str]:
    """Every operation that some published notice governs, whenever."""
    lists = (
        NoticeVersion.objects.filter(PUBLISHED).exclude(operations=[]).values_list("operations", flat=True)
    )
    return frozenset(code for codes in lists for code in codes)


def audience(row: NoticeVersion) -> Audience:
    return Audience(row.everybody, tuple(row.branches), tuple(row.roles), tuple(row.people))


def phase(row: NoticeVersion, at: datetime) -> Phase:
    return rules.phase(VersionState(row.state), row.effective_at, row.expires_at, row.ends_at, at)


def version(row: NoticeVersion) -> Version:
    draft = Draft(
        title_zh=row.title_zh, title_en=row.title_en, text_zh=row.text_zh, text_en=row.text_en,
        operations=tuple(row.operations), audience=audience(row), questions=rules.load(row.questions),
        material=row.material, effective=row.effective_at, expires=row.expires_at,
        papers=tuple(row.papers.order_by("pk").values_list("paper_id", flat=True)),
    )  # fmt: skip
    return Version(
        id=row.pk, notice=row.notice_id, kind=Kind(row.notice.kind), number=row.number,
        state=VersionState(row.state), phase=phase(row, clock.now()), draft=draft, author=row.author_id,
        author_name=row.author.name, at=row.at, published_at=row.published_at,
        approver_name=row.published_by.name if row.published_by else "", ends=row.ends_at,
        title=in_words(row.title_zh, row.title_en), text=in_words(row.text_zh, row.text_en),
        edition=row.edition,
    )  # fmt: skip


def rows() -> QuerySet[NoticeVersion]:
    return NoticeVersion.objects.select_related("notice", "author", "published_by")


def before(row: Version) -> Version | None:
    """The published version before this one."""
    found = rows().filter(notice=row.notice, number__lt=row.number, published_at__isnull=False)
    last = found.order_by("-number").first()
    return version(last) if last else None


def versions_of(notice: int, *, written: bool) -> list[Version]:
    """The versions of a notice, the newest first; without ``written`` only what was published."""
    found = rows().filter(notice=notice)
    if not written:
        found = found.filter(published_at__isnull=False)
    return [version(row) for row in found.order_by("-number")[:50]]


def steps(version: int) -> list[Step]:
    found = VersionStateRow.objects.filter(version=version).select_related("person").order_by("-pk")[:50]
    return [Step(VersionState(row.state), row.at, row.person.name, row.note) for row in found]


def acknowledged(version: int, person: int) -> Acknowledgement | None:
    return Acknowledgement.objects.filter(version=version, person=person).first()


def is_recipient(version: int, person: int) -> bool:
    return Recipient.objects.filter(version=version, person=person).exists()


def tries(version: int, person: int) -> dict[int, tuple[int, bool]]:
    """The last choice of each question that was answered, and whether it was right."""
    found = Attempt.objects.filter(version=version, person=person).order_by("pk")
    return {row.question: (row.choice, row.right) for row in found}


def seen_by(person: int, *, all_of_them: bool) -> Q:
    """What a person may find: what reached them; who writes and approves finds everything."""
    if all_of_them:
        return ~Q(state=VersionState.DROPPED)
    return Q(published_at__isnull=False) & _seen(person)


def _seen(person: int) -> Q:
    return Q(pk__in=Recipient.objects.filter(person=person).values("version"))


def for_meeting(
    people: Iterable[int], since: datetime, until: datetime, at: datetime, limit: int
) -> list[ForMeeting]:
    """Notices that reached some of these people: those to take effect first; one question."""
    mine = Recipient.objects.filter(version=OuterRef("pk"), person__in=list(people)).order_by()
    read = Acknowledgement.objects.filter(version=OuterRef("version"), person=OuterRef("person"))
    counted = mine.values("version").annotate(n=Count("pk")).values("n")
    open_ones = mine.filter(~Exists(read)).values("version").annotate(n=Count("pk")).values("n")
    found = NoticeVersion.objects.filter(standing(at), ends_at=None, effective_at__lt=until)
    found = found.annotate(reached=Coalesce(Subquery(counted), 0), unread=Coalesce(Subquery(open_ones), 0))
    found = found.filter(Q(effective_at__gte=since) | Q(unread__gt=0), reached__gt=0)
    shown: list[Any] = list(found.select_related("notice").order_by("-effective_at", "-pk")[:limit])
    return [
        ForMeeting(
            row.pk,
            str(row.notice),
            in_words(row.title_zh, row.title_en),
            row.effective_at,
            row.reached,
            row.unread,
        )
        for row in shown
    ]


def listed(
    where: Q, *, person: int, show: str, kind: str, asked: set[str], page: int, at: datetime, query: str
) -> Page:  # fmt: skip
    """A page of notices: what waits to be read first, then the newest; or by a search."""
    found = NoticeVersion.objects.filter(where).select_related("notice")
    found = _shown(found, show, person, at)
    if kind:
        found = found.filter(notice__kind=kind)
    reached, read = _of(Recipient, person), _of(Acknowledgement, person)
    part = slice((page - 1) * SIZE, page * SIZE + 1)
    ids, fuzzy = searching.found(found, asked, part) if asked else (list(_newest(found)[part]), False)
    rows = {row.pk: row for row in found.filter(pk__in=ids).annotate(reached=reached, read=read)}
    lines = [_line(rows[one], at, query) for one in ids[:SIZE]]
    if asked and query:
        lines = searching.with_attachments(lines, asked, query)
    return Page(tuple(lines), len(ids) > SIZE, fuzzy)


def _newest(found: QuerySet[NoticeVersion]) -> QuerySet[NoticeVersion, int]:
    return found.order_by("-id").values_list("pk", flat=True)


def _shown(found: QuerySet[NoticeVersion], show: str, person: int, at: datetime) -> QuerySet[NoticeVersion]:
    if show == "unread":
        return found.filter(pk__in=unread(person, at).values("pk"))
    if show == "writing":
        return found.filter(state__in=[VersionState.DRAFT, VersionState.SUBMITTED])
    if show == "past":
        return found.filter(Q(state=VersionState.WITHDRAWN) | PUBLISHED & ~_lasting(at))
    return found.filter(standing(at))


def _line(row: Any, at: datetime, query: str) -> Line:
    title, text = in_words(row.title_zh, row.title_en), in_words(row.text_zh, row.text_en)
    now = phase(row, at)
    waits = row.reached and not row.read and now in (Phase.LIVE, Phase.SCHEDULED)
    return Line(
        id=row.pk, notice=row.notice_id, number=row.number, kind=Kind(row.notice.kind), phase=now,
        title=title, effective=row.effective_at, operations=tuple(row.operations), unread=bool(waits),
        excerpt=rules.excerpt(text, query) if query else (),
    )  # fmt: skip


def about(operation: str, person: int, at: datetime, *, limit: int) -> list[Line]:
    """What stands of the notices that govern an operation and reached this person, the newest first."""
    found = NoticeVersion.objects.filter(standing(at), _seen(person), operations__contains=[operation])
    found = found.annotate(reached=_of(Recipient, person), read=_of(Acknowledgement, person))
    return [_line(row, at, "") for row in found.select_related("notice").order_by("-id")[:limit]]


def coverage(version: int, branch: int | None, page: int) -> Coverage:
    """Who has not acknowledged a version, by branch and number; of one branch or of all."""
    reached = Recipient.objects.filter(version=version)
    if branch is not None:
        reached = reached.filter(person__branch_id=branch)
    done = Acknowledgement.objects.filter(version=version, person=OuterRef("person"))
    told = Reminder.objects.filter(version=version, person=OuterRef("person"))
    missing = reached.filter(~Exists(done), person__is_active=True).select_related("person")
    missing = missing.annotate(
        reminded=Exists(told.filter(escalated=False)), escalated=Exists(told.filter(escalated=True))
    )
    lines: list[Any] = list(
        missing.order_by("person__branch_id", "person__username")[(page - 1) * READERS : page * READERS + 1]
    )
    readers = tuple(
        Reader(row.person_id, row.person.username, row.person.name, row.person.branch_id, row.at, None,
               row.reminded, row.escalated)
        for row in lines[:READERS]
    )  # fmt: skip
    counted = reached.count()
    return Coverage(counted, reached.filter(Exists(done)).count(), readers, len(lines) > READERS)


def to_join(person: int, branch: int, roles: Iterable[str], at: datetime) -> list[NoticeVersion]:
    """What stands, is for this person by its rule, and has not reached them."""
    places = Q(branches=[]) | Q(branches__contains=[branch])
    posts = Q(roles=[]) | Q(roles__overlap=list(roles) or [""])
    narrow = places & posts & ~Q(branches=[], roles=[])
    ruled = Q(everybody=True) | Q(people__contains=[person]) | narrow
    found = NoticeVersion.objects.filter(standing(at), ruled, ends_at=None)
    return list(found.filter(~_of(Recipient, person)).order_by("id")[:500])


def overdue(before: datetime, at: datetime, *, escalated: bool, limit: int = 500) -> list[Recipient]:
    """Recipients who had a version in force before that moment, have not read it, and were not told yet."""
    known = Reminder.objects.filter(
        version=OuterRef("version"), person=OuterRef("person"), escalated=escalated
    )
    done = Acknowledgement.objects.filter(version=OuterRef("version"), person=OuterRef("person"))
    current = NoticeVersion.objects.filter(live(at), ends_at=None, effective_at__lte=before)
    found = Recipient.objects.filter(version__in=current.values("pk"), at__lte=before, person__is_active=True)
    found = found.filter(~Exists(known), ~Exists(done)).select_related("person", "version")
    return list(found.order_by(F("version_id"), "person_id")[:limit])


def unread_count(person: int, at: datetime) -> tuple[int, datetime | None]:
    """How much a person must read, and since when the first of it stands."""
    found = unread(person, at).aggregate(n=Count("pk"), oldest=Min("published_at"))
    return found["n"], found["oldest"]


def notices_with(paper: int, person: int, writes: bool) -> list[int]:
    """The notices to which a paper belongs and that this person may read."""
    found = NoticeVersion.objects.filter(papers__paper_id=paper)
    if not writes:
        found = found.filter(Q(published_at__isnull=False) & _seen(person))
    return list(found.values_list("notice_id", flat=True)[:1])


def unread_attachments(*, limit: int = 50) -> list[VersionPaper]:
    """Attachments by whose words their version is not found yet."""
    known = VersionWords.objects.filter(version=OuterRef("version"), paper_id=OuterRef("paper_id"))
    return list(VersionPaper.objects.filter(~Exists(known)).order_by("pk")[:limit])


def texts_of(papers: Iterable[int]) -> dict[int, tuple[int, str]]:
    """How many characters of each attachment were read, and the word for why there are none."""
    found = PaperText.objects.filter(pk__in=list(papers)).annotate(length=Length("text"))
    return {row.pk: (row.length, row.unread) for row in found}
