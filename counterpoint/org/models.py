"""The tables of org."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from counterpoint.org.data import Confidence, DayKind, RuleStatus, UnitKind


class Unit(models.Model):
    """A unit of the bank 机构: the bank itself, a region, a branch."""

    id = models.AutoField(primary_key=True)
    kind = models.TextField(choices=[(k.value, k.value) for k in UnitKind])
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    code = models.TextField(unique=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    address_zh = models.TextField(default="")
    address_en = models.TextField(default="")
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=UnitKind.BANK, parent=None)
                | Q(kind__in=[UnitKind.REGION, UnitKind.BRANCH], parent__isnull=False),
                name="org_unit_only_the_bank_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Desk(models.Model):
    """A desk 柜台 of a branch, with its number 窗口号 and what stands on it."""

    id = models.AutoField(primary_key=True)
    branch = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField()
    equipment = ArrayField(models.TextField(), default=list)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("branch", "number", name="org_desk_number"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="org_desk_withdrawn_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.number}"


class DeskClaim(models.Model):
    """A person works at a desk 上柜, from then until then."""

    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True)
    released_by = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "desk", name="org_claim_one_person_a_desk", condition=Q(released_at=None)
            ),
            models.UniqueConstraint(
                "person", name="org_claim_one_desk_a_person", condition=Q(released_at=None)
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="org_claim_released_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.person_id}"


class BusinessDay(models.Model):
    """The business date of a branch 营业日期: one row a branch, guarded by the lock that postings share."""

    branch = models.OneToOneField(Unit, on_delete=models.PROTECT, primary_key=True, related_name="+")
    date = models.DateField()
    open = models.BooleanField()
    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.TextField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)

    class Meta:
        db_table = "org_business_day"
        constraints = [
            models.CheckConstraint(
                condition=Q(open=True, closed_at=None, closed_by=None)
                | Q(open=False, closed_at__isnull=False, closed_by__isnull=False),
                name="org_business_day_closed_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.date}"


class DayChange(models.Model):
    """The history of business days: each opened once, closed once."""

    append_only = True

    branch = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    opened = models.BooleanField()
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()

    class Meta:
        db_table = "org_day_change"
        constraints = [
            models.UniqueConstraint("branch", "date", "opened", name="org_day_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.date}"


class CalendarDay(models.Model):
    """A day that is not what its weekday says 节假日与调休."""

    date = models.DateField(primary_key=True)
    kind = models.TextField(choices=[(k.value, k.value) for k in DayKind])
    name_zh = models.TextField()
    name_en = models.TextField()
    source = models.TextField()
    confidence = models.TextField(choices=[(c.value, c.value) for c in Confidence])
    set_at = models.DateTimeField(db_default=Now())
    set_by = models.TextField()

    class Meta:
        db_table = "org_calendar_day"

    def __str__(self) -> str:
        return f"{self.date} {self.name_zh}"


class Stamp(models.Model):
    """One row whose number changes with every change of rules or calendar.

    It comes from a sequence, so that a rolled-back number never returns with other content.
    """

    id = models.IntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="org_stamp_one_row")]

    def __str__(self) -> str:
        return str(self.number)


class RuleTable(models.Model):
    """A rule with its name 规则; what it says stands in its versions."""

    key = models.TextField(primary_key=True)
    title_zh = models.TextField()
    title_en = models.TextField()
    chapter = models.TextField()
    reference = models.TextField(default="")
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.TextField()

    class Meta:
        db_table = "org_rule_table"

    def __str__(self) -> str:
        return self.key


class RuleVersion(models.Model):
    """What a rule says in a stretch of time 规则版本.

    What it says never changes, a trigger sees to it; only its status and its end do. In force is a
    version that is approved and whose dates contain the day; no two approved ones ever share a day.
    """

    table = models.ForeignKey(RuleTable, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    body = models.JSONField()
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    source = models.TextField()
    scope = models.TextField()
    owner = models.TextField()
    confidence = models.TextField(choices=[(c.value, c.value) for c in Confidence])
    note_zh = models.TextField(default="")
    note_en = models.TextField(default="")
    shipped = models.BooleanField(default=False)
    status = models.TextField(choices=[(s.value, s.value) for s in RuleStatus], default=RuleStatus.DRAFT)
    drafted_at = models.DateTimeField(db_default=Now())
    drafted_by = models.TextField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.TextField(null=True)

    class Meta:
        db_table = "org_rule_version"
        constraints = [
            models.UniqueConstraint("table", "number", name="org_rule_version_number"),
            models.CheckConstraint(
                condition=Q(effective_to=None)
                | Q(effective_from=None)
                | Q(effective_to__gte=F("effective_from")),
                name="org_rule_version_ends_after_it_begins",
            ),
            # A retired version that never came into force has no days left: it stays as a record.
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, status__in=["draft", "refused"])
                | Q(approved_by__isnull=False, approved_at__isnull=False, status__in=["approved", "retired"]),
                name="org_rule_version_approved_pair",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")) | Q(shipped=True),
                name="org_rule_version_second_person",
            ),
            ExclusionConstraint(
                name="org_rule_version_one_at_a_time",
                expressions=[
                    ("table", RangeOperators.EQUAL),
                    (
                        Func(F("effective_from"), F("effective_to"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status=RuleStatus.APPROVED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_id}@{self.number}"


class RuleChange(models.Model):
    """What became of a version, when, by whom, why 规则状态记录."""

    append_only = True

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    status = models.TextField(choices=[(s.value, s.value) for s in RuleStatus])
    at = models.DateTimeField(db_default=Now())
    by = models.TextField()
    note = models.TextField(default="")

    class Meta:
        db_table = "org_rule_change"

    def __str__(self) -> str:
        return f"{self.version_id} {self.status}"


# Django looks for a room's tables here.
from counterpoint.org.models_closing import DayPaper as DayPaper  # noqa: E402
from counterpoint.org.models_closing import DayRun as DayRun  # noqa: E402
from counterpoint.org.models_closing import DayStep as DayStep  # noqa: E402
