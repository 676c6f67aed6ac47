"""Tables of the room. A state worth asking about is a row with who and when."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from counterpoint.people.data import Duty, Role
from counterpoint.people.names import name_of


def pair(who: str, when: str, name: str) -> models.CheckConstraint:
    """Who and when are known together or not at all."""
    return models.CheckConstraint(
        condition=Q(**{who: "", f"{when}__isnull": True})
        | (~Q(**{who: ""}) & Q(**{f"{when}__isnull": False})),
        name=name,
    )


def ordered(start: str, end: str, name: str) -> models.CheckConstraint:
    """No end before its beginning."""
    return models.CheckConstraint(
        condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)}), name=name
    )


def one_of(field: str, values: list[str], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


DUTIES = [str(d) for d in Duty]
ROLES = [str(r) for r in Role]


class StaffManager(BaseUserManager["Staff"]):
    """Staff are added by the verb ``people.services.add_staff``; this only reads."""


class Staff(AbstractUser):
    """A member of staff 员工. ``username`` is the staff number 柜员号; nobody has an e-mail here."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = None  # type: ignore[assignment]

    username = models.CharField(
        _("Staff number"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"\A[0-9]{4,12}\Z", _("A staff number has 4 to 12 digits."))],
    )
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, blank=True)
    pinyin = models.CharField(max_length=120, blank=True)
    branch_id = models.IntegerField(default=0)
    must_change_password = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[StaffManager] = StaffManager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index("pinyin", name="people_staff_pinyin")]
        constraints = [
            models.CheckConstraint(condition=Q(username__regex=r"^[0-9]{4,12}$"), name="people_staff_number"),
            models.CheckConstraint(condition=~Q(name_zh=""), name="people_staff_named"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.name}"

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return name_of(self.name_zh, self.name_en)

    def clean(self) -> None:
        """There is no e-mail to normalise."""

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class RoleAssignment(models.Model):
    """A role 岗位 given to a person at a branch (0: the whole bank), both days included."""

    person = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    branch_id = models.IntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    granted_by = models.CharField(max_length=40)
    granted_at = models.DateTimeField(db_default=Now())
    revoked_by = models.CharField(max_length=40, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index("person", name="people_role_person"),
            models.Index("role", name="people_role_role"),
        ]
        constraints = [
            one_of("role", ROLES, "people_role_known"),
            ordered("valid_from", "valid_until", "people_role_dates"),
            pair("revoked_by", "revoked_at", "people_role_revoked"),
            models.CheckConstraint(condition=~Q(granted_by=""), name="people_role_granted"),
            models.CheckConstraint(condition=Q(branch_id__gte=0), name="people_role_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} @{self.branch_id}"


class Qualification(models.Model):
    """A certificate or skill 资格, with its evidence and its last day."""

    person = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    granted_on = models.DateField()
    expires_on = models.DateField(null=True)
    evidence = models.CharField(max_length=200, blank=True)
    recorded_by = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_by = models.CharField(max_length=40, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("person", "kind", name="people_qualification_person")]
        constraints = [
            ordered("granted_on", "expires_on", "people_qualification_dates"),
            pair("withdrawn_by", "withdrawn_at", "people_qualification_ended"),
            models.CheckConstraint(
                condition=~Q(recorded_by="") & ~Q(kind=""), name="people_qualification_who"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class Restriction(models.Model):
    """Something a person may not do for a time 限制; an empty duty means none at all."""

    person = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=200)
    source = models.CharField(max_length=80)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    imposed_by = models.CharField(max_length=40)
    imposed_at = models.DateTimeField(db_default=Now())
    lifted_by = models.CharField(max_length=40, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index("person", name="people_restriction_open", condition=Q(lifted_at=None)),
            models.Index("source", name="people_restriction_source"),
        ]
        constraints = [
            one_of("duty", ["", *DUTIES], "people_restriction_duty"),
            ordered("valid_from", "valid_until", "people_restriction_dates"),
            pair("lifted_by", "lifted_at", "people_restriction_lifted"),
            models.CheckConstraint(
                condition=~Q(imposed_by="") & ~Q(reason=""), name="people_restriction_who"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.duty or '*'}"


class Delegation(models.Model):
    """A duty that one person lets another do on their behalf 转授权, both days included.

    It gives no more than its giver has on that day by a role; nothing of that is kept here.
    """

    giver = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=20)
    branch_id = models.IntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.CharField(max_length=200)
    given_by = models.CharField(max_length=40)
    given_at = models.DateTimeField(db_default=Now())
    ended_by = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("receiver", "duty", name="people_delegation_receiver"),
            models.Index("giver", name="people_delegation_giver"),
            models.Index("branch_id", name="people_delegation_branch"),
        ]
        constraints = [
            one_of("duty", DUTIES, "people_delegation_duty"),
            ordered("valid_from", "valid_until", "people_delegation_dates"),
            pair("ended_by", "ended_at", "people_delegation_ended"),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="people_delegation_two"),
            models.CheckConstraint(condition=~Q(given_by="") & ~Q(reason=""), name="people_delegation_who"),
            models.CheckConstraint(condition=Q(branch_id__gte=0), name="people_delegation_place"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.receiver_id} {self.duty} @{self.branch_id}"


class Suspension(models.Model):
    """A person who may not sign in at all 停用, until resumed."""

    person = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    suspended_by = models.CharField(max_length=40)
    suspended_at = models.DateTimeField(db_default=Now())
    resumed_by = models.CharField(max_length=40, blank=True)
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", condition=Q(resumed_at=None), name="people_suspension_open"),
            pair("resumed_by", "resumed_at", "people_suspension_resumed"),
            models.CheckConstraint(
                condition=~Q(suspended_by="") & ~Q(reason=""), name="people_suspension_who"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"


class Dated(models.Model):
    """Reference data: in force between two days, with its source."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class RoleDuty(Dated):
    """That a role has a duty: one line of the matrix of posts 岗位职责表."""

    role = models.CharField(max_length=20)
    duty = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint("role", "duty", "valid_from", name="people_roleduty_once"),
            one_of("role", ROLES, "people_roleduty_role"),
            one_of("duty", DUTIES, "people_roleduty_duty"),
            ordered("valid_from", "valid_until", "people_roleduty_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.duty}"


class DutyConflict(Dated):
    """Two duties that may not be in one hand 不相容岗位."""

    one = models.CharField(max_length=20)
    other = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint("one", "other", "valid_from", name="people_dutyconflict_once"),
            one_of("one", DUTIES, "people_dutyconflict_one"),
            one_of("other", DUTIES, "people_dutyconflict_other"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="people_dutyconflict_two"),
            ordered("valid_from", "valid_until", "people_dutyconflict_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.one} / {self.other}"


class DutyRequirement(Dated):
    """That a duty needs a qualification 持证上岗."""

    duty = models.CharField(max_length=20)
    qualification = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint("duty", "qualification", "valid_from", name="people_requirement_once"),
            one_of("duty", DUTIES, "people_requirement_duty"),
            ordered("valid_from", "valid_until", "people_requirement_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.duty}: {self.qualification}"


class DelegableDuty(Dated):
    """That a duty may be delegated 可转授职责, and for how many days at most."""

    duty = models.CharField(max_length=20)
    days = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("duty", "valid_from", name="people_delegable_once"),
            one_of("duty", DUTIES, "people_delegable_duty"),
            ordered("valid_from", "valid_until", "people_delegable_dates"),
            models.CheckConstraint(condition=Q(days__gt=0), name="people_delegable_days"),
        ]

    def __str__(self) -> str:
        return f"{self.duty}: {self.days}"


class LoginSession(AbstractBaseSession):
    """A browser's session 登录会话, with what has to be true beside its data.

    Activity and lock are columns and not part of the data: two requests of one browser write the
    data as a whole, and the later would undo the lock of the earlier.
    """

    person = models.ForeignKey(Staff, models.CASCADE, null=True, related_name="+")
    public = models.UUIDField(default=uuid.uuid4, unique=True)
    opened_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    locked_at = models.DateTimeField(null=True)
    unlock_failures = models.IntegerField(default=0)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index("person", name="people_session_person")]

    @classmethod
    def get_session_store_class(cls) -> Any:
        from counterpoint.people.sessions import SessionStore

        return SessionStore

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the data only when the row exists, so that a lock set meanwhile stays."""
        if kwargs.get("force_update"):
            kwargs["update_fields"] = ["session_data", "expire_date", "person"]
        super().save(*args, **kwargs)


from counterpoint.people.models_tokens import MachineToken as MachineToken  # noqa: E402
