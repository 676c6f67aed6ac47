"""Tables of the counter. What happened is a row; nothing that happened is changed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from counterpoint.teller.data import LossKind, QuoteState


class Quote(models.Model):
    """What a teller was about to do 试算: the exact payload, its hash, and what was shown."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    desk_id = models.IntegerField(null=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    operation = models.CharField(max_length=4)
    business_date = models.DateField()
    key = models.UUIDField()
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    shown = models.JSONField()
    visit = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())
    expires = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("branch_id", "business_date", "id", name="teller_quote_day"),
            models.Index("key", name="teller_quote_key"),
            models.Index("visit", name="teller_quote_visit", condition=models.Q(visit__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.operation}"


class QuoteEnd(models.Model):
    """How a quote ended: confirmed, cancelled or expired. Once."""

    append_only = True

    quote = models.OneToOneField(Quote, models.PROTECT, primary_key=True, related_name="end")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in QuoteState])
    key = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["confirmed", "cancelled", "expired"]),
                name="teller_quoteend_state",
            ),
            models.UniqueConstraint("key", name="teller_quoteend_key", condition=models.Q(key__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.state}"


class Counter(models.Model):
    """The last receipt number of a branch and business date; the first quote of the day makes the row."""

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    business_date = models.DateField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("branch_id", "business_date", name="teller_counter_day")]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.business_date} {self.last}"


class Receipt(models.Model):
    """A numbered receipt 回单, one for each quote confirmed. ``key`` leads to the entry.

    ``party_id``, ``direction`` and ``cash`` (positive into the box) add up a customer's cash day by
    day and one way only, as the large-value rule asks; ``reports`` are the reports that are now due.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    branch_id = models.IntegerField()
    business_date = models.DateField()
    count = models.IntegerField()
    operation = models.CharField(max_length=4)
    quote = models.OneToOneField(Quote, models.PROTECT, related_name="receipt")
    key = models.UUIDField(unique=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    desk_id = models.IntegerField(null=True)
    approval_id = models.BigIntegerField(null=True)
    box_id = models.BigIntegerField(null=True)
    subject = models.TextField()
    party_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    cash = models.BigIntegerField(default=0)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected")
    reports = models.JSONField(default=list)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("branch_id", "business_date", "count", name="teller_receipt_number"),
        ]
        indexes = [
            models.Index("person", "business_date", "id", name="teller_receipt_person"),
            models.Index("subject", "business_date", name="teller_receipt_subject"),
            models.Index(
                "party_id",
                "business_date",
                name="teller_receipt_party",
                condition=models.Q(party_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.business_date}/{self.count}"


class Print(models.Model):
    """A printing of a receipt: ``count`` 0 is the original, every later one a marked copy 补打."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="prints")
    count = models.IntegerField()
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("receipt", "count", name="teller_print_count")]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.count}"


class PayOut(models.Model):
    """That the notes of a posted cash-out were handed over 付款. Once a receipt."""

    append_only = True

    receipt = models.OneToOneField(Receipt, models.PROTECT, primary_key=True, related_name="payout")
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.receipt_id)


class LossReport(models.Model):
    """A loss report 挂失 on an account. ``until`` is when a temporary one lapses; a formal one has none."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in LossKind])
    party_id = models.BigIntegerField(null=True)
    hold_id = models.BigIntegerField(null=True)
    person = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    business_date = models.DateField()
    until = models.DateField(null=True)
    replacement_from = models.DateField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("account_id", "id", name="teller_loss_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}"


class LossEnd(models.Model):
    """That a loss report ended 解挂: lifted, followed in writing, or lapsed."""

    append_only = True

    report = models.OneToOneField(LossReport, models.PROTECT, primary_key=True, related_name="end")
    reason = models.CharField(max_length=20)
    person = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.report_id} {self.reason}"


class Password(models.Model):
    """The password of an account 账户密码, hashed with argon2; never shown, never logged."""

    account_id = models.BigIntegerField(primary_key=True)
    hash = models.TextField()
    failures = models.IntegerField(default=0)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.account_id)


class Secret(models.Model):
    """A password between quote and confirmation: hashed already, and gone once used."""

    id = models.BigAutoField(primary_key=True)
    hash = models.TextField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.id)


class Remittance(models.Model):
    """The far end of a transfer to another bank: personal data, therefore referenced by events only."""

    id = models.BigAutoField(primary_key=True)
    bank_code = models.CharField(max_length=14)
    bank_name = models.CharField(max_length=120)
    account_number = models.CharField(max_length=34)
    name = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.bank_code} {self.id}"


class AccountClass(models.Model):
    """The class of an account 账户分类: I, II or III. Without a row: class I."""

    account_id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=3, choices=[("I", "I"), ("II", "II"), ("III", "III")])

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}"
