"""Tables of the vault."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from counterpoint.vault.data import BoxKind
from counterpoint.vault.data_cash import Stop


class Box(models.Model):
    """A box 尾箱: a sub-account of 库存现金 (1001) with notes in it."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=12, unique=True)
    branch_id = models.IntegerField()
    desk_id = models.IntegerField(null=True, unique=True)
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in BoxKind])
    account_id = models.BigIntegerField(unique=True)
    currency = models.CharField(max_length=3)
    #: Over it, a transfer is proposed and a clock runs. Zero: no limit. The hard limit stands with the stock.
    limit_minor = models.BigIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index("branch_id", name="vault_box_branch")]

    def __str__(self) -> str:
        return self.number


class Stock(models.Model):
    """How many pieces of each face lie in a box, in the fixed order of ``data.FACES``.

    A view of what the box's account carries (``effects.py``): notes are written with the balance, in one
    row. ``unfit`` 不宜流通 and ``damaged`` 残损 say how many of them may not be paid out; shorter rows mean
    none. Whoever changes one here holds the lock of that account (``ledger.lock_accounts``).
    """

    box = models.OneToOneField(Box, models.PROTECT, primary_key=True, related_name="stock")
    #: Nothing more comes in over it. Zero: no limit.
    hard_minor = models.BigIntegerField(default=0)
    counts = ArrayField(models.BigIntegerField())
    unfit = ArrayField(models.BigIntegerField(), default=list)
    damaged = ArrayField(models.BigIntegerField(), default=list)
    stopped = models.CharField(max_length=8, default="", choices=[(s.value, s.value) for s in Stop])

    class Meta:
        managed = False
        db_table = "vault_stock"

    def __str__(self) -> str:
        return f"{self.box_id} {self.counts}"


class StockMark(models.Model):
    """The pieces of a box at one version of its account, so that looking back need not begin at the first.

    Worked out from the entries, and only to spare working it out again.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey(Box, models.PROTECT, related_name="+")
    version = models.BigIntegerField()
    counts = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint("box", "version", name="vault_stockmark_version")]

    def __str__(self) -> str:
        return f"{self.box_id} {self.version}"


class Custody(models.Model):
    """Who holds a box 保管: from when, until when. One at a time for a box, and for a person."""

    id = models.BigAutoField(primary_key=True)
    box = models.ForeignKey(Box, models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("box", name="vault_custody_box", condition=models.Q(until=None)),
            models.UniqueConstraint("person", name="vault_custody_person", condition=models.Q(until=None)),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="vault_custody_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.box_id} {self.person_id}"


# Django looks for a room's tables here.
from counterpoint.vault.models_cases import CashBooking as CashBooking  # noqa: E402
from counterpoint.vault.models_cases import CounterfeitCase as CounterfeitCase  # noqa: E402
from counterpoint.vault.models_cases import CounterfeitNote as CounterfeitNote  # noqa: E402
from counterpoint.vault.models_cases import CounterfeitStep as CounterfeitStep  # noqa: E402
from counterpoint.vault.models_cases import DamagedExchange as DamagedExchange  # noqa: E402
from counterpoint.vault.models_cases import DamagedNote as DamagedNote  # noqa: E402
from counterpoint.vault.models_cases import SurpriseCheck as SurpriseCheck  # noqa: E402
from counterpoint.vault.models_cash import BoxStop as BoxStop  # noqa: E402
from counterpoint.vault.models_cash import CashCount as CashCount  # noqa: E402
from counterpoint.vault.models_cash import Difference as Difference  # noqa: E402
from counterpoint.vault.models_cash import DifferenceStep as DifferenceStep  # noqa: E402
from counterpoint.vault.models_cash import FaceLimit as FaceLimit  # noqa: E402
from counterpoint.vault.models_cash import LimitBreach as LimitBreach  # noqa: E402
from counterpoint.vault.models_cash import Transfer as Transfer  # noqa: E402
from counterpoint.vault.models_cash import TransferCount as TransferCount  # noqa: E402
from counterpoint.vault.models_cash import TransferStep as TransferStep  # noqa: E402
from counterpoint.vault.models_vouchers import HandOver as HandOver  # noqa: E402
from counterpoint.vault.models_vouchers import HandOverCount as HandOverCount  # noqa: E402
from counterpoint.vault.models_vouchers import Seal as Seal  # noqa: E402
from counterpoint.vault.models_vouchers import SealMove as SealMove  # noqa: E402
from counterpoint.vault.models_vouchers import VoucherCount as VoucherCount  # noqa: E402
from counterpoint.vault.models_vouchers import VoucherKind as VoucherKind  # noqa: E402
from counterpoint.vault.models_vouchers import VoucherMove as VoucherMove  # noqa: E402
from counterpoint.vault.models_vouchers import VoucherRange as VoucherRange  # noqa: E402
from counterpoint.vault.models_vouchers import VoucherStock as VoucherStock  # noqa: E402
