"""Tables of the room. A version is written until it is published; afterwards only its end may be set."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from counterpoint.notices.data import How, Kind, VersionState

STATES = [(str(one), str(one)) for one in VersionState]
HOWS = [(str(one), str(one)) for one in How]
OPEN = models.Q(state__in=["draft", "submitted"])
PUBLISHED = models.Q(state="published")


class Notice(models.Model):
    """A notice 通知: what its versions have in common."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=[(str(one), str(one)) for one in Kind])
    branch_id = models.IntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"N{self.id:05d}"


class NoticeVersion(models.Model):
    """A version 版本 of a notice. ``effective_at`` of ``None`` means: at once, when it is published."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=STATES, default=VersionState.DRAFT)
    edition = models.IntegerField(default=1)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    text_zh = models.TextField()
    text_en = models.TextField(blank=True)
    operations = ArrayField(models.CharField(max_length=8), default=list)
    everybody = models.BooleanField(default=False)
    branches = ArrayField(models.IntegerField(), default=list)
    roles = ArrayField(models.CharField(max_length=32), default=list)
    people = ArrayField(models.BigIntegerField(), default=list)
    questions = models.JSONField(default=list)
    material = models.BooleanField(default=True)
    effective_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    author = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("notice", "number", name="notices_version_number"),
            models.UniqueConstraint("notice", name="notices_version_open", condition=OPEN),
            models.CheckConstraint(
                condition=models.Q(published_at=None, published_by=None)
                | models.Q(published_at__isnull=False, published_by__isnull=False),
                name="notices_version_published",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["published", "withdrawn"])
                | models.Q(published_at__isnull=False, effective_at__isnull=False),
                name="notices_version_effective",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by=None) | ~models.Q(published_by=models.F("author")),
                name="notices_version_two_people",
            ),
        ]
        indexes = [
            GinIndex("operations", name="notices_version_ops", condition=PUBLISHED),
            models.Index("state", "id", name="notices_version_state"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} v{self.number}"


class VersionStateRow(models.Model):
    """A version came into a state: when, by whom, with which words."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="states")
    state = models.CharField(max_length=10, choices=STATES)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"


class VersionPaper(models.Model):
    """A paper that belongs to a version 附件; once published none is added or taken away."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="papers")
    paper_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("version", "paper_id", name="notices_paper_once")]
        indexes = [models.Index("paper_id", name="notices_paper_of")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.paper_id}"


class VersionWords(models.Model):
    """By which pieces a version is found 检索: of itself (paper 0), and of each attachment that was read.

    A narrow table of its own: a common piece is in most versions, and these rows are few pages.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="words", db_index=False)
    paper_id = models.BigIntegerField(default=0)
    grams = ArrayField(models.CharField(max_length=8), default=list)

    class Meta:
        constraints = [models.UniqueConstraint("version", "paper_id", name="notices_words_once")]
        indexes = [GinIndex("grams", name="notices_words_grams", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.version_id} {self.paper_id}"


class PaperText(models.Model):
    """The text of an attachment 附件文字, read once; or the word for why it has none."""

    append_only = True

    paper_id = models.BigIntegerField(primary_key=True)
    text = models.TextField(blank=True)
    unread = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.paper_id} {self.unread}"


class Recipient(models.Model):
    """Somebody whom a version reached 接收人: at its publication, or on joining its audience later."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="recipients")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=HOWS)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("person", "version", name="notices_recipient_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.person_id}"


class Acknowledgement(models.Model):
    """Somebody knows what a version says 已阅."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=HOWS)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("person", "version", name="notices_ack_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.person_id}"


class Attempt(models.Model):
    """An answer to a question of a version, right or wrong 答题记录."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="attempts")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    question = models.IntegerField()
    choice = models.IntegerField()
    right = models.BooleanField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("version", "person", name="notices_attempt_of")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.person_id} {self.question}"


class Override(models.Model):
    """A second person let somebody do a governed operation unread, once and for some minutes 特批放行."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="overrides")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    operation = models.CharField(max_length=8)
    supervisor = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("person", "version", "operation", name="notices_override_once"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("supervisor")), name="notices_override_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.person_id} {self.operation}"


class Reminder(models.Model):
    """Somebody was reminded of an unread version, or the supervisor was told of it 催阅."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="reminders")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    escalated = models.BooleanField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("version", "person", "escalated", name="notices_reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.person_id}"
