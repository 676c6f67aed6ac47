"""Reading: the list, one channel, marks of what was read, receipts, the search, what is new."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.people import services as people
from counterpoint.talk import queries, queries_messages, rules
from counterpoint.talk.data import (
    Channel,
    Found,
    FoundPage,
    Kind,
    Lines,
    Member,
    Message,
    Messages,
    News,
    NotTheOwner,
    Presence,
    Receipt,
    Retention,
    Subject,
    SubjectKind,
    UnknownChannel,
    Worded,
)
from counterpoint.talk.models import Channel as Row
from counterpoint.talk.models import Message as MessageRow
from counterpoint.talk.models import ReadMark, Stay
from counterpoint.talk.services import opening, parts, reach
from counterpoint.visits import services as visits

#: Older news than this is no news; the counter has it.
FRESH = timedelta(minutes=2)
#: What pages hear when somebody has read on; it is no event and stands in no catalogue.
READ = "talk.read"


def lines(*, by: Actor, page: int = 1, left: bool = False) -> Lines:
    """The actor's channels, the one with the newest talk first."""
    return queries.lines(by.id, by.branch or 0, page=page, left=left)


def unread(*, by: Actor) -> int:
    """In how many channels there is something that the actor has not read."""
    return queries.unread(by.id, by.branch or 0)


def channel(id: int, *, by: Actor) -> Channel:
    """A channel, for who may read it; for others there is none."""
    return view(reach.channel(id, by), by)


def view(found: reach.Reach, by: Actor) -> Channel:
    row, two = found.row, found.row.kind == Kind.DIRECT
    names = people.names_of((row.low_id, row.high_id)) if two else {}
    return Channel(
        id=row.pk, kind=Kind(row.kind), title=queries.title(row, by.id, names), branch=row.branch_id,
        owner=row.owner_id, partner=(row.high_id if row.low_id == by.id else row.low_id) if two else None,
        subject=SubjectKind(row.subject) if row.subject else None, subject_id=row.subject_id or None,
        retention=Retention(row.retention), writes=found.writes, read=found.stay.read if found.stay else 0,
        left=found.last.ended if found.last and not found.writes else None, held=queries.is_held(row.pk),
    )  # fmt: skip


def messages(
    id: int, *, by: Actor, before: int | None = None, around: int | None = None
) -> tuple[Channel, Messages, list[Member]]:
    """A channel with a page of its messages, and how far its members have read."""
    found = reach.channel(id, by)
    page = queries_messages.page(id, found.seen, by.id, before=before, around=around)
    return view(found, by), page, queries.members(id)


def message(id: int, *, by: Actor) -> Message:
    row, _found = reach.message(id, by)
    return queries_messages.views([row], by.id)[0]


def members_of(id: int, *, by: Actor) -> list[Member]:
    """Who is in a channel now; in a branch's channel and a thread: who has read there."""
    return queries.members(reach.channel(id, by).row.pk)


def thread_of(subject: Subject) -> int | None:
    """The thread on this subject, if anybody has said something about it."""
    found = queries.thread(subject.kind, subject.id)
    return found.pk if found else None


def nameable(subject: Subject, *, by: Actor) -> list[str]:
    """Whom one may think of to name in a thread: who works at its branch."""
    staff = people.staff_of(branches=(subject.branch,)) if subject.branch else []
    return [one.name for one in staff if one.id != by.id][:200]


def receipts(message: int, *, by: Actor) -> list[Receipt]:
    """Who had read a message, and when first 已读回执."""
    row, found = reach.message(message, by)
    return queries_messages.receipts(row, queries.member_ids(found.row.pk))


def wording_of(message: int, *, by: Actor) -> str:
    """The words of one's own message as they were written, to word it anew; nobody else gets them so."""
    row, _found = reach.message(message, by)
    if row.author_id != by.id or row.withdrawn is not None:
        raise NotTheOwner(_("Only who wrote a message changes it."))
    return row.text


