"""Forms of transfers and of services on accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.teller.data import LossKind, Payout
from counterpoint.teller.forms.base import OperationForm
from counterpoint.teller.forms.fields import AccountField, AmountField, PasswordField

Date = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Transfer(OperationForm):
    """1201 行内转账."""

    with_agent = with_identity = True

    payer = AccountField(label=_("From account"))
    payee = AccountField(label=_("To account"))
    amount = AmountField()
    password = PasswordField(required=False)
    narrative = forms.CharField(required=False, max_length=120, label=_("Narrative"))


class OtherBank(OperationForm):
    """1202 跨行转账."""

    with_agent = with_identity = True

    payer = AccountField(label=_("From account"))
    bank_code = forms.RegexField(r"^\d{12}$", label=_("Payee's bank code"))
    bank_name = forms.CharField(max_length=120, label=_("Payee's bank"))
    payee_number = AccountField(label=_("Payee's account"))
    payee_name = forms.CharField(max_length=120, label=_("Payee's name"))
    amount = AmountField()
    password = PasswordField(required=False)
    narrative = forms.CharField(required=False, max_length=120, label=_("Narrative"))


class NewPassword(OperationForm):
    """What two forms share: a password, twice."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("password") != cleaned.get("again"):
            self.add_error(
                "again", forms.ValidationError(_("The two passwords differ."), "password_mismatch")
            )
        return cleaned

    def slip(self) -> dict[str, Any]:
        slip = super().slip()
        slip.pop("again", None)
        return slip


class OpenAccount(NewPassword):
    """1301 开户: for a customer who is known; the guided journey comes later."""

    with_identity = True

    customer = forms.IntegerField(
        min_value=1, label=_("Customer"), widget=forms.TextInput(attrs={"data-pick": "customer"})
    )
    account_class = forms.ChoiceField(
        choices=[("I", _("Class I")), ("II", _("Class II")), ("III", _("Class III"))],
        label=_("Class of account"),
    )
    currency = forms.ChoiceField(
        choices=[(c, c) for c in ("CNY", "USD", "EUR", "HKD", "JPY")], label=_("Currency")
    )
    password = PasswordField()
    again = PasswordField(label=_("Password again"))


class CloseAccount(OperationForm):
    """1302 销户."""

    cash = with_identity = with_agent = True

    account = AccountField()
    payout = forms.ChoiceField(
        choices=[(Payout.CASH.value, _("Cash")), (Payout.TRANSFER.value, _("Transfer"))],
        label=_("The rest leaves by"),
    )
    to = AccountField(required=False, label=_("To account"))
    password = PasswordField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("payout") == Payout.TRANSFER and not cleaned.get("to"):
            self.add_error(
                "to", forms.ValidationError(_("A transfer needs the account it goes to."), "required")
            )
        return cleaned


class BalanceForm(OperationForm):
    """1401 余额查询."""

    account = AccountField()
    password = PasswordField(required=False)


class StatementForm(OperationForm):
    """1402 明细查询."""

    account = AccountField()
    since = forms.DateField(label=_("From"), widget=Date)
    until = forms.DateField(label=_("Until"), widget=Date)
    password = PasswordField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", forms.ValidationError(_("The end lies before the beginning."), "period"))
        return cleaned


class HoldForm(OperationForm):
    """1501 冻结: a row with authority, instrument, amount and term; never a free-text flag."""

    account = AccountField()
    amount = AmountField(required=False, help_text=_("Empty: the whole account, now and later."))
    authority = forms.ChoiceField(
        label=_("Authority"),
        choices=[
            ("court", _("Court")),
            ("procuratorate", _("Procuratorate")),
            ("police", _("Police")),
            ("state_security", _("State security")),
            ("supervision", _("Supervisory commission")),
            ("tax", _("Tax office")),
            ("customs", _("Customs")),
            ("other", _("Another authority")),
            ("bank", _("The bank itself")),
        ],
    )
    officers = forms.CharField(
        required=False, max_length=200, label=_("Officers"), help_text=_("Names, separated by commas.")
    )
    instrument = forms.CharField(max_length=80, label=_("Instrument number"))
    reason = forms.CharField(required=False, max_length=200, label=_("Reason"))
    expires = forms.DateField(required=False, label=_("Until"), widget=Date)


class ReleaseForm(OperationForm):
    """1502 解冻."""

    account = AccountField()
    hold = forms.IntegerField(
        min_value=1, label=_("Hold"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    instrument = forms.CharField(max_length=80, label=_("Instrument number"))
    reason = forms.CharField(max_length=200, label=_("Reason"))


class LossForm(OperationForm):
    """1601 挂失, and the end of one."""

    cash = with_identity = True

    account = AccountField()
    action = forms.ChoiceField(
        label=_("What is wished"),
        choices=[
            (LossKind.TEMPORARY.value, _("Oral report, temporary")),
            (LossKind.FORMAL.value, _("Written report, formal")),
            ("lift", _("Lift the report")),
        ],
    )
    fee = forms.ChoiceField(
        label=_("The charge is paid"),
        choices=[("account", _("From the account")), ("cash", _("In cash"))],
        required=False,
    )


class PasswordReset(NewPassword):
    """1602 密码重置."""

    with_identity = True

    account = AccountField()
    password = PasswordField(label=_("New password"))
    again = PasswordField(label=_("Password again"))
