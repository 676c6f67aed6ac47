"""Votes and followers 点赞与关注."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.feedback.data import ItemState, Kind, UnknownItem, VotedAlready
from counterpoint.feedback.models import Follower, Vote
from counterpoint.feedback.models import Item as ItemRow
from counterpoint.feedback.services import parts
from counterpoint.kit import clock
from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb


@verb("feedback.vote.given")
def vote(*, item: int, by: Actor) -> None:
    """Vote for an idea 点赞: one vote a person; who votes hears what becomes of it."""
    row = _idea(item, by)
    parts.check_state(row, ItemState.REPORTED, ItemState.TRIAGED, ItemState.WAITING, ItemState.PLANNED)
    try:
        with transaction.atomic():
            Vote.objects.create(item=row, person_id=by.id, at=clock.now())
    except IntegrityError as error:
        raise VotedAlready(_("You voted for this already.")) from error
    Follower.objects.bulk_create([Follower(item=row, person_id=by.id, at=clock.now())], ignore_conflicts=True)
    parts.say(row, by, None, parts.EVERYBODY)


@verb("feedback.vote.withdrawn")
def take_back(*, item: int, by: Actor) -> None:
    """Take one's vote back 取消点赞."""
    row = _idea(item, by)
    if not Vote.objects.filter(item=row, person=by.id, ended=None).update(ended=clock.now()):
        raise VotedAlready(_("You have no vote here."))
    reported = ItemRow.objects.filter(Q(pk=row.pk) | Q(merged_into=row), reporter=by.id).exists()
    if not reported:
        Follower.objects.filter(item=row, person=by.id).delete()
    parts.say(row, by, None, parts.EVERYBODY)


def _idea(item: int, by: Actor) -> ItemRow:
    parts.check_person(by)
    row = parts.locked(item)
    if row.kind != Kind.IDEA:
        raise UnknownItem(_("There is no such idea."))
    return row
