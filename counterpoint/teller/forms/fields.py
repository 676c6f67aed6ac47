"""Fields of the counter: amounts, account numbers, faces."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Malformed
from counterpoint.kit.money import Money
from counterpoint.teller.rules import good_amount


class AmountField(forms.CharField):
    """An amount as typed, ``1,409.50``; its value is minor units, above zero."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Amount"))
        super().__init__(max_length=32, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            minor = Money.parse(text).minor
        except Malformed as error:
            code = "amount_too_large" if "large" in str(error) else "amount_malformed"
            message = _("The amount is too large.") if code == "amount_too_large" else _("This is no amount.")
            raise forms.ValidationError(message, code=code) from error
        if minor == 0:
            raise forms.ValidationError(_("The amount is zero."), code="amount_zero")
        if not good_amount(minor):
            raise forms.ValidationError(_("The amount is below zero."), code="amount_negative")
        return minor


class AccountField(forms.CharField):
    """An account or card number, with or without its gaps."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Account"))
        super().__init__(max_length=40, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "data-group": "4"}

    def clean(self, value: Any) -> Any:
        text = "".join(super().clean(value).split())
        if text and not (text.isascii() and text.isdecimal() and 8 <= len(text) <= 32):
            raise forms.ValidationError(_("An account number has digits only."), code="account_malformed")
        return text


class PasswordField(forms.CharField):
    """Six figures from the PIN pad 密码键盘; never sent back to the page."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Customer's password"))
        super().__init__(max_length=6, **kwargs)
        self.widget = forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 6, "data-pad": "pin"}
        )
