"""Tables of the room. What was said, voted and measured is only added to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from counterpoint.feedback.data import ItemState, Kind, PostKind
from counterpoint.feedback.models_compensation import Compensation as Compensation
from counterpoint.feedback.models_compensation import CompensationEnd as CompensationEnd
from counterpoint.feedback.models_complaints import Complaint as Complaint
from counterpoint.feedback.models_complaints import ComplaintAnswer as ComplaintAnswer
from counterpoint.feedback.models_complaints import ComplaintEscalation as ComplaintEscalation
from counterpoint.feedback.models_complaints import ComplaintExtension as ComplaintExtension
from counterpoint.feedback.models_complaints import ComplaintNote as ComplaintNote
from counterpoint.feedback.models_complaints import ComplaintPerson as ComplaintPerson
from counterpoint.feedback.models_complaints import ComplaintStateRow as ComplaintStateRow
from counterpoint.feedback.models_complaints import named, staff

STATES = named(ItemState)
OPEN = Q(state__in=["reported", "triaged", "waiting", "planned", "answered"])


class Item(models.Model):
    """A problem or an idea 问题与建议, with where its reporter was."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=named(Kind))
    state = models.CharField(max_length=10, choices=STATES, default=ItemState.REPORTED)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    operation = models.CharField(max_length=8, blank=True)
    visit = models.BigIntegerField(null=True)
    branch_id = models.IntegerField()
    department = models.CharField(max_length=40)
    reporter = staff()
    owner = staff(null=True)
    at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True)
    planned_for = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) & ~Q(state="duplicate")
                | Q(merged_into__isnull=False, state="duplicate"),
                name="feedback_item_merged",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="feedback_item_not_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state="triaged") | Q(owner__isnull=False), name="feedback_item_owned"
            ),
        ]
        indexes = [
            models.Index("department", "branch_id", "id", name="feedback_item_board", condition=OPEN),
            models.Index("reporter", "id", name="feedback_item_mine"),
            models.Index("due_at", name="feedback_item_due", condition=Q(due_at__isnull=False)),
            models.Index("kind", "id", name="feedback_item_kind"),
        ]

    def __str__(self) -> str:
        return f"F{self.id:05d}"


class ItemStateRow(models.Model):
    """An item came into a state: when, by whom, with which words."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="states")
    state = models.CharField(max_length=10, choices=STATES)
    person = staff()
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"


class Post(models.Model):
    """What somebody wrote on an item 往来."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=10, choices=named(PostKind))
    person = staff()
    at = models.DateTimeField(db_default=Now())
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind}"


class Follower(models.Model):
    """Somebody who hears of an item 关注人: its reporter, and those whose report was the same."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="followers")
    person = staff()
    at = models.DateTimeField(db_default=Now())
    news_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "item", name="feedback_follower_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.person_id}"


class Vote(models.Model):
    """A vote for an idea 点赞; one that is taken back stays with its end."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="votes")
    person = staff()
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("item", "person", name="feedback_vote_once", condition=Q(ended=None))
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.person_id}"


class Rating(models.Model):
    """How satisfied the reporter is with an answer 满意度."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    answer = models.OneToOneField(Post, models.PROTECT, related_name="rating")
    person = staff()
    score = models.SmallIntegerField()
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="feedback_rating_scale")
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.score}"


class Reopening(models.Model):
    """The reporter reopened an item 重新提出; once."""

    append_only = True

    item = models.OneToOneField(Item, models.PROTECT, related_name="reopening", primary_key=True)
    person = staff()
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return str(self.item_id)


class Closure(models.Model):
    """An item was closed with a measured effect, or with a reason 办结."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="closures")
    person = staff()
    at = models.DateTimeField(db_default=Now())
    effect = models.CharField(max_length=500, blank=True)
    before = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    after = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    unit = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    shown = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(~Q(effect="") & Q(before__isnull=False, after__isnull=False))
                | (Q(effect="") & ~Q(reason="")),
                name="feedback_closure_founded",
            )
        ]
        indexes = [models.Index("at", name="feedback_closure_at")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.at}"


class Escalation(models.Model):
    """An item was late, and the superior department was told 逾期上报."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="escalations")
    due_at = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("item", "due_at", name="feedback_escalation_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.due_at}"
