"""Tables of surprise checks, cash promised, notes that are damaged, and money that is none."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from counterpoint.vault.data_cash import BookingState, CheckState, CounterfeitState, DamageOutcome
from counterpoint.vault.models_cash import CashCount, choices_of


class SurpriseCheck(models.Model):
    """A check of a box without notice 查库: two named people, the box frozen, the result as counted."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    planned_for = models.DateField()
    random = models.BooleanField()
    reason = models.CharField(max_length=200, default="")
    planner_id = models.BigIntegerField()
    inspector_id = models.BigIntegerField()
    witness_id = models.BigIntegerField()
    state = models.CharField(max_length=10, default=CheckState.PLANNED.value, choices=choices_of(CheckState))
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    count = models.OneToOneField(CashCount, models.PROTECT, related_name="+", null=True)
    remarks = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("box", name="vault_check_open", condition=models.Q(
                state__in=[CheckState.PLANNED.value, CheckState.STARTED.value])),
            models.CheckConstraint(
                condition=~models.Q(inspector_id=models.F("witness_id")), name="vault_check_two_people"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=CheckState.FINISHED.value)
                | models.Q(count__isnull=False, ended__isnull=False),
                name="vault_check_counted",
            ),
        ]  # fmt: skip
        indexes = [models.Index("branch_id", "planned_for", name="vault_check_branch")]

    def __str__(self) -> str:
        return self.number


class CashBooking(models.Model):
    """A large withdrawal that was announced 大额现金预约: its notes are promised from the vault."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    branch_id = models.IntegerField()
    vault = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    party_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    faces = models.JSONField()
    day = models.DateField()
    purpose = models.CharField(max_length=120, default="")
    state = models.CharField(
        max_length=10, default=BookingState.BOOKED.value, choices=choices_of(BookingState)
    )
    booker_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    ended = models.DateTimeField(null=True)
    entry = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="vault_cashbooking_some"),
        ]
        indexes = [
            models.Index("branch_id", "day", name="vault_cashbooking_day"),
            models.Index("party_id", name="vault_cashbooking_party"),
        ]

    def __str__(self) -> str:
        return self.number


class DamagedExchange(models.Model):
    """Damaged notes taken in and paid for 残缺污损人民币兑换; one row a visit, its notes beside it."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    business_date = models.DateField()
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    customer = models.CharField(max_length=120, default="")
    identity = models.CharField(max_length=40, default="")
    currency = models.CharField(max_length=3)
    paid = models.BigIntegerField()
    faces = models.JSONField()
    entry = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index("branch_id", "business_date", name="vault_damaged_day")]

    def __str__(self) -> str:
        return self.number


class DamagedNote(models.Model):
    """One damaged note: what is left of it, in hundredths of its area, and what that is worth."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    exchange = models.ForeignKey(DamagedExchange, models.PROTECT, related_name="+")
    face = models.CharField(max_length=8)
    pieces = models.IntegerField()
    left = models.IntegerField()
    cross = models.BooleanField(default=False)
    outcome = models.CharField(max_length=6, choices=choices_of(DamageOutcome))
    worth = models.BigIntegerField()
    serial = models.CharField(max_length=20, default="")

    def __str__(self) -> str:
        return f"{self.face} {self.outcome}"


class CounterfeitCase(models.Model):
    """Counterfeit money taken from a customer 收缴假币: two people, a certificate, then the appraisal."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    branch_id = models.IntegerField()
    business_date = models.DateField()
    at = models.DateTimeField(db_default=Now())
    seizer_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    holder = models.CharField(max_length=120)
    identity_kind = models.CharField(max_length=20, default="")
    identity = models.CharField(max_length=40, default="")
    phone = models.CharField(max_length=20, default="")
    state = models.CharField(
        max_length=12, default=CounterfeitState.SEIZED.value, choices=choices_of(CounterfeitState)
    )
    appraisal_until = models.DateField()
    surrender_until = models.DateField()
    appraiser = models.CharField(max_length=120, default="")
    appraised_until = models.DateField(null=True)
    reported = models.DateTimeField(null=True)
    must_report = models.BooleanField(default=False)
    report_reason = models.CharField(max_length=200, default="")
    prints = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(seizer_id=models.F("second_id")), name="vault_counterfeit_two_people"
            ),
        ]
        indexes = [models.Index("branch_id", "business_date", name="vault_counterfeit_day")]

    def __str__(self) -> str:
        return self.number


class CounterfeitNote(models.Model):
    """One counterfeit note or coin, by its serial number 冠字号码: stamped 加盖假币章, or sealed in a bag."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(CounterfeitCase, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    face = models.CharField(max_length=8)
    edition = models.CharField(max_length=20, default="")
    serial = models.CharField(max_length=20)
    pieces = models.IntegerField(default=1)
    making = models.CharField(max_length=20, default="")
    stamped = models.BooleanField()
    bag = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stamped=True) | ~models.Q(bag=""), name="vault_counterfeit_marked"
            ),
        ]
        indexes = [models.Index("serial", name="vault_counterfeit_serial")]

    def __str__(self) -> str:
        return self.serial


class CounterfeitStep(models.Model):
    """A counterfeit case came into a state, or was reported or printed: when, by whom, why."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(CounterfeitCase, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=choices_of(CounterfeitState))
    what = models.CharField(max_length=20, default="")
    note = models.CharField(max_length=500, default="")

    def __str__(self) -> str:
        return f"{self.case_id} {self.what or self.state}"
