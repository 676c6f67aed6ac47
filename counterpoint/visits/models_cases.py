"""Tables of cases 协同事项. Every change is a row with who and when; a person of ``None`` is the system."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from counterpoint.visits.data_cases import OPEN_STATES, CaseState, PaperStatus

STATES = [(str(one), str(one)) for one in CaseState]
STATUSES = [(str(one), str(one)) for one in PaperStatus]
OPEN = models.Q(state__in=[str(one) for one in OPEN_STATES])


class Team(models.Model):
    """A team 团队. Who belongs to it is who holds its duty at its branch; there is no second list."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=32)
    branch_id = models.IntegerField()
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    duty = models.CharField(max_length=32)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint("branch_id", "key", name="visits_team_key")]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.key}"


class Case(models.Model):
    """A case 协同事项: what outlives the visit, or a task of the day.

    ``due`` is worked out from the states it went through; ``None`` while its clock stands. ``target`` is
    in minutes of working time, ``None`` for a task that is due at a time of its day.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    branch_id = models.IntegerField()
    title = models.CharField(max_length=120)
    about = models.CharField(max_length=2000, blank=True)
    confined = models.BooleanField(default=False)
    party_id = models.BigIntegerField(null=True)
    visit = models.ForeignKey("visits.Visit", models.PROTECT, null=True, related_name="cases")
    opener = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=16, choices=STATES, default=CaseState.NEW)
    since = models.DateTimeField(db_default=Now())
    team = models.ForeignKey(Team, models.PROTECT, related_name="cases")
    owner = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    target = models.IntegerField(null=True)
    pauses = models.JSONField(default=list)
    due = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    key = models.UUIDField(null=True)
    task = models.CharField(max_length=40, blank=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("key", name="visits_case_key", condition=models.Q(key__isnull=False)),
            models.UniqueConstraint(
                "task", "branch_id", "day", name="visits_case_task_once", condition=~models.Q(task="")
            ),
            models.CheckConstraint(
                condition=models.Q(task="", day=None) | (~models.Q(task="") & models.Q(day__isnull=False)),
                name="visits_case_task_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["doing", "done"]) | models.Q(owner__isnull=False),
                name="visits_case_owned",
            ),
            models.CheckConstraint(
                condition=models.Q(due=None) | models.Q(due__gte=models.F("at")), name="visits_case_due"
            ),
        ]
        indexes = [
            models.Index("team", "due", name="visits_case_board", condition=OPEN),
            models.Index("team", "since", name="visits_case_done", condition=models.Q(state="done")),
            models.Index("branch_id", "due", name="visits_case_branch", condition=OPEN),
            models.Index("owner", "due", name="visits_case_owner", condition=OPEN),
            models.Index("opener", "id", name="visits_case_opener", condition=OPEN),
            models.Index("party_id", "id", name="visits_case_party"),
        ]

    def __str__(self) -> str:
        return f"C{self.id:06d}"


class CaseStateRow(models.Model):
    """A case came into a state: when, by whom, why."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="states")
    state = models.CharField(max_length=16, choices=STATES)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class CaseHand(models.Model):
    """A case came into other hands: a team, an owner, or nobody's yet."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="hands")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    owner = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.team_id} {self.owner_id}"


class CaseItem(models.Model):
    """A line of a case's checklist 检查清单, as its kind had it when the case was opened."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="items")
    key = models.CharField(max_length=40)
    text_zh = models.CharField(max_length=80)
    text_en = models.CharField(max_length=80)
    required = models.BooleanField(default=True)
    ticked = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint("case", "key", name="visits_caseitem_key")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"


class CaseTick(models.Model):
    """A line was ticked, or its tick taken back."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(CaseItem, models.PROTECT, related_name="ticks")
    ticked = models.BooleanField()
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.item_id} {self.ticked}"


class CasePaper(models.Model):
    """A paper that a case asks for 应收资料."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    shows = models.CharField(max_length=20)
    required = models.BooleanField(default=True)
    status = models.CharField(max_length=8, choices=STATUSES, default=PaperStatus.MISSING)

    class Meta:
        constraints = [models.UniqueConstraint("case", "kind", name="visits_casepaper_kind")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class CasePaperRow(models.Model):
    """A required paper came, was refused or was waived."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    need = models.ForeignKey(CasePaper, models.PROTECT, related_name="rows")
    status = models.CharField(max_length=8, choices=STATUSES)
    paper_id = models.BigIntegerField(null=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="present", paper_id__isnull=False)
                | (~models.Q(status="present") & models.Q(paper_id=None)),
                name="visits_casepaperrow_paper",
            ),
        ]
        indexes = [
            models.Index("paper_id", name="visits_casepaper_file", condition=models.Q(paper_id__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.status}"


class CaseComment(models.Model):
    """A comment 留言. It stays as it was written; who wrote it may withdraw it."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="comments")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    words = models.CharField(max_length=2000)
    at = models.DateTimeField(db_default=Now())
    key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "key", name="visits_casecomment_key", condition=models.Q(key__isnull=False)
            ),
        ]
        indexes = [models.Index("case", "id", name="visits_casecomment_page")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.id}"


class CaseMention(models.Model):
    """Somebody whom a comment names 提及."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    comment = models.ForeignKey(CaseComment, models.PROTECT, related_name="mentions")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("comment", "person", name="visits_casemention_once")]
        indexes = [models.Index("person", "id", name="visits_casemention_person")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.person_id}"


class CommentWithdrawal(models.Model):
    """A comment was withdrawn by its author 撤回; the row of the comment stays."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    comment = models.OneToOneField(CaseComment, models.PROTECT, related_name="withdrawal")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.comment_id)


class CaseLink(models.Model):
    """Something that a case has to do with 关联, as ``entry:812`` or ``account:7``."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    subject = models.CharField(max_length=40)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)
    ender = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "case", "subject", name="visits_caselink_once", condition=models.Q(ended__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(ended=None, ender=None)
                | models.Q(ended__isnull=False, ender__isnull=False),
                name="visits_caselink_ended",
            ),
        ]
        indexes = [models.Index("subject", "case", name="visits_caselink_subject")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.subject}"
