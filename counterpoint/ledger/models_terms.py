"""Tables of the slow part: what an account was agreed to be, its holds, its interest, its corrections.

Nothing here is touched by a posting unless it carries an effect that says so.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Agreement(models.Model):
    """The terms under which an account was opened 账户合约: kept apart, so the hot row stays narrow.

    ``party`` is the first holder as ``customers`` knows it; ``reference`` the number that an import gave;
    ``dormant`` the day since which it sleeps 睡眠, which a freeze on top of it does not wake.
    """

    account = models.OneToOneField("ledger.Account", models.PROTECT, primary_key=True, related_name="+")
    party = models.BigIntegerField(null=True)
    product = models.CharField(max_length=2)
    opened = models.DateField()
    closed = models.DateField(null=True)
    dormant = models.DateField(null=True)
    rate = models.IntegerField(null=True)
    term_months = models.SmallIntegerField(null=True)
    matures = models.DateField(null=True)
    principal = models.BigIntegerField(null=True)
    reference = models.TextField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "reference", name="ledger_agreement_reference", condition=models.Q(reference__isnull=False)
            ),
            models.CheckConstraint(
                condition=models.Q(closed=None) | models.Q(closed__gte=models.F("opened")),
                name="ledger_agreement_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(term_months=None, matures=None)
                | models.Q(term_months__gt=0, matures__isnull=False),
                name="ledger_agreement_term",
            ),
        ]
        indexes = [
            models.Index("party", name="ledger_agreement_party", condition=models.Q(party__isnull=False))
        ]

    def __str__(self) -> str:
        return f"agreement of account {self.account_id}"


class Sequence(models.Model):
    """The next account number of a branch and product 账号序号; its row is the lock."""

    branch_id = models.IntegerField()
    product = models.CharField(max_length=2)
    next = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("branch_id", "product", name="ledger_sequence_one")]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.product}: {self.next}"


class Hold(models.Model):
    """A hold on an account 冻结/止付: who wanted it, by which paper, for how much, until when."""

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    branch_id = models.IntegerField()
    kind = models.CharField(max_length=8)
    amount = models.BigIntegerField(null=True)
    authority = models.CharField(max_length=40)
    instrument = models.CharField(max_length=100)
    officers = ArrayField(models.CharField(max_length=100), default=list)
    reason = models.TextField(blank=True)
    starts = models.DateField()
    expires = models.DateField()
    placed_by = models.TextField()
    placed_at = models.DateTimeField(db_default=Now())
    released_by = models.TextField(null=True)
    released_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="amount", amount__gt=0)
                | (~models.Q(kind="amount") & models.Q(amount=None)),
                name="ledger_hold_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(expires__gt=models.F("starts")), name="ledger_hold_dates"
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None, released_by=None)
                | models.Q(released_at__isnull=False, released_by__isnull=False),
                name="ledger_hold_released",
            ),
        ]
        indexes = [
            models.Index("account", "id", name="ledger_hold_account"),
            models.Index("expires", name="ledger_hold_active", condition=models.Q(released_at=None)),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} on account {self.account_id}"


class Reversal(models.Model):
    """What corrects what: 抹账 of the same day or 冲正 of a later one, linked both ways."""

    append_only = True

    original = models.BigIntegerField(unique=True)
    reversal = models.BigIntegerField(unique=True)
    branch_id = models.IntegerField()
    kind = models.CharField(max_length=8)
    style = models.CharField(max_length=20)
    reason = models.TextField()
    cash_returned = models.BooleanField(null=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.reversal} takes back {self.original}"


class Accumulation(models.Model):
    """The sum of daily balances of an account since the last settlement 计息积数.

    ``balance`` and ``version`` are where the reckoning stands: the closing balance of ``through``, and
    the last leg in it. Legs after it are found by the account's own key, without any other index.
    """

    account = models.OneToOneField("ledger.Account", models.PROTECT, primary_key=True, related_name="+")
    through = models.DateField()
    version = models.BigIntegerField()
    balance = models.BigIntegerField()
    product = models.BigIntegerField(default=0)
    settled = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.product} through {self.through}"


class Adjustment(models.Model):
    """A correction of a 积数 because an earlier entry was reversed later."""

    append_only = True

    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    original = models.BigIntegerField()
    amount = models.BigIntegerField()
    days = models.IntegerField()
    product = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("account", "original", name="ledger_adjustment_one"),
        ]

    def __str__(self) -> str:
        return f"{self.product} on account {self.account_id} for entry {self.original}"
