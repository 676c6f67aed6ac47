import counterpoint.customers.kinds
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        # Customer numbers count from here; the check digit is added by the rules.
        migrations.RunSQL(
            "CREATE SEQUENCE customers_number START 100000001 MAXVALUE 999999999",
            "DROP SEQUENCE customers_number",
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=10, unique=True)),
                ("kind", models.CharField(max_length=8)),
                ("name_zh", models.CharField(blank=True, max_length=200)),
                ("name_latin", models.CharField(blank=True, max_length=200)),
                ("sort_key", models.TextField(db_collation="C")),
                ("gender", models.CharField(blank=True, max_length=6)),
                ("birth_date", models.DateField(null=True)),
                ("nationality", models.CharField(default="CN", max_length=2)),
                (
                    "risk",
                    models.CharField(default=counterpoint.customers.kinds.RiskLevel["NORMAL"], max_length=6),
                ),
                (
                    "tier",
                    models.CharField(default=counterpoint.customers.kinds.Tier["STANDARD"], max_length=8),
                ),
                ("branch", models.IntegerField()),
                ("registered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("registered_by", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["natural", "legal"])), name="customers_party_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gender__in", ["male", "female", ""])),
                        name="customers_party_gender",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("risk__in", ["low", "normal", "high"])),
                        name="customers_party_risk",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["standard", "gold", "private"])),
                        name="customers_party_tier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_zh", ""), _negated=True),
                            models.Q(("name_latin", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="customers_party_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", counterpoint.customers.kinds.PartyKind["NATURAL"]),
                            models.Q(("birth_date", None), ("gender", "")),
                            _connector="OR",
                        ),
                        name="customers_party_legal_has_no_birth",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("birth_date"),
                        condition=models.Q(("birth_date", None), _negated=True),
                        name="customers_party_born",
                    ),
                    models.Index(models.F("branch"), models.F("id"), name="customers_party_branch"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityNumber",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("space", models.CharField(max_length=24)),
                ("number", models.CharField(db_collation="C", max_length=24)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("number", "space"), name="customers_identity_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdDocument",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("country", models.CharField(default="CN", max_length=2)),
                ("issuer", models.CharField(blank=True, max_length=120)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("added_by", models.TextField()),
                ("replaced_at", models.DateTimeField(null=True)),
                ("replaced_by", models.TextField(blank=True)),
                (
                    "identity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.identitynumber",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "resident_id",
                                    "temporary_id",
                                    "household_book",
                                    "passport",
                                    "hk_macau_permit",
                                    "taiwan_permit",
                                    "hmt_residence",
                                    "foreign_residence",
                                    "military",
                                    "credit_code",
                                ],
                            )
                        ),
                        name="customers_document_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaced_at__isnull", True), ("replaced_by", "")),
                            models.Q(
                                models.Q(("replaced_by", ""), _negated=True), ("replaced_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="customers_document_replaced",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from", None),
                            ("valid_to", None),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="customers_document_dates",
                    ),
                    models.UniqueConstraint(
                        models.F("identity"),
                        models.F("kind"),
                        condition=models.Q(("replaced_at", None)),
                        name="customers_document_one_now",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("valid_to"),
                        condition=models.Q(
                            ("replaced_at", None), models.Q(("valid_to", None), _negated=True)
                        ),
                        name="customers_document_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=8)),
                ("value", models.CharField(max_length=200)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("since_by", models.TextField()),
                ("until", models.DateTimeField(null=True)),
                ("until_by", models.TextField(blank=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["phone", "address", "email"])),
                        name="customers_contact_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("until__isnull", True), ("until_by", "")),
                            models.Q(models.Q(("until_by", ""), _negated=True), ("until__isnull", False)),
                            _connector="OR",
                        ),
                        name="customers_contact_ended",
                    ),
                    models.UniqueConstraint(
                        models.F("party"),
                        models.F("kind"),
                        models.F("value"),
                        condition=models.Q(("until", None)),
                        name="customers_contact_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("status", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=64)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("since_by", models.TextField()),
                ("until", models.DateTimeField(null=True)),
                ("until_by", models.TextField(blank=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "restricted", "deceased", "closed"])),
                        name="customers_standing_status",
                    ),
                    models.UniqueConstraint(
                        models.F("party"),
                        condition=models.Q(("until", None)),
                        name="customers_standing_one_now",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("until__isnull", True), ("until_by", "")),
                            models.Q(models.Q(("until_by", ""), _negated=True), ("until__isnull", False)),
                            _connector="OR",
                        ),
                        name="customers_standing_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalPerson",
            fields=[
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="customers.party",
                    ),
                ),
                ("representative_name", models.CharField(blank=True, max_length=200)),
                ("established", models.DateField(null=True)),
                ("industry", models.CharField(blank=True, max_length=64)),
                (
                    "representative",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.party",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccountLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("relation", models.CharField(max_length=20)),
                ("number", models.CharField(blank=True, max_length=32)),
                ("card", models.CharField(blank=True, max_length=32)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("since_by", models.TextField()),
                ("until", models.DateTimeField(null=True)),
                ("until_by", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("relation__in", ["owner", "joint", "agent", "legal_representative"])
                        ),
                        name="customers_link_relation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("until__isnull", True), ("until_by", "")),
                            models.Q(models.Q(("until_by", ""), _negated=True), ("until__isnull", False)),
                            _connector="OR",
                        ),
                        name="customers_link_ended",
                    ),
                    models.UniqueConstraint(
                        models.F("account"),
                        models.F("party"),
                        models.F("relation"),
                        condition=models.Q(("until", None)),
                        name="customers_link_once",
                    ),
                    models.UniqueConstraint(
                        models.F("account"),
                        condition=models.Q(
                            ("relation", counterpoint.customers.kinds.Relation["OWNER"]), ("until", None)
                        ),
                        name="customers_link_one_owner",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mode", models.CharField(max_length=8)),
                ("scope", models.JSONField()),
                ("limit_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("granted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("granted_by", models.TextField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.account"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.party"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["single", "joint"])), name="customers_mandate_mode"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_by", "")),
                            models.Q(
                                models.Q(("revoked_by", ""), _negated=True), ("revoked_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="customers_mandate_revoked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("limit_minor", None), ("limit_minor__gt", 0), _connector="OR"),
                        name="customers_mandate_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="customers_mandate_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "key", "party", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.SmallIntegerField()),
                ("key", models.TextField(db_collation="C")),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.party"
                    ),
                ),
            ],
        ),
    ]
