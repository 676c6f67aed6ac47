"""How long talk is kept 保存与法律保留: classes with days by rule, holds, the purge that respects them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor
from counterpoint.kit.verbs import verb
from counterpoint.kit.watch import repeat
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Duty
from counterpoint.talk import queries, rules
from counterpoint.talk.data import HeldAlready, HoldView, Kept, Kind, Retention, TalkMalformed
from counterpoint.talk.models import (
    Channel,
    Hold,
    Mention,
    Message,
    MessagePaper,
    Reaction,
    ReadMark,
    Wording,
)
from counterpoint.talk.services import parts, reach

EVERY_SECONDS = 3600.0
#: So many messages of a channel go in one transaction, so that talk in it never waits long.
BATCH = 2_000
CHANNELS = 500
LONGEST_REASON = 500


def _examined(channel: int, by: Actor) -> Channel:
    """The channel under its lock, for who examines the branch."""
    row = reach.locked_row(channel)
    if row is None:
        raise reach.unknown()
    people.check_actor(by=by, duty=Duty.AUDIT, branch=row.branch_id)
    return row


@verb("talk.hold.placed")
def hold(*, channel: int, reason: str, by: Actor) -> int:
    """Keep everything of a channel until further notice 法律保留."""
    row = _examined(channel, by)
    words = parts.words(reason, field="reason", longest=LONGEST_REASON)
    if queries.is_held(row.pk):
        raise HeldAlready(_("This conversation is held already."))
    made = Hold.objects.create(channel=row, reason=words, placed_by_id=by.id, placed_at=clock.now())
    parts.say(row, {"hold": made.pk})
    return made.pk


@verb("talk.hold.ended")
def release(*, channel: int, by: Actor) -> None:
    """End a legal hold 解除保留; what is too old goes with the next purge."""
    row = _examined(channel, by)
    if not Hold.objects.filter(channel=row, ended_at=None).update(ended_by=by.id, ended_at=clock.now()):
        raise HeldAlready(_("This conversation is not held."))
    parts.say(row, {})


@verb("talk.channel.classified")
def classify(*, channel: int, retention: str, by: Actor) -> None:
    """Keep a channel for as long as another class 调整保存类别."""
    row = _examined(channel, by)
    if retention not in set(Retention):
        raise TalkMalformed(_("There is no such class."), field="retention")
    before, row.retention = row.retention, retention
    row.save(update_fields=["retention"])
    parts.say(row, {"from": before, "to": retention})


def holds(*, by: Actor, open_only: bool = True, page: int = 1) -> tuple[list[HoldView], bool]:
    """The holds, for who examines the whole bank."""
    people.check_actor(by=by, duty=Duty.AUDIT, branch=WHOLE_BANK)
    return queries.holds(open_only=open_only, page=page)


def conversations_of(*, person: int, by: Actor, page: int = 1) -> tuple[list[Kept], bool]:
    """The conversations of somebody, to hold them: who talks with whom, and nothing of what they say."""
    people.check_actor(by=by, duty=Duty.AUDIT, branch=WHOLE_BANK)
    found, more = queries.channels_of(person, page)
    titles = queries.titles((row for row, _held in found), 0)
    kept = [
        Kept(row.pk, Kind(row.kind), titles[row.pk], Retention(row.retention), held) for row, held in found
    ]
    return kept, more


def days_of_classes() -> dict[Retention, int]:
    """For how many days each class is kept today."""
    return rules.days_of(parts.rule("retention_days"))


def days_kept(retention: Retention) -> int:
    return days_of_classes()[retention]


def purge_due() -> int:
    """Purge what is older than its class allows; how many messages went."""
    days = days_of_classes()
    return sum(_purge_class(one, clock.now() - timedelta(days=days[one])) for one in Retention)


def _purge_class(retention: Retention, before: datetime) -> int:
    old = Message.objects.filter(channel=OuterRef("pk"), at__lt=before)
    held = Hold.objects.filter(channel=OuterRef("pk"), ended_at=None)
    due = Channel.objects.filter(Exists(old), ~Exists(held), retention=retention).order_by("pk")
    count = 0
    for channel in due.values_list("pk", flat=True)[:CHANNELS]:
        while gone := purge(channel=channel, retention=retention, before=before):
            count += gone
    return count


def purge(*, channel: int, retention: Retention, before: datetime) -> int:
    """Purge a batch of a channel, unless it is held or was classified anew in the meantime."""
    with transaction.atomic():
        row = reach.locked_row(channel)
        if row is None or row.retention != retention or queries.is_held(row.pk):
            return 0
        old = Message.objects.filter(channel=row, at__lt=before).order_by("pk")
        ids = list(old.values_list("pk", flat=True)[:BATCH])
        return _purge(row=row, ids=ids, before=before, by=SYSTEM) if ids else 0


@verb("talk.channel.purged")
def _purge(*, row: Channel, ids: list[int], before: datetime, by: Actor) -> int:
    """Messages older than their class allows were deleted 到期清除."""
    for table in (Wording, Mention, Reaction, MessagePaper):
        table.objects.filter(message__in=ids).delete()
    ReadMark.objects.filter(channel=row, upto__lte=ids[-1]).delete()
    count: int = Message.objects.filter(pk__in=ids).delete()[0]
    data = {"messages": count, "through": ids[-1], "before": before.isoformat(), "class": row.retention}
    parts.say(row, data, channels=parts.told_of(row))
    return count


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Purge what is due, until ``stop`` is set."""
    repeat(purge_due, stop=stop, every=every)
