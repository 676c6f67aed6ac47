"""Tables of the room. A letter is one row however often it is tried; every attempt is a row of its own."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from counterpoint.mail.data import TROUBLED, BotKind, LetterState, Outcome

STATES = [(str(one), str(one)) for one in LetterState]
WAITING = Q(state="waiting", digest=False)


class Address(models.Model):
    """Where a person's letters go 工作邮箱: from the directory, or their own and verified."""

    person = models.OneToOneField("people.Staff", models.PROTECT, related_name="+", primary_key=True)
    email = models.CharField(max_length=254, blank=True)
    source = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField(db_default=Now())
    wanted = models.CharField(max_length=254, blank=True)
    wanted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.email}"


class Preference(models.Model):
    """What a person chose 邮件偏好; what is empty follows the bank's rule."""

    person = models.OneToOneField("people.Staff", models.PROTECT, related_name="+", primary_key=True)
    language = models.CharField(max_length=8, blank=True)
    start = models.TimeField(null=True)
    end = models.TimeField(null=True)
    ways = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None, end=None)
                | Q(start__isnull=False, end__isnull=False, start__lt=F("end")),
                name="mail_preference_hours",
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class Bot(models.Model):
    """A robot of a group chat 群机器人. ``secret`` is its address, encrypted; it is never shown again."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=[(str(one), str(one)) for one in BotKind])
    branch_id = models.IntegerField()
    name = models.CharField(max_length=60)
    secret = models.TextField()
    language = models.CharField(max_length=8)
    kinds = ArrayField(models.CharField(max_length=20), default=list)
    on = models.BooleanField(default=True)
    failures = models.IntegerField(default=0)
    added_by = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("branch_id", name="mail_bot_branch", condition=Q(on=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class BotState(models.Model):
    """A robot was turned on or off: when, by whom, why."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    bot = models.ForeignKey(Bot, models.PROTECT, related_name="states")
    on = models.BooleanField()
    who = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.bot_id} {self.on}"


class Letter(models.Model):
    """A letter 信件: one message to one person, one address outside, or one robot.

    ``recipient`` names which (``person:12``, ``bot:3``, ``to:`` and a digest of the address), so that the
    same key never reaches it twice. ``token`` makes the Message-ID, the same at every attempt.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=160)
    recipient = models.CharField(max_length=80)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+", db_index=False)
    bot = models.ForeignKey(Bot, models.PROTECT, null=True, related_name="letters")
    address = models.CharField(max_length=254, blank=True)
    kind = models.CharField(max_length=20)
    template = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    about = models.CharField(max_length=60, blank=True)
    link = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8)
    urgent = models.BooleanField(default=False)
    digest = models.BooleanField(default=False)
    calendar = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=STATES)
    due_at = models.DateTimeField()
    posted_at = models.DateTimeField(db_default=Now())
    posted_by = models.CharField(max_length=40)
    token = models.UUIDField(db_default=RandomUUID())
    tries = models.IntegerField(db_default=0)
    claimed_at = models.DateTimeField(null=True)
    failing_at = models.DateTimeField(null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="gathered", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("key", "recipient", name="mail_letter_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, bot=None) | Q(person=None), name="mail_letter_one_recipient"
            ),
        ]
        indexes = [
            models.Index(
                F("urgent").desc(), "due_at", "id", name="mail_letter_due",
                condition=WAITING & Q(bot=None),
            ),
            models.Index("due_at", "id", name="mail_letter_bots", condition=WAITING & Q(bot__isnull=False)),
            models.Index("due_at", "person", name="mail_letter_digest",
                         condition=Q(state="waiting", digest=True)),
            models.Index("claimed_at", name="mail_letter_sending", condition=Q(state="sending")),
            models.Index("id", name="mail_letter_troubled",
                         condition=Q(state__in=[str(one) for one in TROUBLED])),
            models.Index("id", name="mail_letter_open", condition=Q(state__in=["waiting", "sending"])),
            models.Index("person", F("id").desc(), name="mail_letter_person"),
            models.Index("about", name="mail_letter_about", condition=~Q(about="")),
            models.Index("parent", name="mail_letter_parent", condition=Q(parent__isnull=False)),
            models.Index("posted_at", name="mail_letter_outside", condition=~Q(address="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.id} {self.recipient} {self.template}"


class Delivery(models.Model):
    """One attempt to hand a letter over 投递记录, in the other side's words."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="deliveries")
    outcome = models.CharField(max_length=10, choices=[(str(one), str(one)) for one in Outcome])
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.letter_id} {self.outcome}"


class LineState(models.Model):
    """Since when the mail server does not answer 线路状态; no row: it answers."""

    name = models.CharField(max_length=10, primary_key=True)
    since = models.DateTimeField()
    at = models.DateTimeField()
    words = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.name} {self.since}"
