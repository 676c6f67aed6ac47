"""Sending 发送: in the order of the channel, once for each key, within what one person may send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.papers import services as papers
from counterpoint.people import services as people
from counterpoint.talk import queries, queries_messages, rules
from counterpoint.talk.data import KeyReused, Kind, TalkMalformed, TooManyMessages, UnknownMessage
from counterpoint.talk.models import Channel, Mention, Message, MessagePaper, ReadMark, Stay
from counterpoint.talk.services import opening, parts, reach, subjects

MOST_PAPERS = 5
MOST_MENTIONS = 20
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def send(
    *, channel: int, text: str, key: UUID, by: Actor, answers: int | None = None, urgent: bool = False,
    attached: Sequence[int] = (),
) -> int:  # fmt: skip
    """Say something 发送消息; the same ``key`` again is the same message, whatever the line did."""
    parts.check_person(by)
    said = parts.words(text, field="text", needed=not attached)
    before = queries_messages.by_key(by.id, key)
    if before is None:
        try:
            with transaction.atomic():
                return _send(
                    channel=channel, text=said, key=key, answers=answers, urgent=urgent,
                    attached=attached, by=by,
                )  # fmt: skip
        except IntegrityError:
            before = queries_messages.by_key(by.id, key)
            if before is None:
                raise
    if (before.channel_id, before.text) != (channel, said) and before.edited is None:
        raise KeyReused(_("This message was sent already, with other words."))
    return before.pk


@verb("talk.message.sent")
def _send(
    *, channel: int, text: str, key: UUID, answers: int | None, urgent: bool, attached: Sequence[int],
    by: Actor,
) -> int:  # fmt: skip
    """Somebody said something in a channel 发送消息."""
    found = reach.locked(channel, by)
    row, now = found.row, clock.now()
    _check_rate(by, urgent=urgent)
    if answers is not None and not row.messages.filter(found.seen, pk=answers).exists():
        raise UnknownMessage(_("There is no such message."))
    made = Message.objects.create(
        channel=row, author_id=by.id, at=now, key=key, answers=answers, urgent=urgent, text=text,
        grams=rules.index(rules.masked(text)),
    )  # fmt: skip
    attach(made, attached, by)
    row.last = made.pk
    Channel.objects.filter(pk=row.pk).update(last=made.pk)
    _follow(row, by, made.pk)
    named = mention(row, made, by)
    data = {"message": made.pk, "urgent": urgent, "mentions": len(named), "papers": len(attached)}
    parts.say(row, data, channels=(*parts.told_of(row), *(parts.person_channel(one) for one in named)))
    return made.pk


def _follow(row: Channel, by: Actor, message: int) -> None:
    """Who speaks has read so far; who speaks in a thread follows it from then on."""
    if row.kind in (Kind.BRANCH, Kind.THREAD):
        opening.follow(row, [by.id], read=message)
    Stay.objects.filter(channel=row, person=by.id, ended=None, read__lt=message).update(read=message)
    ReadMark.objects.create(channel=row, person_id=by.id, upto=message, at=clock.now())


def _check_rate(by: Actor, *, urgent: bool) -> None:
    """A jammed key or a program must not bury what others say."""
    most = int(parts.rule("messages_per_minute"))
    if queries_messages.sent_since(by.id, clock.now() - MINUTE) >= most:
        raise TooManyMessages(
            _("You have sent %(n)s messages within a minute.") % {"n": most},
            why=Why(source="talk.messages_per_minute", remedy=_("Wait a moment, then send it again.")),
        )
    if urgent:
        most = int(parts.rule("urgent_per_hour"))
        if queries_messages.sent_since(by.id, clock.now() - HOUR, urgent=True) >= most:
            raise TooManyMessages(
                _("You have sent %(n)s urgent messages within an hour.") % {"n": most},
                why=Why(source="talk.urgent_per_hour", remedy=_("Send it without the urgent mark.")),
            )


def attach(made: Message, attached: Sequence[int], by: Actor) -> None:
    if len(attached) > MOST_PAPERS:
        raise TalkMalformed(_("A message has %(n)s attachments at most.") % {"n": MOST_PAPERS}, field="files")
    for paper in papers.papers_to_attach(ids=dict.fromkeys(attached), by=by):
        MessagePaper.objects.create(message=made, paper_id=paper.id)


def audience(row: Channel) -> dict[int, str]:
    """Whom one can name here: who is in it, and in a branch's channel and a thread who works there."""
    if row.kind in (Kind.DIRECT, Kind.GROUP):
        return people.names_of(queries.member_ids(row.pk))
    staff = people.staff_of(branches=(row.branch_id,)) if row.branch_id else []
    return {one.id: one.name for one in staff} | people.names_of(queries.member_ids(row.pk))


def mention(row: Channel, made: Message, by: Actor) -> list[int]:
    """Note who is named; in a thread only who may see what it is about, and they follow it from then on."""
    if "@" not in made.text:
        return []
    known = set(made.mentions.values_list("person_id", flat=True))
    names = audience(row)
    named = sorted(rules.mentioned(made.text, names) - {by.id} - known)[:MOST_MENTIONS]
    if row.kind == Kind.THREAD:
        named = [one for one in named if subjects.may_see(row.subject, row.subject_id, people.person(one))]
    if named and row.kind in (Kind.BRANCH, Kind.THREAD):
        opening.follow(row, named, read=made.pk - 1)
    Mention.objects.bulk_create(
        [Mention(message=made, person_id=one, name=names[one]) for one in named], ignore_conflicts=True
    )
    return named
