"""Reaching a channel: who reads it, from which message to which, and who may still write."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, ActorKind
from counterpoint.talk import queries
from counterpoint.talk.data import Kind, NotWriting, UnknownChannel, UnknownMessage
from counterpoint.talk.models import Channel, Message, Stay
from counterpoint.talk.services import subjects

EVERYTHING = Q()


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody has of a channel: ``seen`` are its messages, ``stay`` the open one, if there is one."""

    row: Channel
    stay: Stay | None
    last: Stay | None
    seen: Q
    writes: bool


def unknown() -> UnknownChannel:
    return UnknownChannel(_("There is no such conversation."))


def reach(row: Channel | None, by: Actor) -> Reach:
    """The channel, for who may read it; for others there is none."""
    if row is None or by.kind is not ActorKind.PERSON or not _admits(row, by):
        raise unknown()
    stays = queries.stays(row.pk, by.id)
    last = stays[-1] if stays else None
    stay = last if last is not None and last.ended is None else None
    if row.kind in (Kind.BRANCH, Kind.THREAD):
        return Reach(row, stay, last, EVERYTHING, True)
    if not stays:
        raise unknown()
    seen = Q(pk__in=())
    for one in stays:
        within = Q(pk__gt=one.after)
        seen |= within if one.until is None else within & Q(pk__lte=one.until)
    return Reach(row, stay, last, seen, stay is not None)


def _admits(row: Channel, by: Actor) -> bool:
    if row.kind == Kind.BRANCH:
        return by.branch == row.branch_id
    if row.kind == Kind.THREAD:
        return subjects.subject(row.subject, row.subject_id, by) is not None
    return True


def channel(id: int, by: Actor) -> Reach:
    return reach(Channel.objects.filter(pk=id).first(), by)


def locked(id: int, by: Actor) -> Reach:
    """The channel, to write into: whatever is said comes one after the other, in the order of its numbers."""
    found = reach(locked_row(id), by)
    if not found.writes:
        raise NotWriting(_("You have left this conversation: you read what was said until then."))
    return found


def locked_row(id: int) -> Channel | None:
    """The row under which positions grow, members come and go, and holds meet purges."""
    return Channel.objects.select_for_update(no_key=True).filter(pk=id).first()


def message(id: int, by: Actor) -> tuple[Message, Reach]:
    """A message, for who may read it where it was said."""
    row = Message.objects.filter(pk=id).first()
    if row is None:
        raise UnknownMessage(_("There is no such message."))
    try:
        found = channel(row.channel_id, by)
    except UnknownChannel as error:
        raise UnknownMessage(_("There is no such message.")) from error
    if not Message.objects.filter(found.seen, pk=id).exists():
        raise UnknownMessage(_("There is no such message."))
    return row, found


def locked_message(id: int, by: Actor) -> tuple[Message, Reach]:
    """The same, locked until the end of the transaction; and to write, so that who left changes nothing."""
    row, found = message(id, by)
    if not found.writes:
        raise NotWriting(_("You have left this conversation: you read what was said until then."))
    return Message.objects.select_for_update(no_key=True).get(pk=row.pk), found
