"""Reads of messages: a page of a channel, who has read one, what a search finds, what is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Min, Q

from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.talk import rules
from counterpoint.talk.data import (
    Attachment,
    Message,
    Messages,
    Quote,
    Reaction,
    Receipt,
    Sign,
    Worded,
)
from counterpoint.talk.models import Channel, Mention, MessagePaper, ReadMark, Stay, Wording
from counterpoint.talk.models import Message as Row
from counterpoint.talk.models import Reaction as ReactionRow

SIZE = 30


def page(
    channel: int, seen: Q, person: int, *, before: int | None = None, around: int | None = None
) -> Messages:  # fmt: skip
    """A page of a channel as far as ``seen``: the newest, those before a message, or around one."""
    found = Row.objects.filter(seen, channel=channel)
    if around is not None:
        return _around(found, around, person)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: SIZE + 1])
    more, rows = len(rows) > SIZE, rows[:SIZE][::-1]
    newer = rows[-1].pk if rows and before is not None else None
    return Messages(tuple(views(rows, person)), rows[0].pk if more else None, newer)


def _around(found: Any, id: int, person: int) -> Messages:
    """The message with what was said before and after it."""
    half = SIZE // 2
    earlier = list(found.filter(pk__lt=id).order_by("-pk")[: half + 1])
    later = list(found.filter(pk__gte=id).order_by("pk")[: half + 1])
    rows = earlier[:half][::-1] + later[:half]
    older = rows[0].pk if len(earlier) > half else None
    return Messages(tuple(views(rows, person)), older, rows[-1].pk if len(later) > half else None)


def views(rows: list[Row], person: int) -> list[Message]:
    """Messages with all that belongs to them: five questions more, however many they are."""
    ids = [row.pk for row in rows]
    quoted = {one.pk: one for one in Row.objects.filter(pk__in={row.answers for row in rows if row.answers})}
    mentions = defaultdict(list)
    for one in Mention.objects.filter(message__in=ids).order_by("pk"):
        mentions[one.message_id].append((one.person_id, one.name))
    given: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    reactions = ReactionRow.objects.filter(message__in=ids, ended=None).order_by("pk")
    for message, sign, who in reactions.values_list("message_id", "sign", "person_id"):
        given[message][sign].append(who)
    wanted = {row.author_id for row in rows} | {one.author_id for one in quoted.values()}
    wanted |= {who for signs in given.values() for one in signs.values() for who in one}
    names, files = people.names_of(wanted), _papers(ids)
    return [
        Message(
            id=row.pk, channel=row.channel_id, author=row.author_id, name=names.get(row.author_id, ""),
            at=row.at, text="" if row.withdrawn else rules.masked(row.text), urgent=row.urgent,
            masked=not row.withdrawn and rules.masked(row.text) != row.text, edited=row.edited,
            withdrawn=row.withdrawn, quote=_quote(row, quoted, names),
            mentioned=tuple(mentions[row.pk]),
            reactions=_reactions(given[row.pk], person, names),
            papers=() if row.withdrawn else tuple(files.get(row.pk, ())),
        )
        for row in rows
    ]  # fmt: skip


def _quote(row: Row, quoted: dict[int, Row], names: dict[int, str]) -> Quote | None:
    found = quoted.get(row.answers or 0)
    # An answer is only made within one channel; a quote never shows what another one holds.
    if found is None or found.channel_id != row.channel_id:
        return None
    text = "" if found.withdrawn else " ".join(rules.masked(found.text).split())[:80]
    return Quote(found.pk, names.get(found.author_id, ""), text)


def _reactions(given: dict[str, list[int]], person: int, names: dict[int, str]) -> tuple[Reaction, ...]:
    return tuple(
        Reaction(sign, tuple(names.get(who, "") for who in given[sign]), person in given[sign])
        for sign in Sign
        if given.get(sign)
    )


def _papers(ids: Iterable[int]) -> dict[int, list[Attachment]]:
    links = list(MessagePaper.objects.filter(message__in=ids).order_by("pk"))
    known = {one.id: one.name for one in papers.papers_of([one.paper_id for one in links])} if links else {}
    found = defaultdict(list)
    for one in links:
        found[one.message_id].append(Attachment(one.paper_id, known.get(one.paper_id, "")))
    return found


def with_paper(paper: int) -> list[int]:
    """The messages with which a paper came, the newest first."""
    found = MessagePaper.objects.filter(paper_id=paper).order_by("-message")
    return list(found.values_list("message_id", flat=True)[:5])


def by_key(author: int, key: UUID) -> Row | None:
    return Row.objects.filter(author=author, key=key).first()


def sent_since(author: int, moment: datetime, *, urgent: bool = False) -> int:
    found = Row.objects.filter(author=author, at__gt=moment)
    return (found.filter(urgent=True) if urgent else found).count()


def receipts(row: Row, others: Iterable[int]) -> list[Receipt]:
    """Who of these people had read the message, and when first."""
    marks = ReadMark.objects.filter(channel=row.channel_id, upto__gte=row.pk).values("person")
    first = {one["person"]: one["first"] for one in marks.annotate(first=Min("at"))}
    wanted = [one for one in others if one != row.author_id]
    names = people.names_of(wanted)
    found = [Receipt(one, names.get(one, ""), first.get(one)) for one in wanted]
    return sorted(found, key=lambda one: (one.at is None, one.at or row.at, one.name))


def wordings(message: int) -> list[Worded]:
    """Every earlier wording, the first first, masked."""
    found = Wording.objects.filter(message=message).order_by("pk")[:100]
    return [Worded(rules.masked(one.text), one.at) for one in found]


_FOUND = """
SELECT m.id, m.channel_id, m.author_id, m.at, m.text FROM talk_message m
JOIN talk_stay s ON s.channel_id = m.channel_id AND s.person_id = %(person)s
  AND m.id > s.after AND (s.until IS NULL OR m.id <= s.until)
