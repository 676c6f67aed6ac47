"""Reading 阅读: who has to, acknowledging with questions, joining an audience later, who has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.notices import queries
from counterpoint.notices.data import (
    Barred,
    Coverage,
    ForMeeting,
    How,
    Line,
    NoticeMalformed,
    Page,
    QuestionsOpen,
    UnknownNotice,
    Version,
    VersionState,
)
from counterpoint.notices.models import PUBLISHED, Acknowledgement, Attempt, NoticeVersion, Recipient
from counterpoint.notices.rules import grams
from counterpoint.notices.services import parts
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Duty

#: Who writes, approves or examines notices sees every one.
WRITERS = (Duty.RULES_DRAFT, Duty.RULES_APPROVE, Duty.AUDIT)


def writes(by: Actor) -> bool:
    """Does the actor see notices that are for others?"""
    if by.kind is ActorKind.SYSTEM:
        return True
    return bool(people.duties_held(person=by.id, branch=by.branch or 0) & set(WRITERS))


def supervises(by: Actor) -> bool:
    return people.holds(person=by.id, duty=Duty.AUTHORIZE, branch=by.branch or 0)


def version(id: int, *, by: Actor) -> Version:
    """A version, for who may know of it: its recipients, and who writes; else there is none (404)."""
    row = queries.rows().filter(pk=id).first()
    published = row is not None and row.published_at is not None
    allowed = published and (queries.is_recipient(id, by.id) or supervises(by))
    if row is None or not (allowed or writes(by)):
        raise UnknownNotice(_("There is no such notice."))
    return queries.version(row)


def current(notice: int, *, by: Actor) -> Version:
    """The last version of a notice that the actor may see."""
    found = queries.versions_of(notice, written=writes(by))
    if not found:
        raise UnknownNotice(_("There is no such notice."))
    return version(found[0].id, by=by)


def search(
    *, by: Actor, query: str = "", kind: str = "", show: str = "", page: int = 1, all_of_them: bool = False
) -> Page:  # fmt: skip
    """A page of notices that the actor may see; ``query`` finds words, pinyin, and what is nearly so."""
    text = query.strip()[:80]
    asked = grams(text, asked=True)
    if text and not asked:
        return Page((), False)
    where = queries.seen_by(by.id, all_of_them=all_of_them)
    return queries.listed(
        where, person=by.id, show=show, kind=kind, asked=asked, page=page, at=clock.now(), query=text
    )  # fmt: skip


def notices_about(operation: str, *, by: Actor, limit: int = 5) -> list[Line]:
    """The notices that stand on an operation, for its procedure beside the form."""
    return queries.about(operation, by.id, clock.now(), limit=limit)


def barred_at(*, branch: int) -> list[Barred]:
    """Who of a branch may not do what, as a notice is not read yet, for its board."""
    return queries.barred_at(branch, clock.now())


def for_meeting(*, people: Sequence[int], since: datetime, until: datetime, limit: int) -> list[ForMeeting]:
    """What these people should speak of: takes effect in this time, or is in force and unread by some."""
    return queries.for_meeting(people, since, until, clock.now(), limit)


@verb("notices.version.acknowledged")
def acknowledge(*, version: int, by: Actor, answers: Mapping[int, int] | None = None) -> tuple[int, ...]:
    """Acknowledge a version 确认已阅; each answer is recorded. Returns the questions that are still open.

    A wrong answer leaves the version unread: it is explained, and may be tried again.
    """
    row = parts.held(version)
    if row.state != VersionState.PUBLISHED or not queries.is_recipient(version, by.id):
        raise UnknownNotice(_("There is no such notice."))
    open_questions = _answered(row, answers or {}, by)
    if open_questions and not answers:
        raise QuestionsOpen(_("Answer the questions first."), questions=list(open_questions))
    data = {"acknowledged": not open_questions, "open": list(open_questions)}
    if not open_questions:
        how = How.ANSWERED if row.questions else How.READ
        first = _acknowledged(row, by.id, how)
        data["again"] = not first
        _carry_on(row, by.id)
    # Each list of who has not read is of one branch, or of the whole bank.
    home = people.person(by.id).branch
    parts.say(row, data, channels=(by.key, f"readers:{home}", f"readers:{WHOLE_BANK}"))
    return open_questions


def _answered(row: NoticeVersion, answers: Mapping[int, int], by: Actor) -> tuple[int, ...]:
    """Record the answers; the questions that nobody answered right yet."""
    questions = queries.version(row).draft.questions
    for question, choice in answers.items():
        if not 0 <= question < len(questions) or not 0 <= choice < len(questions[question].choices):
            raise NoticeMalformed(_("There is no such answer."), field="answers")
        right = questions[question].is_right(choice)
        Attempt.objects.create(version=row, person_id=by.id, question=question, choice=choice, right=right)
    done = {question for question, (_choice, right) in queries.tries(row.pk, by.id).items() if right}
    return tuple(at for at in range(len(questions)) if at not in done)


def _acknowledged(row: NoticeVersion, person: int, how: How) -> bool:
    made = Acknowledgement(version=row, person_id=person, how=how, at=clock.now())
    Acknowledgement.objects.bulk_create([made], ignore_conflicts=True)
    found = queries.acknowledged(row.pk, person)
    return found is not None and found.how == how and found.at == made.at


def _carry_on(row: NoticeVersion, person: int) -> None:
    """Whoever reads a version while its immaterial successor waits for its time knows that one, too."""
    later = NoticeVersion.objects.filter(PUBLISHED, notice=row.notice_id, number__gt=row.number)
    for following in later.order_by("number"):
        if following.material or not queries.is_recipient(following.pk, person):
            return
        _acknowledged(following, person, How.CARRIED)


def join(*, person: int) -> int:
    """Make somebody a recipient of what is for them by its rule and came before them; how many."""
    who = people.person(person)
    found = queries.to_join(person, who.branch, [str(role) for role in who.roles], clock.now())
    if found:
        _join(person=person, branch=who.branch, rows=found, by=SYSTEM)
    return len(found)


@verb("notices.recipient.joined")
def _join(*, person: int, branch: int, rows: list[NoticeVersion], by: Actor) -> None:
    """Add somebody to the recipients of what was published before they belonged to its audience."""
    made = [Recipient(version=row, person_id=person, how=How.JOINED, at=clock.now()) for row in rows]
    Recipient.objects.bulk_create(made, ignore_conflicts=True)
    data = {"versions": [row.pk for row in rows]}
    tell(Told(subject=f"person:{person}", branch=branch, data=data, channels=(f"person:{person}",)))


def coverage(*, version: int, by: Actor, page: int = 1) -> Coverage:
    """Who has not read a version: of the own branch for its supervisor, of the bank for who writes."""
    branch = watched(by)
    return queries.coverage(version, branch or None, page)


def watched(by: Actor) -> int:
    """The branch whose readers the actor answers for; 0: those of the whole bank."""
    whole = people.duties_held(person=by.id, branch=WHOLE_BANK) & set(WRITERS)
    return WHOLE_BANK if whole else by.branch or 0
