"""Tables of blank vouchers 重要空白凭证, seals and keys 印押证, and of the hand-over 交接班."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Now

from counterpoint.vault.data_vouchers import (
    CountMoment,
    HandOverState,
    Part,
    SealKind,
    VoucherAct,
    VoucherState,
)

_OPEN = models.Q(state=HandOverState.PROPOSED.value)


class VoucherKind(models.Model):
    """A kind of form. ``product`` names what is handed out with it; one kind a product."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    prefix = models.CharField(max_length=8, default="")
    digits = models.SmallIntegerField()
    unit_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="CNY")
    gl = models.CharField(max_length=8)
    separated = models.BooleanField(default=False)
    product = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "product", name="vault_voucherkind_product", condition=~models.Q(product="")
            ),
            models.CheckConstraint(
                condition=models.Q(unit_minor__gt=0, digits__gt=0), name="vault_voucherkind_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class VoucherStock(models.Model):
    """One kind in one box: the row that is locked, and its account outside the balance sheet."""

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    kind = models.ForeignKey(VoucherKind, models.PROTECT, related_name="+")
    account_id = models.BigIntegerField(unique=True)
    held = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint("box", "kind", name="vault_voucherstock_one"),
            models.CheckConstraint(condition=models.Q(held__gte=0), name="vault_voucherstock_held"),
        ]

    def __str__(self) -> str:
        return f"{self.box_id}/{self.kind_id}"


class VoucherRange(models.Model):
    """Where forms are: a serial of a kind stands in exactly one range, so in one box and one state.

    A form that is gone keeps the box it went from.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.ForeignKey(VoucherKind, models.PROTECT, related_name="+")
    serials = BigIntegerRangeField()
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in VoucherState])

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="vault_voucherrange_one_holder",
                expressions=[("kind", RangeOperators.EQUAL), ("serials", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(serials__isempty=False, serials__startswith__gte=0),
                name="vault_voucherrange_numbers",
            ),
        ]
        indexes = [models.Index("box", "kind", name="vault_voucherrange_box")]

    def __str__(self) -> str:
        return f"{self.kind_id} {self.serials}"


class VoucherMove(models.Model):
    """One line of the register 登记簿: what happened to which numbers, by whom. Replayed by ``verify``."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField()
    at = models.DateTimeField(db_default=Now())
    branch_id = models.IntegerField()
    business_date = models.DateField()
    kind = models.ForeignKey(VoucherKind, models.PROTECT, related_name="+")
    serials = BigIntegerRangeField()
    act = models.CharField(max_length=10, choices=[(a.value, a.value) for a in VoucherAct])
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in VoucherState])
    source = models.ForeignKey("vault.Box", models.PROTECT, related_name="+", null=True)
    target = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, default="")
    subject = models.CharField(max_length=60, default="")

    class Meta:
        indexes = [
            models.Index("branch_id", "business_date", name="vault_vouchermove_day"),
            models.Index("kind", "id", name="vault_vouchermove_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second_id=None) | ~models.Q(second_id=models.F("person_id")),
                name="vault_vouchermove_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.serials}"


class VoucherCount(models.Model):
    """A blind count of a box's forms 凭证碰库, and what it found. ``versions`` name the moment it is of."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey("vault.Box", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    business_date = models.DateField()
    moment = models.CharField(max_length=8, choices=[(m.value, m.value) for m in CountMoment])
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    counted = models.JSONField()
    missing = models.JSONField()
    extra = models.JSONField()
    versions = models.JSONField()

    class Meta:
        indexes = [models.Index("branch_id", "business_date", name="vault_vouchercount_day")]

    def __str__(self) -> str:
        return f"{self.box_id} {self.business_date} {self.moment}"


class Seal(models.Model):
    """A seal, key, code machine or combination. In use it has a custodian, one; retired it has none."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in SealKind])
    part = models.CharField(max_length=12, default="", choices=[(p.value, p.value) for p in Part])
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    custodian = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", null=True)
    since = models.DateTimeField(null=True)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("branch_id", "number", name="vault_seal_number"),
            models.CheckConstraint(
                condition=models.Q(retired=True, custodian=None, since=None)
                | models.Q(retired=False, custodian__isnull=False, since__isnull=False),
                name="vault_seal_one_custodian",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SealMove(models.Model):
    """A seal went from one hand to another 交接记录."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    giver = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", null=True)
    receiver = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", null=True)
    person_id = models.BigIntegerField()
    second_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, default="")

    def __str__(self) -> str:
        return f"{self.seal_id} {self.giver_id}→{self.receiver_id}"


class HandOver(models.Model):
    """A package on its way from one person to another. One open at a time for a person, either way."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    branch_id = models.IntegerField()
    business_date = models.DateField()
    at = models.DateTimeField(db_default=Now())
    giver = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    package = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10,
        default=HandOverState.PROPOSED.value,
        choices=[(s.value, s.value) for s in HandOverState],
    )
    supervisor = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", null=True)
    ended = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("giver", name="vault_handover_giver", condition=_OPEN),
            models.UniqueConstraint("receiver", name="vault_handover_receiver", condition=_OPEN),
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("receiver")), name="vault_handover_two_people"
            ),
            models.CheckConstraint(
                condition=models.Q(state=HandOverState.PROPOSED.value, ended=None)
                | models.Q(ended__isnull=False) & ~_OPEN,
                name="vault_handover_ended",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=HandOverState.ACCEPTED.value) | models.Q(supervisor__isnull=False),
                name="vault_handover_supervised",
            ),
        ]
        indexes = [models.Index("branch_id", "business_date", name="vault_handover_day")]

    def __str__(self) -> str:
        return self.number


class HandOverCount(models.Model):
    """What the receiver counted, blind, before signing; every try is kept."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    hand_over = models.ForeignKey(HandOver, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    person_id = models.BigIntegerField()
    counted = models.JSONField()
    differs = models.JSONField()

    def __str__(self) -> str:
        return f"{self.hand_over_id} {self.at}"