def direct_with(person: int, *, by: Actor) -> int | None:
    """The conversation with somebody, if there is one."""
    found = queries.direct(by.id, person)
    return found.pk if found else None


def wordings(message: int, *, by: Actor) -> list[Worded]:
    """How a message was worded before; of one that was withdrawn nothing is shown."""
    row, _found = reach.message(message, by)
    return [] if row.withdrawn else queries_messages.wordings(row.pk)


def presence(persons: Iterable[int]) -> dict[int, Presence]:
    """Where these people are: two questions, however many they are."""
    wanted = set(persons)
    serving, here = visits.serving_now(wanted), people.here(wanted)
    return {
        one: Presence.SERVING if one in serving else Presence.HERE if one in here else Presence.AWAY
        for one in wanted
    }


def mark_read(*, channel: int, upto: int, by: Actor) -> bool:
    """Note that the actor has read up to a message 已读; a mark never goes back. Whether it went on."""
    found = reach.channel(channel, by)
    row = found.row
    if not found.writes:
        return False
    upto = min(upto, row.last)
    with transaction.atomic():
        if found.stay is None:
            opening.follow(row, [by.id], read=0)
        mine = Stay.objects.filter(channel=row, person=by.id, ended=None)
        before = mine.values_list("read", flat=True).first() or 0
        if not _advance(mine, upto):
            return False
        ReadMark.objects.create(channel=row, person_id=by.id, upto=upto, at=clock.now())
        newly = MessageRow.objects.filter(channel=row, pk__gt=before, pk__lte=upto).order_by("-pk")[:100]
        authors = set(newly.values_list("author_id", flat=True)) - {by.id}
        told = (parts.person_channel(by.id), *(parts.read_channel(one) for one in sorted(authors)))
        parts.announce(READ, told, parts.address(row))
    return True


def _advance(mine: QuerySet[Stay], upto: int) -> int:
    """Only forward, by whatever came first: the server compares, not this process."""
    return mine.filter(read__lt=upto).update(read=upto)


def search(*, query: str, by: Actor, page: int = 1) -> FoundPage:
    """Find words in what the actor may read; in a thread only while the actor may see what it is about."""
    asked = rules.asked(query[:80])
    if not asked:
        return FoundPage((), False)
    rows, more = queries_messages.search(by.id, by.branch or 0, asked, page)
    known = {row.pk: row for row in Row.objects.filter(pk__in={one[1] for one in rows})}
    seen = {id for id, row in known.items() if row.kind != Kind.THREAD or _still_seen(row, by)}
    titles = queries.titles(known.values(), by.id)
    names = people.names_of({one[2] for one in rows})
    found = [
        Found(channel, titles[channel], id, names.get(author, ""), at,
              rules.excerpt(rules.masked(text), query))
        for id, channel, author, at, text in rows
        if channel in seen
    ]  # fmt: skip
    return FoundPage(tuple(found), more)


def _still_seen(row: Row, by: Actor) -> bool:
    try:
        reach.reach(row, by)
    except UnknownChannel:
        return False
    return True


def news(*, by: Actor, after: int) -> tuple[list[News], int]:
    """What is worth a notice on the screen since message ``after`` 勿扰: who serves is let alone."""
    fresh = queries_messages.fresh(by.id, by.branch or 0, after=after, since=clock.now() - FRESH)
    if not fresh:
        return [], after
    visit = visits.current_visit(by.id)
    through = parts.rule("while_serving")
    found = []
    for row, where, named in fresh:
        own = visit is not None and (where.subject, where.subject_id) == (SubjectKind.VISIT, visit.id)
        if not rules.interrupts(
            kind=Kind(where.kind), urgent=row.urgent, named=named, own_visit=own,
            serving=visit is not None, let_through=through,
        ):  # fmt: skip
            continue
        if where.kind == Kind.THREAD and not _still_seen(where, by):
            continue
        text = " ".join(rules.masked(row.text).split())[:60]
        found.append(News(row.pk, row.channel_id, row.author.name, text, row.urgent))
    return found, max(row.pk for row, _where, _named in fresh)