JOIN talk_channel c ON c.id = m.channel_id
WHERE m.grams @> %(grams)s::varchar[] AND (c.kind <> 'branch' OR c.branch_id = %(branch)s)
-- By the bare number, the server would walk through all messages for the few that have the pieces.
ORDER BY m.id + 0 DESC LIMIT %(limit)s OFFSET %(offset)s
"""
FOUND = 20


def search(person: int, branch: int, grams: list[str], page: int) -> tuple[list[tuple[Any, ...]], bool]:
    """Messages with these pieces in the channels of a person, as far as the person's time in them reaches."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FOUND,
            {"person": person, "branch": branch, "grams": grams, "limit": FOUND + 1,
             "offset": (page - 1) * FOUND},
        )  # fmt: skip
        rows = cursor.fetchall()
    return rows[:FOUND], len(rows) > FOUND


def fresh(person: int, branch: int, *, after: int, since: datetime) -> list[tuple[Row, Channel, bool]]:
    """What others said lately in somebody's channels and is unread, and whether it names the person."""
    mine = Stay.objects.filter(person=person, ended=None).filter(
        ~Q(channel__kind="branch") | Q(channel__branch_id=branch), channel__last__gt=F("read")
    )
    reads = {one.channel_id: one.read for one in mine.order_by("-channel__last")[:20]}
    if not reads:
        return []
    found = Row.objects.filter(channel__in=reads, pk__gt=after, at__gt=since, withdrawn=None)
    rows = list(found.exclude(author=person).select_related("channel", "author").order_by("-pk")[:20])
    named = set(
        Mention.objects.filter(person=person, message__in=[row.pk for row in rows]).values_list(
            "message_id", flat=True
        )
    )
    return [(row, row.channel, row.pk in named) for row in rows[::-1] if row.pk > reads[row.channel_id]]
