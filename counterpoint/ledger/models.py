"""Tables of the ledger's hot path: accounts and legs. An entry is its event row (``kit.models.Event``).

No foreign key leads out of the rows that every posting writes, and none needs a counter of its own:
they carry their branch, and could be spread by it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

# Django looks for a room's tables here.
from counterpoint.ledger.models_terms import Accumulation as Accumulation
from counterpoint.ledger.models_terms import Adjustment as Adjustment
from counterpoint.ledger.models_terms import Agreement as Agreement
from counterpoint.ledger.models_terms import Hold as Hold
from counterpoint.ledger.models_terms import Reversal as Reversal
from counterpoint.ledger.models_terms import Sequence as Sequence


class NoneBelowZero(models.Func):
    """``0 <= ALL(numbers)``: the last line of defence; whoever decides refuses long before."""

    template = "0 <= ALL(%(expressions)s)"
    output_field = models.BooleanField()


class Account(models.Model):
    """An account 账户, with all that a posting must know of it and nothing more.

    ``sign`` is +1 where debit makes the balance grow, −1 where credit does; the balance is ``sign``
    times the sum of the legs, and ``version`` their number. ``held`` is the sum of what holds keep.
    ``floor`` is the least that ``balance - held`` may become; ``None``: no limit.
    ``carried`` is what an effect keeps with the account 随账: numbers that only it understands, written
    with the balance in the same row, for a row of its own would cost a posting a tenth more.
    Names, terms and dates are the agreement's, so that this row stays short.
    """

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    number = models.TextField(unique=True)
    kind = models.TextField()
    gl = models.TextField()
    currency = models.TextField()
    sign = models.SmallIntegerField()
    status = models.TextField(default="active")
    balance = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True)
    version = models.BigIntegerField(default=0)
    name = models.TextField(default="")
    carried = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=NoneBelowZero("carried"), name="ledger_account_carried"),
            models.CheckConstraint(condition=models.Q(sign__in=[1, -1]), name="ledger_account_sign"),
            models.CheckConstraint(condition=models.Q(held__gte=0), name="ledger_account_held"),
        ]
        # No index on a column that a posting writes: only so are its updates heap-only.
        indexes = [models.Index("branch_id", "gl", "currency", name="ledger_account_books")]

    def __str__(self) -> str:
        return self.number


class Leg(models.Model):
    """One leg of an entry, filed under its account 分户账: the ``version``-th that touched it."""

    append_only = True

    pk = models.CompositePrimaryKey("account_id", "version")
    account_id = models.BigIntegerField()
    version = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    balance = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="ledger_leg_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.version}"
