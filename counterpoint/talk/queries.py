"""Reads of channels and their members, as views from ``data.py``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from counterpoint.people import services as people
from counterpoint.talk import rules
from counterpoint.talk.data import HoldView, Kind, Line, Lines, Member, SubjectKind
from counterpoint.talk.models import Channel, Hold, Stay

SIZE = 30
#: More than so many unread messages of one channel are not counted out.
COUNTED = 99

_LIST = """
WITH shown AS (
  SELECT c.id, c.kind, c.title, c.subject, c.subject_id, c.low_id, c.high_id, c.last,
         s.person_id, s.after, s.until, s.read, s.ended
  FROM talk_stay s JOIN talk_channel c ON c.id = s.channel_id
  WHERE s.person_id = %(person)s AND (c.kind <> 'branch' OR c.branch_id = %(branch)s)
    AND CASE WHEN %(left)s THEN s.ended IS NOT NULL AND s.id = (
          SELECT max(o.id) FROM talk_stay o WHERE o.channel_id = c.id AND o.person_id = s.person_id)
        ELSE s.ended IS NULL END
  ORDER BY c.last DESC, c.id DESC LIMIT %(limit)s OFFSET %(offset)s
)
SELECT w.id, w.kind, w.title, w.subject, w.subject_id, w.low_id, w.high_id, w.ended,
       m.at, m.author_id, m.text, m.withdrawn,
       CASE WHEN w.ended IS NULL AND w.last > w.read THEN (
         SELECT count(*) FROM (
           -- Compared as pairs: by the number alone, the server would walk through everybody's messages.
           SELECT FROM talk_message x
           WHERE (x.channel_id, x.id) > (w.id, w.read) AND (x.channel_id, x.id) <= (w.id, w.last)
           LIMIT %(counted)s
         ) q
       ) END,
       w.ended IS NULL AND w.last > w.read AND EXISTS (
         SELECT FROM talk_mention t JOIN talk_message x ON x.id = t.message_id
         WHERE t.person_id = w.person_id AND t.message_id > w.read AND x.channel_id = w.id
       )
FROM shown w
LEFT JOIN talk_message m ON m.id = coalesce(w.until, w.last) AND m.id > w.after
ORDER BY w.last DESC, w.id DESC
"""


def lines(person: int, branch: int, *, page: int = 1, left: bool = False) -> Lines:
    """The channels of a person, with the newest talk first: two questions, however many messages lie behind.

    What was said last in a thread is not told here: whoever opens it is asked for the right to see it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _LIST,
            {"person": person, "branch": branch, "left": left, "counted": COUNTED + 1, "limit": SIZE + 1,
             "offset": (page - 1) * SIZE},
        )  # fmt: skip
        rows = cursor.fetchall()
    names = people.names_of(one for row in rows for one in (row[5], row[6], row[9]))
    return Lines(tuple(_line(row, person, names) for row in rows[:SIZE]), len(rows) > SIZE)


def _line(row: tuple[Any, ...], person: int, names: dict[int, str]) -> Line:
    id, kind, title, subject, subject_id, low, high, ended, at, author, text, withdrawn, unread, named = row
    partner = (high if low == person else low) if kind == Kind.DIRECT else None
    hidden = kind == Kind.THREAD or withdrawn is not None or text is None
    return Line(
        id=id, kind=Kind(kind), title=names.get(partner, "") if partner else title,
        subject=SubjectKind(subject) if subject else None, subject_id=subject_id or None, partner=partner,
        unread=unread or 0, named=bool(named), at=at, author=names.get(author, ""),
        text="" if hidden else " ".join(rules.masked(text).split())[:80], withdrawn=withdrawn is not None,
        left=ended is not None,
    )  # fmt: skip


def unread(person: int, branch: int) -> int:
    """In how many channels there is something unread: one question, by comparing two positions."""
    waiting = Stay.objects.filter(person=person, ended=None, channel__last__gt=F("read"))
    return waiting.filter(~Q(channel__kind=Kind.BRANCH) | Q(channel__branch_id=branch)).count()


def stays(channel: int, person: int) -> list[Stay]:
    """The times that somebody was in a channel, the last one last."""
    return list(Stay.objects.filter(channel=channel, person=person).order_by("id"))


def members(channel: int, *, limit: int = 400) -> list[Member]:
    """Who is in a channel now, or has read in it, and how far."""
    found = Stay.objects.filter(channel=channel, ended=None).select_related("person").order_by("id")[:limit]
    return [Member(one.person_id, one.person.name, one.at, one.read) for one in found]


def member_ids(channel: int, *, limit: int = 400) -> list[int]:
    found = Stay.objects.filter(channel=channel, ended=None).order_by("id")
    return list(found.values_list("person_id", flat=True)[:limit])


def direct(one: int, other: int) -> Channel | None:
    low, high = sorted((one, other))
    return Channel.objects.filter(kind=Kind.DIRECT, low=low, high=high).first()


def branch_channel(branch: int) -> Channel | None:
    return Channel.objects.filter(kind=Kind.BRANCH, branch_id=branch).first()


def thread(kind: str, id: int) -> Channel | None:
    return Channel.objects.filter(kind=Kind.THREAD, subject=kind, subject_id=id).first()


def is_held(channel: int) -> bool:
    return Hold.objects.filter(channel=channel, ended_at=None).exists()


def titles(rows: Iterable[Channel], person: int) -> dict[int, str]:
    """What these channels are called for a reader: a direct one by the other person."""
    found = list(rows)
    names = people.names_of(one for row in found for one in (row.low_id, row.high_id))
    return {row.pk: title(row, person, names) for row in found}


def title(row: Channel, person: int, names: dict[int, str]) -> str:
    if row.kind != Kind.DIRECT:
        return row.title
    if person in (row.low_id, row.high_id):
        return names.get((row.high_id if row.low_id == person else row.low_id) or 0, "")
    return " · ".join(names.get(one or 0, "") for one in (row.low_id, row.high_id))


def channels_of(person: int, page: int) -> tuple[list[tuple[Channel, bool]], bool]:
    """The conversations in which somebody is or was, the newest talk first, and whether each is held."""
    mine = Stay.objects.filter(person=person).values("channel")
    standing = Hold.objects.filter(channel=OuterRef("pk"), ended_at=None)
    rows = Channel.objects.filter(pk__in=mine).annotate(held=Exists(standing)).order_by("-last", "-pk")
    found: list[Any] = list(rows[(page - 1) * SIZE : page * SIZE + 1])
    return [(row, row.held) for row in found[:SIZE]], len(found) > SIZE


def holds(*, open_only: bool, page: int) -> tuple[list[HoldView], bool]:
    """A page of holds, the newest first."""
    rows: QuerySet[Hold] = Hold.objects.select_related("channel", "placed_by", "ended_by").order_by("-id")
    if open_only:
        rows = rows.filter(ended_at=None)
    found = list(rows[(page - 1) * SIZE : page * SIZE + 1])
    names = titles((one.channel for one in found), 0)
    views = [
        HoldView(
            id=one.pk, channel=one.channel_id, title=names[one.channel_id], reason=one.reason,
            placed=one.placed_at, placed_name=one.placed_by.name, ended=one.ended_at,
            ended_name=one.ended_by.name if one.ended_by else "",
        )
        for one in found[:SIZE]
    ]  # fmt: skip
    return views, len(found) > SIZE
