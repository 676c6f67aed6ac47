"""Tables of the room. What was said stays as it was said; only a purge takes it away, never under a hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from counterpoint.talk.data import Kind, Retention, Sign, SubjectKind


def _named(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(one), str(one)) for one in values]


def _staff(**more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("people.Staff", models.PROTECT, related_name="+", **more)


class Channel(models.Model):
    """Where people talk 会话. ``last`` is the position of the newest message; it only grows."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=_named(Kind))
    title = models.CharField(max_length=80, blank=True)
    branch_id = models.IntegerField()
    low = _staff(null=True)
    high = _staff(null=True)
    owner = _staff(null=True)
    subject = models.CharField(max_length=8, choices=_named(SubjectKind), blank=True)
    subject_id = models.BigIntegerField(default=0)
    retention = models.CharField(max_length=8, choices=_named(Retention))
    last = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("low", "high", name="talk_channel_pair", condition=Q(kind="direct")),
            models.UniqueConstraint("branch_id", name="talk_channel_branch", condition=Q(kind="branch")),
            models.UniqueConstraint(
                "subject", "subject_id", name="talk_channel_subject", condition=Q(kind="thread")
            ),
            models.CheckConstraint(
                condition=Q(kind="direct", low__lt=F("high")) | ~Q(kind="direct") & Q(low=None, high=None),
                name="talk_channel_two",
            ),
            models.CheckConstraint(
                condition=Q(kind="group") | ~Q(kind="group") & Q(owner=None), name="talk_channel_owner"
            ),
            models.CheckConstraint(
                condition=~Q(kind="thread") & Q(subject="") | Q(kind="thread") & ~Q(subject=""),
                name="talk_channel_about",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Stay(models.Model):
    """Somebody is in a channel 成员: from which message on, until which, and how far it was read.

    In a branch's channel and in a thread it only remembers how far somebody has read.
    """

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="stays")
    person = _staff()
    at = models.DateTimeField(db_default=Now())
    after = models.BigIntegerField(default=0)
    ended = models.DateTimeField(null=True)
    until = models.BigIntegerField(null=True)
    read = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "channel", name="talk_stay_once", condition=Q(ended=None)),
            models.CheckConstraint(
                condition=Q(ended=None, until=None) | Q(ended__isnull=False, until__isnull=False),
                name="talk_stay_ended",
            ),
        ]
        indexes = [models.Index("channel", "person", name="talk_stay_of")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.person_id}"


class Message(models.Model):
    """What somebody said 消息: the present wording. ``grams`` is made of the masked text."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="messages")
    author = _staff()
    at = models.DateTimeField(db_default=Now())
    key = models.UUIDField()
    answers = models.BigIntegerField(null=True)
    urgent = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    edited = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)
    grams = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        constraints = [models.UniqueConstraint("author", "key", name="talk_message_key")]
        indexes = [
            models.Index("channel", "id", name="talk_message_of"),
            models.Index("author", "at", name="talk_message_rate"),
            models.Index("channel", "at", name="talk_message_age"),
            GinIndex("grams", name="talk_message_grams", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.id}"


class Wording(models.Model):
    """How a message was worded before an edit 历次文本: from ``at`` until it was replaced."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="wordings")
    text = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.message_id} {self.at}"


class Mention(models.Model):
    """Somebody is named in a message 提及, by the name that stands there."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="mentions")
    person = _staff()
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint("person", "message", name="talk_mention_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"


class Reaction(models.Model):
    """A sign that somebody gave 回应; one that is taken back stays with its end."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="reactions")
    person = _staff()
    sign = models.CharField(max_length=8, choices=_named(Sign))
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "message", "person", "sign", name="talk_reaction_once", condition=Q(ended=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id} {self.sign}"


class MessagePaper(models.Model):
    """A paper that came with a message 附件."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="papers")
    paper_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("message", "paper_id", name="talk_paper_once")]
        indexes = [models.Index("paper_id", name="talk_paper_of")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.paper_id}"


class ReadMark(models.Model):
    """Somebody had read a channel up to a message 已读, at that moment."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="marks")
    person = _staff()
    upto = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("channel", "upto", name="talk_mark_of")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.person_id} {self.upto}"


class Hold(models.Model):
    """A legal hold 法律保留: while it stands, the server itself refuses to delete what was said."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=500)
    placed_by = _staff()
    placed_at = models.DateTimeField(db_default=Now())
    ended_by = _staff(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("channel", name="talk_hold_once", condition=Q(ended_at=None)),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None) | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="talk_hold_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.placed_at}"
