"""What threads are about: each is authorised by the room that it belongs to, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable

from counterpoint.approvals import services as approvals
from counterpoint.kit.data import Actor, ActorKind, Refusal
from counterpoint.notices import services as notices
from counterpoint.people import services as people
from counterpoint.people.data import Duty, PersonView
from counterpoint.talk.data import Subject, SubjectKind
from counterpoint.visits import services as visits
from counterpoint.visits.data import CASE_DUTIES, VISIT_DUTIES


def _has(by: Actor, duties: tuple[Duty, ...]) -> bool:
    """Whoever may open such a page at all; which ones is asked for each."""
    return not people.duties_held(person=by.id, branch=by.branch or 0).isdisjoint(duties)


def _visit(id: int, by: Actor) -> Subject | None:
    if not _has(by, VISIT_DUTIES):
        return None
    found = visits.visit_here(id, by)
    return Subject(SubjectKind.VISIT, id, found.number, found.branch, found.key)


def _case(id: int, by: Actor) -> Subject | None:
    if not _has(by, CASE_DUTIES):
        return None
    found = visits.case(id, by=by)
    return Subject(SubjectKind.CASE, id, found.number, found.branch)


def _request(id: int, by: Actor) -> Subject | None:
    found = approvals.request(id)
    if not approvals.may_read(found, by):
        return None
    return Subject(SubjectKind.REQUEST, id, found.number, found.branch)


def _notice(id: int, by: Actor) -> Subject | None:
    found = notices.current(id, by=by)
    return Subject(SubjectKind.NOTICE, id, found.name, 0)


_SOURCES: dict[SubjectKind, Callable[[int, Actor], Subject | None]] = {
    SubjectKind.VISIT: _visit,
    SubjectKind.CASE: _case,
    SubjectKind.REQUEST: _request,
    SubjectKind.NOTICE: _notice,
}


def subject(kind: str, id: int, by: Actor) -> Subject | None:
    """The thing, if this person may see it now; else there is none."""
    if by.kind is not ActorKind.PERSON or kind not in set(SubjectKind):
        return None
    try:
        return _SOURCES[SubjectKind(kind)](id, by)
    except Refusal:
        return None


def may_see(kind: str, id: int, who: PersonView) -> bool:
    """May somebody who is not here see it, from where they belong?"""
    actor = Actor(kind=ActorKind.PERSON, id=who.id, name=who.name, branch=who.branch)
    return subject(kind, id, actor) is not None
