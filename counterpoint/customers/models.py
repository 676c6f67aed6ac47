"""The tables of the customers. What a customer is found by is derived, in ``SearchKey``."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from counterpoint.customers.data import (
    ContactKind,
    DocumentKind,
    Gender,
    MandateMode,
    PartyKind,
    PartyStatus,
    Relation,
    RiskLevel,
    Tier,
)


def _one_of(field: str, kinds: type, name: str, *, blank: bool = False) -> models.CheckConstraint:
    values = [str(k) for k in kinds] + ([""] if blank else [])  # type: ignore[attr-defined]
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def _pair(who: str, when: str, name: str) -> models.CheckConstraint:
    """Who and when are written together or not at all."""
    return models.CheckConstraint(
        condition=Q(**{who: "", f"{when}__isnull": True})
        | (~Q(**{who: ""}) & Q(**{f"{when}__isnull": False})),
        name=name,
    )


class Party(models.Model):
    """A natural or legal person 客户. ``sort_key`` orders lists by sound; the server has no ICU."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=8)
    name_zh = models.CharField(max_length=200, blank=True)
    name_latin = models.CharField(max_length=200, blank=True)
    sort_key = models.TextField(db_collation="C")
    gender = models.CharField(max_length=6, blank=True)
    birth_date = models.DateField(null=True)
    nationality = models.CharField(max_length=2, default="CN")
    risk = models.CharField(max_length=6, default=RiskLevel.NORMAL)
    tier = models.CharField(max_length=8, default=Tier.STANDARD)
    branch = models.IntegerField()
    registered_at = models.DateTimeField(db_default=Now())
    registered_by = models.TextField()

    class Meta:
        constraints = [
            _one_of("kind", PartyKind, "customers_party_kind"),
            _one_of("gender", Gender, "customers_party_gender", blank=True),
            _one_of("risk", RiskLevel, "customers_party_risk"),
            _one_of("tier", Tier, "customers_party_tier"),
            models.CheckConstraint(
                condition=~Q(name_zh="") | ~Q(name_latin=""), name="customers_party_named"
            ),
            models.CheckConstraint(
                condition=Q(kind=PartyKind.NATURAL) | Q(birth_date=None, gender=""),
                name="customers_party_legal_has_no_birth",
            ),
        ]
        indexes = [
            models.Index("birth_date", name="customers_party_born", condition=~Q(birth_date=None)),
            models.Index("branch", "id", name="customers_party_branch"),
        ]

    def __str__(self) -> str:
        return self.number


class Standing(models.Model):
    """From when to when a customer was not simply active, and why 客户状态."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=64)
    since = models.DateTimeField(db_default=Now())
    since_by = models.TextField()
    until = models.DateTimeField(null=True)
    until_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            _one_of("status", PartyStatus, "customers_standing_status"),
            models.UniqueConstraint("party", condition=Q(until=None), name="customers_standing_one_now"),
            _pair("until_by", "until", "customers_standing_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.status}"


class LegalPerson(models.Model):
    """What only a legal person has 单位客户. Its credit code is one of its documents."""

    party = models.OneToOneField(Party, models.PROTECT, primary_key=True, related_name="+")
    representative = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    representative_name = models.CharField(max_length=200, blank=True)
    established = models.DateField(null=True)
    industry = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.party_id)


class IdentityNumber(models.Model):
    """A number that stands for one person for good 证件号码. Unique: it makes the second record fail."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    space = models.CharField(max_length=24)
    number = models.CharField(max_length=24, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "space"], name="customers_identity_once")]

    def __str__(self) -> str:
        return f"{self.space} of {self.party_id}"


class IdDocument(models.Model):
    """A document that was shown 证件, with its validity. ``valid_to`` null means long-term 长期."""

    id = models.BigAutoField(primary_key=True)
    identity = models.ForeignKey(IdentityNumber, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2, default="CN")
    issuer = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.TextField()
    replaced_at = models.DateTimeField(null=True)
    replaced_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            _one_of("kind", DocumentKind, "customers_document_kind"),
            _pair("replaced_by", "replaced_at", "customers_document_replaced"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="customers_document_dates",
            ),
            models.UniqueConstraint(
                "identity", "kind", condition=Q(replaced_at=None), name="customers_document_one_now"
            ),
        ]
        indexes = [
            models.Index(
                "valid_to",
                name="customers_document_ends",
                condition=Q(replaced_at=None) & ~Q(valid_to=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.party_id}"


class Contact(models.Model):
    """How a customer is reached 联系方式. A change ends one row and begins another."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=200)
    since = models.DateTimeField(db_default=Now())
    since_by = models.TextField()
    until = models.DateTimeField(null=True)
    until_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            _one_of("kind", ContactKind, "customers_contact_kind"),
            _pair("until_by", "until", "customers_contact_ended"),
            models.UniqueConstraint(
                "party", "kind", "value", condition=Q(until=None), name="customers_contact_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.party_id}"


class AccountLink(models.Model):
    """What a party is to an account 账户关系, with the numbers the account is known by."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+", db_index=False)
    relation = models.CharField(max_length=20)
    number = models.CharField(max_length=32, blank=True)
    card = models.CharField(max_length=32, blank=True)
    since = models.DateTimeField(db_default=Now())
    since_by = models.TextField()
    until = models.DateTimeField(null=True)
    until_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            _one_of("relation", Relation, "customers_link_relation"),
            _pair("until_by", "until", "customers_link_ended"),
            models.UniqueConstraint(
                "account", "party", "relation", condition=Q(until=None), name="customers_link_once"
            ),
            models.UniqueConstraint(
                "account", condition=Q(until=None, relation=Relation.OWNER), name="customers_link_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.relation} of {self.account}"


class Mandate(models.Model):
    """Who may dispose of an account, how and how much 支取授权."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8)
    scope = models.JSONField()
    limit_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="CNY")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    granted_at = models.DateTimeField(db_default=Now())
    granted_by = models.TextField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(blank=True)

    class Meta:
        constraints = [
            _one_of("mode", MandateMode, "customers_mandate_mode"),
            _pair("revoked_by", "revoked_at", "customers_mandate_revoked"),
            models.CheckConstraint(
                condition=Q(limit_minor=None) | Q(limit_minor__gt=0), name="customers_mandate_limit"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="customers_mandate_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} on {self.account}"


class SearchKey(models.Model):
    """One thing a customer is found by 检索键. Derived; the primary key is the search index.

    Ordered by bytes, so that a beginning is a range whatever the server's locale.
    """

    pk = models.CompositePrimaryKey("kind", "key", "party")
    kind = models.SmallIntegerField()
    key = models.TextField(db_collation="C")
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} of {self.party_id}"
