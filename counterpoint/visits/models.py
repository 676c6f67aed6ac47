"""Tables of visits. Who and when stand in every row; arrival is written once."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from counterpoint.visits.data import (
    Channel,
    DraftSource,
    HandOffState,
    HelpMode,
    HelpState,
    ServingEnd,
    Target,
)


def _choices(values: type) -> list[tuple[str, str]]:
    return [(str(one), str(one)) for one in values]  # type: ignore[attr-defined]


class Visit(models.Model):
    """One customer's time with the bank 到访. ``at`` is the arrival; nothing ever moves it."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    branch_id = models.IntegerField()
    party_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=12, choices=_choices(Channel))
    #: The number in the lobby's line, if one was taken; ``label`` is what stands on it.
    ticket = models.ForeignKey(
        "lobby.Ticket", models.PROTECT, null=True, to_field="key", related_name="+", db_index=False
    )
    label = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(db_default=Now())
    #: Nobody of the bank: the customer, who began to fill in forms on the phone.
    opener = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    ended = models.DateTimeField(null=True)
    ender = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                # Nobody of the bank ends the visit of a customer who leaves the line.
                condition=models.Q(ended__isnull=False) | models.Q(ender=None),
                name="visits_visit_ended",
            ),
            models.UniqueConstraint(
                "ticket", name="visits_visit_ticket", condition=models.Q(ended=None, ticket__isnull=False)
            ),
        ]
        indexes = [
            models.Index("branch_id", "at", name="visits_visit_open", condition=models.Q(ended=None)),
            models.Index("party_id", "id", name="visits_visit_party"),
        ]

    def __str__(self) -> str:
        return self.label or f"V{self.id:06d}"


class Serving(models.Model):
    """A time at a desk 服务时段. One at a time, for the visit and for the person."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="servings")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    desk_id = models.IntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, blank=True, choices=_choices(ServingEnd))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "visit", name="visits_serving_visit", condition=models.Q(ended__isnull=True)
            ),
            models.UniqueConstraint(
                "person", name="visits_serving_person", condition=models.Q(ended__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.person_id}"


class Parking(models.Model):
    """That a visit waits for something, such as a missing paper 暂存. The place in the queue stays."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="parkings")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=32)
    words = models.CharField(max_length=200, blank=True)
    papers = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "visit", name="visits_parking_one", condition=models.Q(ended__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.reason}"


class HandOff(models.Model):
    """A visit given on 转交, to a desk, a duty or a person; unaccepted it goes back at ``due``."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="hand_offs")
    giver = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    giver_desk_id = models.IntegerField(null=True)
    target = models.CharField(max_length=8, choices=_choices(Target))
    desk_id = models.IntegerField(null=True)
    duty = models.CharField(max_length=32, blank=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now())
    due = models.DateTimeField()
    state = models.CharField(max_length=10, choices=_choices(HandOffState), default=HandOffState.OPEN)
    answerer = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    answered = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("visit", name="visits_hand_off_one", condition=models.Q(state="open")),
            models.CheckConstraint(
                condition=models.Q(state="open", answered=None)
                | (~models.Q(state="open") & models.Q(answered__isnull=False)),
                name="visits_hand_off_answered",
            ),
            models.CheckConstraint(
                condition=models.Q(target="desk", desk_id__isnull=False)
                | (models.Q(target="duty") & ~models.Q(duty=""))
                | models.Q(target="person", person__isnull=False),
                name="visits_hand_off_target",
            ),
        ]
        indexes = [models.Index("due", name="visits_hand_off_due", condition=models.Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.target} {self.state}"


class HelpCall(models.Model):
    """A call for help from a desk 求助, with what the asker had on the screen."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="help_calls")
    asker = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    desk_id = models.IntegerField(null=True)
    duty = models.CharField(max_length=32)
    operation = models.CharField(max_length=4, blank=True)
    page = models.CharField(max_length=200)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=_choices(HelpState), default=HelpState.CALLED)
    helper = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    joined = models.DateTimeField(null=True)
    mode = models.CharField(max_length=10, choices=_choices(HelpMode), default=HelpMode.LOOK)
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "asker", name="visits_help_one", condition=models.Q(state__in=["called", "joined"])
            ),
            models.CheckConstraint(
                condition=models.Q(helper=None, joined=None)
                | models.Q(helper__isnull=False, joined__isnull=False),
                name="visits_help_joined",
            ),
        ]
        indexes = [models.Index("branch_id", "at", name="visits_help_branch")]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Draft(models.Model):
    """What was entered and not done 草稿. Holds personal data; goes with the visit, never into events."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="drafts")
    operation = models.CharField(max_length=16)
    fields = models.JSONField()
    confirmed = models.JSONField(default=list)
    version = models.IntegerField(default=1)
    source = models.CharField(max_length=10, choices=_choices(DraftSource))
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "visit", "operation", name="visits_draft_one", condition=models.Q(ended__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.operation} v{self.version}"


class Note(models.Model):
    """A note on a visit 备注. Only added to."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="notes")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.visit_id} {self.id}"


class VisitPaper(models.Model):
    """A paper that lies with a visit 资料."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="papers")
    paper_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("visit", "paper_id", name="visits_paper_once")]
        indexes = [models.Index("paper_id", name="visits_paper")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.paper_id}"


class Onlooker(models.Model):
    """Who has a visit open now, and in which field 在看. Not a record: overwritten as they move."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="onlookers")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    desk_id = models.IntegerField(null=True)
    field = models.CharField(max_length=40, blank=True)
    seen = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("visit", "person", name="visits_onlooker_once")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.person_id}"


class Pass(models.Model):
    """A pass for the customer's phone 预填码: only the hash of its token is kept."""

    id = models.BigAutoField(primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="passes")
    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)
    uses = models.IntegerField(default=0)
    revoked = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "visit", name="visits_pass_one", condition=models.Q(revoked__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.expires:%H:%M}"


# Django looks for a room's tables here.
from counterpoint.visits.models_cases import Case as Case  # noqa: E402
from counterpoint.visits.models_cases import CaseComment as CaseComment  # noqa: E402
from counterpoint.visits.models_cases import CaseHand as CaseHand  # noqa: E402
from counterpoint.visits.models_cases import CaseItem as CaseItem  # noqa: E402
from counterpoint.visits.models_cases import CaseLink as CaseLink  # noqa: E402
from counterpoint.visits.models_cases import CaseMention as CaseMention  # noqa: E402
from counterpoint.visits.models_cases import CasePaper as CasePaper  # noqa: E402
from counterpoint.visits.models_cases import CasePaperRow as CasePaperRow  # noqa: E402
from counterpoint.visits.models_cases import CaseStateRow as CaseStateRow  # noqa: E402
from counterpoint.visits.models_cases import CaseTick as CaseTick  # noqa: E402
from counterpoint.visits.models_cases import CommentWithdrawal as CommentWithdrawal  # noqa: E402
from counterpoint.visits.models_cases import Team as Team  # noqa: E402
