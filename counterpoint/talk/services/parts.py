"""What the verbs share: whom a change is told, what is checked of a person and a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from counterpoint.kit import clock, journal
from counterpoint.kit.data import Actor, ActorKind, Told
from counterpoint.kit.verbs import tell
from counterpoint.org import services as org
from counterpoint.people.data import WHOLE_BANK
from counterpoint.talk import queries, rules
from counterpoint.talk.data import Kind, NotWriting, TalkMalformed
from counterpoint.talk.models import Channel

LONGEST_TEXT = 4000
LONGEST_TITLE = 80
#: One announcement names so many people at most.
MOST_TOLD = 200


def rule(name: str) -> Any:
    return org.value(key=f"talk.{name}", at=clock.today())


def check_person(by: Actor) -> None:
    if by.kind is not ActorKind.PERSON:
        raise NotWriting(_("Only people talk here."))


def words(text: str, *, field: str, longest: int = LONGEST_TEXT, needed: bool = True) -> str:
    plain = rules.plain(text)
    if needed and not plain:
        raise TalkMalformed(_("Something has to be written here."), field=field)
    if len(plain) > longest:
        raise TalkMalformed(_("At most %(n)s characters.") % {"n": longest}, field=field)
    return plain


def person_channel(person: int) -> str:
    """What a person's pages hear of their own conversations, whichever they have open."""
    return f"talk:person:{person}"


def branch_channel(branch: int) -> str:
    return f"talk:branch:{branch}"


def threads_channel(branch: int) -> str:
    """What every page of a branch hears, so that a thread that is open on it shows what is new."""
    return f"talk:threads:{branch}"


def read_channel(person: int) -> str:
    """What a person's pages hear of what is only shown: who has read, who gave a sign."""
    return f"talk:read:{person}"


def address(row: Channel) -> str:
    return f"talk:{row.subject}:{row.subject_id}" if row.subject else f"talk:{row.pk}"


def told_of(row: Channel) -> tuple[str, ...]:
    """Who hears of a message in the channel: those who may read it at this moment."""
    if row.kind == Kind.BRANCH:
        return (branch_channel(row.branch_id),)
    people = tuple(person_channel(one) for one in queries.member_ids(row.pk, limit=MOST_TOLD))
    return (threads_channel(row.branch_id), *people) if row.kind == Kind.THREAD else people


def shown_to(row: Channel) -> tuple[str, ...]:
    """Whose open pages show a change that nobody has to count or read."""
    quiet = () if row.kind in (Kind.DIRECT, Kind.GROUP) else (threads_channel(row.branch_id),)
    if row.kind == Kind.BRANCH:
        return quiet
    return (*quiet, *(read_channel(one) for one in queries.member_ids(row.pk, limit=MOST_TOLD)))


def say(row: Channel, data: dict[str, Any], *, channels: Iterable[str] = (), **more: Any) -> None:
    """The event of a verb. It holds numbers, never what was said.

    It belongs to the whole bank: an event of a branch is heard by every page there, and what one says
    to another is no news for a branch's boards.
    """
    tell(
        Told(
            subject=f"talk:{row.pk}", branch=WHOLE_BANK, data={"branch": row.branch_id} | data,
            channels=tuple(dict.fromkeys(channels)), about=address(row), **more,
        )
    )  # fmt: skip


def announce(verb: str, channels: Iterable[str], about: str) -> None:
    """Let pages know at commit, without an event: how far somebody has read is a row of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(%s, %s)",
            [journal.SIGNAL, journal.signal(0, verb, list(dict.fromkeys(channels)), about)],
        )
