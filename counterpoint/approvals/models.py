"""Tables of approvals. What happened is a row; nothing that happened is changed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from counterpoint.approvals.data import InterestKind, MarkKind, Mode, RequestState

ENDS = [str(state) for state in RequestState if state is not RequestState.OPEN]


class Request(models.Model):
    """A request for approval 授权申请: the exact payload, how it was drawn, and who must agree.

    ``payload`` holds references (ids, amounts). ``rows`` is the rendered form; a customer's name in it
    stands for what the approver saw, and belongs to the retention of the request.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    desk_id = models.IntegerField(null=True)
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    maker = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    signed_hash = models.CharField(max_length=64)
    rows = models.JSONField()
    reasons = models.JSONField()
    requirement = models.JSONField()
    rekey = models.JSONField(default=dict)
    eligible = models.IntegerField(default=0)
    rule_key = models.CharField(max_length=80)
    rule_version = models.IntegerField()
    note = models.TextField(blank=True)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed")
    correlation = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())
    expires = models.DateTimeField()
    fallback_at = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("branch_id", "id", name="approvals_request_branch"),
            models.Index("payload_hash", name="approvals_request_hash"),
            models.Index("maker", "id", name="approvals_request_maker"),
            models.Index("subject", name="approvals_request_subject"),
            models.Index("expires", name="approvals_request_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class Concern(models.Model):
    """Whom or what a request concerns, as ``party:5`` or ``account:7``: it shows on their pages."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, models.PROTECT, related_name="concerns")
    subject = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint("request", "subject", name="approvals_concern_once")]
        indexes = [models.Index("subject", "request", name="approvals_concern_subject")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.subject}"


class RequestPaper(models.Model):
    """A scan or photo that lies with a request, with the hash that was signed."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, models.PROTECT, related_name="papers")
    paper_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint("request", "paper_id", name="approvals_paper_once")]
        indexes = [models.Index("paper_id", name="approvals_paper")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.paper_id}"


class Recusal(models.Model):
    """Somebody who has no part in a request 回避: the request does not exist for this person."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, models.PROTECT, related_name="recusals")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("request", "person", name="approvals_recusal_once")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.person_id}"


class Claim(models.Model):
    """That somebody has taken a request up 认领. One at a time; a new one follows an ended one."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, models.PROTECT, related_name="claims")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)
    why = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "request", name="approvals_claim_one", condition=models.Q(ended__isnull=True)
            ),
        ]
        indexes = [models.Index("person", name="approvals_claim_person", condition=models.Q(ended=None))]

    def __str__(self) -> str:
        return f"{self.request_id} {self.person_id}"


class RequestMark(models.Model):
    """What the clock did to a request: escalated 升级, or fallen back to the maker's desk 转现场."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in MarkKind])
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("request", "kind", name="approvals_mark_once")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class RequestEnd(models.Model):
    """How a request ended. Once. ``reason`` is a code of the reasons' table, ``words`` what was said."""

    append_only = True

    request = models.OneToOneField(Request, models.PROTECT, primary_key=True, related_name="end")
    state = models.CharField(max_length=10)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=32, blank=True)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ENDS), name="approvals_end_state"),
        ]
        indexes = [models.Index("at", name="approvals_end_at")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.state}"


class Approval(models.Model):
    """A grant 授权. ``payload`` holds references (ids, amounts), never a name or a number of a person.

    ``behalf`` is the giver when the power was delegated; ``proof`` how the person proved to be present.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    payload_hash = models.CharField(max_length=64)
    payload = models.JSONField()
    duty = models.CharField(max_length=32)
    rule_key = models.CharField(max_length=80)
    rule_version = models.IntegerField()
    reason = models.TextField()
    maker = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    approver = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    mode = models.CharField(
        max_length=8, choices=[(m.value, m.value) for m in Mode], db_default=str(Mode.SITE)
    )
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="approvals")
    signed_hash = models.CharField(max_length=64, blank=True, db_default="")
    skill = models.CharField(max_length=40, blank=True, db_default="")
    behalf = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    proof = models.CharField(max_length=12, blank=True, db_default="")
    at = models.DateTimeField(db_default=Now())
    expires = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "payload_hash", "approver", "request", name="approvals_once_a_person", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~models.Q(maker=models.F("approver")), name="approvals_maker_is_not_approver"
            ),
        ]
        indexes = [models.Index("branch_id", "id", name="approvals_branch")]

    def __str__(self) -> str:
        return f"{self.id} {self.payload_hash[:12]}"


class ApprovalUse(models.Model):
    """That an approval was used, and by which posting (its key). At most one a grant."""

    append_only = True

    approval = models.OneToOneField(Approval, models.PROTECT, primary_key=True, related_name="use")
    key = models.UUIDField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.approval_id} {self.key}"


class Interest(models.Model):
    """A declared relation of a member of staff to a customer 利益关系申报."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    party_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in InterestKind])
    declared_by = models.CharField(max_length=40)
    declared_at = models.DateTimeField(db_default=Now())
    ended_by = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", "party_id", "kind", name="approvals_interest_once",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(ended_by="", ended_at__isnull=True)
                | (~models.Q(ended_by="") & models.Q(ended_at__isnull=False)),
                name="approvals_interest_ended",
            ),
        ]  # fmt: skip
        indexes = [models.Index("party_id", name="approvals_interest_party")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.party_id}"


class OnDuty(models.Model):
    """That an approver is at the approval desk 授权在岗; ``ended`` when leaving it."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    since = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", name="approvals_on_duty_one", condition=models.Q(ended__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since:%H:%M}"
