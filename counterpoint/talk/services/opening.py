"""Opening channels: two people, a group, a branch, a thread beside a piece of work."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence

from django.db import IntegrityError
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.kit.verbs import verb
from counterpoint.org import services as org
from counterpoint.org.data import UnknownBranch
from counterpoint.people import services as people
from counterpoint.people.data import PersonView, UnknownPerson
from counterpoint.talk import queries
from counterpoint.talk.data import GroupFull, Kind, Subject, TalkMalformed
from counterpoint.talk.models import Channel, Stay
from counterpoint.talk.rules import CLASS_OF
from counterpoint.talk.services import parts


def partner(person: int, by: Actor) -> PersonView:
    """Somebody to talk with: another person, who still works here."""
    found = people.person(person)
    if not found.active:
        raise UnknownPerson(_("%(name)s does not work here any more.") % {"name": found.name})
    if found.id == by.id:
        raise TalkMalformed(_("Choose somebody else than yourself."), field="people")
    return found


def direct(*, person: int, by: Actor) -> int:
    """The channel of two people 单聊; it is opened when they have none yet."""
    parts.check_person(by)
    other = partner(person, by)
    found = queries.direct(by.id, other.id)
    if found is None:
        try:
            return _open_direct(other=other.id, by=by)
        except IntegrityError:
            # The other one opened it in the same moment.
            found = queries.direct(by.id, other.id)
            if found is None:
                raise
    return found.pk


@verb("talk.direct.opened")
def _open_direct(*, other: int, by: Actor) -> int:
    """Two people begin to talk 发起单聊."""
    low, high = sorted((by.id, other))
    row = _channel(Kind.DIRECT, by.branch or 0, low_id=low, high_id=high)
    _join(row, (low, high))
    parts.say(row, {}, channels=parts.told_of(row))
    return row.pk


@verb("talk.group.opened")
def open_group(*, title: str, people: Sequence[int], by: Actor) -> int:
    """Open a group 建群; who opens it owns it."""
    parts.check_person(by)
    name = parts.words(title, field="title", longest=parts.LONGEST_TITLE)
    others = {partner(one, by).id for one in people}
    if not others:
        raise TalkMalformed(_("Choose who else is in the group."), field="people")
    check_room(len(others) + 1)
    row = _channel(Kind.GROUP, by.branch or 0, title=name, owner_id=by.id)
    _join(row, (by.id, *sorted(others)))
    parts.say(row, {"members": len(others) + 1}, channels=parts.told_of(row))
    return row.pk


def check_room(number: int) -> None:
    # Everybody in it hears of every message: beyond what one announcement holds, somebody would not.
    most = min(int(parts.rule("group_members")), parts.MOST_TOLD)
    if number > most:
        raise GroupFull(_("A group has %(n)s members at most.") % {"n": most})


def settle(*, person: int, branch: int) -> None:
    """Let somebody hear the channel of the branch where they work; it is opened for the first of them."""
    if branch <= 0:
        return
    row = queries.branch_channel(branch)
    if row is None:
        # Somebody else may be first; and a head office has no counters.
        with contextlib.suppress(IntegrityError, UnknownBranch):
            _open_branch(branch=branch, by=SYSTEM)
        row = queries.branch_channel(branch)
    if row is not None:
        follow(row, [person], read=row.last)


@verb("talk.branch.opened")
def _open_branch(*, branch: int, by: Actor) -> None:
    """Open the channel of a branch 网点频道."""
    row = _channel(Kind.BRANCH, branch, title=org.branch(branch).name)
    parts.say(row, {})


def thread(*, subject: Subject, by: Actor) -> int:
    """The thread beside a piece of work 讨论; it is opened with the first word."""
    parts.check_person(by)
    found = queries.thread(subject.kind, subject.id)
    if found is None:
        try:
            return _open_thread(subject=subject, by=by)
        except IntegrityError:
            found = queries.thread(subject.kind, subject.id)
            if found is None:
                raise
    return found.pk


@verb("talk.thread.opened")
def _open_thread(*, subject: Subject, by: Actor) -> int:
    """Begin to talk about a visit, a case, a request or a notice 发起讨论."""
    row = _channel(
        Kind.THREAD, subject.branch, title=subject.title, subject=subject.kind, subject_id=subject.id
    )
    parts.say(row, {"about": f"{subject.kind}:{subject.id}"}, correlation=subject.key)
    return row.pk


def _channel(kind: Kind, branch: int, **more: object) -> Channel:
    return Channel.objects.create(
        kind=kind, branch_id=branch, retention=CLASS_OF[kind], at=clock.now(), **more
    )


def _join(row: Channel, persons: Iterable[int]) -> None:
    now = clock.now()
    Stay.objects.bulk_create(
        Stay(channel=row, person_id=one, at=now, after=row.last, read=row.last) for one in persons
    )


def follow(row: Channel, persons: Iterable[int], *, read: int) -> None:
    """Remember how far these people have read in a branch's channel or a thread; once is enough."""
    now = clock.now()
    Stay.objects.bulk_create(
        [Stay(channel=row, person_id=one, at=now, read=read) for one in persons], ignore_conflicts=True
    )
