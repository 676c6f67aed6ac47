"""Tables of cash that stands still, that is counted, and that is on its way."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models.functions import Now

from counterpoint.vault.data_cash import DifferenceState, Place, Stop, TransferState
from counterpoint.vault.data_vouchers import CountMoment


def choices_of(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]


class BoxStop(models.Model):
    """Nothing moved in the box from ``since`` to ``until``: a pause or a freeze. One at a time."""

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=choices_of(Stop))
    reason = models.CharField(max_length=200, default="")
    person_id = models.BigIntegerField()
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)
    ender_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("box", name="vault_boxstop_box", condition=models.Q(until=None)),
        ]

    def __str__(self) -> str:
        return f"{self.box_id} {self.kind}"


class FaceLimit(models.Model):
    """How many pieces of a face a box should (soft) and may (hard) hold 券别限额. ``None``: no limit."""

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    face = models.CharField(max_length=8)
    soft = models.BigIntegerField(null=True)
    hard = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("box", "face", name="vault_facelimit_face")]

    def __str__(self) -> str:
        return f"{self.box_id} {self.face}"


class LimitBreach(models.Model):
    """A box over its limit 超限: since when, by when it must be mended, and when it was."""

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    face = models.CharField(max_length=8, default="")
    amount = models.BigIntegerField()
    limit = models.BigIntegerField()
    since = models.DateTimeField(db_default=Now())
    due = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("box", "face", name="vault_breach_open", condition=models.Q(until=None)),
        ]
        indexes = [models.Index("branch_id", "since", name="vault_breach_branch")]

    def __str__(self) -> str:
        return f"{self.box_id} {self.face} {self.since}"


class CashCount(models.Model):
    """A blind count of a box 碰库, of the moment that ``version`` of its account names. Never changed."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    business_date = models.DateField()
    moment = models.CharField(max_length=8, choices=choices_of(CountMoment))
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    version = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    #: What was typed, ``{"10000": {"bundles": 1, "straps": 2, "loose": 5}}``, and its sum by face.
    typed = models.JSONField()
    faces = models.JSONField()
    expected_faces = models.JSONField()
    counted = models.BigIntegerField()
    expected = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index("box", "business_date", name="vault_cashcount_box"),
            models.Index("branch_id", "business_date", name="vault_cashcount_day"),
        ]

    def __str__(self) -> str:
        return f"{self.box_id} {self.business_date} {self.moment}"


class Difference(models.Model):
    """A cash difference 长短款, a case of its own: ``amount`` over zero is long 长款, under it short 短款."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    business_date = models.DateField()
    at = models.DateTimeField(db_default=Now())
    count = models.OneToOneField(CashCount, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    faces = models.JSONField()
    state = models.CharField(
        max_length=10, default=DifferenceState.OPEN.value, choices=choices_of(DifferenceState)
    )
    #: The entry that booked it to other payables or receivables; entries that cleared it are in the steps.
    entry = models.BigIntegerField()
    remaining = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="vault_difference_some"),
            models.CheckConstraint(
                condition=models.Q(state=DifferenceState.RESOLVED.value, remaining=0)
                | ~models.Q(state=DifferenceState.RESOLVED.value) & ~models.Q(remaining=0),
                name="vault_difference_remaining",
            ),
        ]
        indexes = [models.Index("branch_id", "state", name="vault_difference_branch")]

    def __str__(self) -> str:
        return self.number


class DifferenceStep(models.Model):
    """What was found, said or booked about a difference, by whom."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    difference = models.ForeignKey(Difference, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=choices_of(DifferenceState))
    cause = models.CharField(max_length=20, default="")
    amount = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, default="")

    def __str__(self) -> str:
        return f"{self.difference_id} {self.state}"


class Transfer(models.Model):
    """Cash on its way 现金调拨 from one box to another, or to or from the central bank."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    source_kind = models.CharField(max_length=12, choices=choices_of(Place))
    target_kind = models.CharField(max_length=12, choices=choices_of(Place))
    source = models.ForeignKey("vault.Box", models.PROTECT, related_name="+", null=True)
    target = models.ForeignKey("vault.Box", models.PROTECT, related_name="+", null=True)
    source_branch = models.IntegerField()
    target_branch = models.IntegerField()
    business_date = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    faces = models.JSONField()
    state = models.CharField(
        max_length=10, default=TransferState.REQUESTED.value, choices=choices_of(TransferState)
    )
    #: Money between two boxes stands on this account 在途现金.
    transit = models.BigIntegerField(null=True)
    carrier = models.CharField(max_length=60, default="")
    seals = models.CharField(max_length=120, default="")
    requester_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    breach = models.ForeignKey(LimitBreach, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="vault_transfer_some"),
            models.CheckConstraint(
                condition=models.Q(source=None) | models.Q(target=None)
                | ~models.Q(source=models.F("target")),
                name="vault_transfer_two_places",
            ),
            models.CheckConstraint(
                condition=models.Q(source__isnull=False) | models.Q(target__isnull=False),
                name="vault_transfer_ours",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("source_branch", "state", name="vault_transfer_source"),
            models.Index("target_branch", "state", name="vault_transfer_target"),
        ]

    def __str__(self) -> str:
        return self.number


class TransferStep(models.Model):
    """A transfer came into a state: when, by whom, with whom, by which entry."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=choices_of(TransferState))
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    entry = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        # Received twice, rejected after received: the database says no as well.
        constraints = [models.UniqueConstraint("transfer", "state", name="vault_transferstep_once")]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.state}"


class TransferCount(models.Model):
    """What the receiver counted, blind; every try is kept."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    faces = models.JSONField()
    agrees = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.at}"
