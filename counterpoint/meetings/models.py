"""Tables of the room. What was decided, moved and finalised is only added to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from counterpoint.meetings.data import ActionState, ItemKind, Kind, MeetingState, Presence, Reply


def named(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(one), str(one)) for one in values]


def staff(**more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("people.Staff", models.PROTECT, related_name="+", **more)


class Series(models.Model):
    """A call for one or many meetings 会议系列. A series that was cut has a follower in the same chain."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid4, unique=True)
    chain = models.UUIDField(default=uuid4)
    kind = models.CharField(max_length=10, choices=named(Kind))
    title = models.CharField(max_length=120)
    rule = models.CharField(max_length=200, blank=True)
    first = models.DateTimeField()
    ends_on = models.DateField(null=True)
    working_days = models.BooleanField(default=False)
    skipped = ArrayField(models.DateField(), default=list)
    added = ArrayField(models.DateField(), default=list)
    minutes = models.SmallIntegerField()
    place = models.CharField(max_length=120, blank=True)
    organiser = staff()
    branch_id = models.IntegerField()
    whole_branch = models.BooleanField(default=False)
    roles = ArrayField(models.CharField(max_length=32), default=list)
    people = ArrayField(models.BigIntegerField(), default=list)
    sequence = models.IntegerField(default=0)
    changed = models.DateTimeField(db_default=Now())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=720), name="meetings_series_minutes"
            )
        ]
        indexes = [
            models.Index("chain", name="meetings_series_chain"),
            models.Index("ends_on", name="meetings_series_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class Meeting(models.Model):
    """One meeting 会议; ``recurrence`` is when the series' rule had it, ``start`` when it is."""

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(Series, models.PROTECT, related_name="meetings")
    recurrence = models.DateTimeField()
    start = models.DateTimeField()
    minutes = models.SmallIntegerField()
    place = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=named(MeetingState), default=MeetingState.PLANNED)
    sequence = models.IntegerField(default=0)
    #: The sequence of which its people were written to.
    written = models.IntegerField(default=0)
    changed = models.DateTimeField(db_default=Now())
    filled = models.DateTimeField(null=True)
    current = models.ForeignKey("Item", models.PROTECT, null=True, related_name="+")
    current_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("series", "recurrence", name="meetings_meeting_once")]
        indexes = [models.Index("start", name="meetings_meeting_start")]

    def __str__(self) -> str:
        return f"M{self.id:05d}"


class MeetingStateRow(models.Model):
    """A meeting came into a state, or was moved: when, by whom, with which words."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="states")
    state = models.CharField(max_length=10, choices=named(MeetingState))
    person = staff(null=True)
    at = models.DateTimeField(db_default=Now())
    start = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.state}"


class Invitation(models.Model):
    """Somebody is invited to a series 邀请; ``ended`` when they belong to its audience no longer."""

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(Series, models.PROTECT, related_name="invitations")
    person = staff()
    reply = models.CharField(max_length=14, choices=named(Reply), default=Reply.NEEDS_ACTION)
    replied = models.DateTimeField(null=True)
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)
    #: The sequence of the series that was written to them; -1: that they are invited no longer.
    written = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "series", name="meetings_invitation_once")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.person_id}"


class Attendance(models.Model):
    """Somebody's answer to one meeting, and whether they were there 参会与签到."""

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    person = staff()
    reply = models.CharField(max_length=14, choices=named(Reply), blank=True)
    presence = models.CharField(max_length=10, choices=named(Presence), blank=True)
    reason = models.CharField(max_length=200, blank=True)
    marked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("meeting", "person", name="meetings_attendance_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id}"


class Item(models.Model):
    """A line of the agenda 议程. ``source`` names what it was filled from, so that it is filled once."""

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=named(ItemKind))
    source = models.CharField(max_length=60)
    position = models.IntegerField()
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    minutes = models.SmallIntegerField(default=3)
    spent = models.IntegerField(default=0)
    dropped = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("meeting", "source", name="meetings_item_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.source}"


class Minutes(models.Model):
    """A version of the minutes 会议纪要; a finalised one is locked, by the database too."""

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes_versions")
    version = models.SmallIntegerField()
    text = models.TextField(blank=True)
    revision = models.IntegerField(default=0)
    writer = staff()
    written_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, blank=True)
    finalised_at = models.DateTimeField(null=True)
    finalised_by = staff(null=True)
    record = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint("meeting", "version", name="meetings_minutes_version"),
            models.CheckConstraint(
                condition=Q(finalised_at=None, finalised_by=None)
                | Q(finalised_at__isnull=False, finalised_by__isnull=False),
                name="meetings_minutes_finalised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} v{self.version}"


class Editor(models.Model):
    """Who writes minutes now 同屏: overwritten as they go, no part of the record."""

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="editors")
    person = staff()
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("meeting", "person", name="meetings_editor_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id}"


class Decision(models.Model):
    """Something that a meeting decided 决议; one that was withdrawn stays, with its end."""

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=1000)
    person = staff()
    at = models.DateTimeField(db_default=Now())
    withdrawn = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.pk}"


class Action(models.Model):
    """Something that somebody does by a day 行动项; it belongs to the chain of series."""

    id = models.BigAutoField(primary_key=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="actions")
    chain = models.UUIDField()
    text = models.CharField(max_length=500)
    owner = staff()
    due = models.DateField()
    state = models.CharField(max_length=10, choices=named(ActionState), default=ActionState.OPEN)
    at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | ~Q(state="open") & Q(closed_at__isnull=False),
                name="meetings_action_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(reason=""), name="meetings_action_dropped"
            ),
        ]
        indexes = [
            models.Index("chain", name="meetings_action_chain", condition=Q(state="open")),
            models.Index("owner", "due", name="meetings_action_owner", condition=Q(state="open")),
            models.Index("due", name="meetings_action_due", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"A{self.id:05d}"


class ActionStep(models.Model):
    """What became of an action: handed on, done, dropped."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    action = models.ForeignKey(Action, models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=named(ActionState))
    owner = staff()
    due = models.DateField()
    person = staff()
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.action_id} {self.state}"


class Escalation(models.Model):
    """An action was late, or its owner gone, and these people were told 逾期上报."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    action = models.ForeignKey(Action, models.PROTECT, related_name="escalations")
    owner = staff()
    due = models.DateField()
    told = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("action", "owner", "due", name="meetings_escalation_once")]
        indexes = [GinIndex("told", name="meetings_escalation_told")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.due}"


class Feed(models.Model):
    """The secret address of somebody's calendar 日历订阅; of its secret only the digest is kept."""

    id = models.BigAutoField(primary_key=True)
    person = staff()
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", name="meetings_feed_once", condition=Q(ended=None))]

    def __str__(self) -> str:
        return str(self.person_id)
