"""What may be filled in before the counter 预填单: a few operations, a few large fields.

The names are those of the operation's own form, so that the counter's form opens filled in. A draft is
never a transaction: nothing here is looked up, and nothing of the bank is shown.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Malformed
from counterpoint.kit.money import Money

_DIGITS = RegexValidator(r"^[\d\s]{8,40}$", _("An account number has digits only."), "account_malformed")


class _Amount(forms.CharField):
    """An amount as the counter's form takes it; kept as it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Amount"), max_length=20, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "data-amount": "CNY"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        try:
            minor = Money.parse(text).minor
        except Malformed as error:
            raise forms.ValidationError(_("This is no amount."), "amount_malformed") from error
        if minor <= 0:
            raise forms.ValidationError(_("The amount is zero."), "amount_zero")
        return text


def _account(label: Any, *, required: bool) -> forms.CharField:
    """An account number. On one's own it may stay empty: the card is at the counter."""
    attributes = {"inputmode": "numeric", "autocomplete": "off"}
    return forms.CharField(
        label=label, required=required, max_length=40, validators=[_DIGITS],
        widget=forms.TextInput(attrs=attributes),
    )  # fmt: skip


def _narrative() -> forms.CharField:
    return forms.CharField(
        label=_("Narrative"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PreworkForm(forms.Form):
    """What the forms share: ``fields_typed`` is what becomes the draft."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)

    def fields_typed(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Fill in at least one field."), "empty")
        return cleaned


class Deposit(PreworkForm):
    account = _account(_("Account"), required=False)
    amount = _Amount()
    narrative = _narrative()


class Withdrawal(PreworkForm):
    account = _account(_("Account"), required=False)
    amount = _Amount()


class Transfer(PreworkForm):
    payer = _account(_("From account"), required=False)
    payee = _account(_("To account"), required=True)
    amount = _Amount()
    narrative = _narrative()


class AccountWanted(PreworkForm):
    """Interest in an account: what kind it should be. The account is opened at the counter."""

    account_class = forms.ChoiceField(
        label=_("Class of account"),
        choices=[("I", _("Class I")), ("II", _("Class II")), ("III", _("Class III"))],
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in ("CNY", "USD", "EUR", "HKD", "JPY")]
    )


#: Operation, its form, what a customer calls it, its icon.
PREWORK: dict[str, tuple[type[PreworkForm], Any, str]] = {
    "1101": (Deposit, _("Pay in cash"), "cash"),
    "1102": (Withdrawal, _("Take out cash"), "cash-banknote"),
    "1201": (Transfer, _("Transfer within the bank"), "transfer"),
    "1301": (AccountWanted, _("Open an account"), "credit-card"),
}
