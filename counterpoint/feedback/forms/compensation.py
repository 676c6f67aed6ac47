"""The form of a compensation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.feedback.forms.items import area
from counterpoint.kit.data import Malformed
from counterpoint.kit.money import Money
from counterpoint.ledger.data import AccountView


class AmountField(forms.CharField):
    """An amount as typed, ``1,409.50``; its value is minor units."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(max_length=32, label=_("Amount"), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return Money.parse(text, self.currency).minor
        except Malformed as error:
            raise forms.ValidationError(_("This is no amount."), code="amount_malformed") from error


class CompensationForm(forms.Form):
    """How much, to which account of the customer, and why."""

    account = forms.TypedChoiceField(label=_("To the account"), coerce=int)
    reason = area(pgettext_lazy("compensation", "Why this much"), rows="2", longest=500)
    field_order = ("amount", "account", "reason")

    def __init__(
        self, data: Any = None, *, accounts: Iterable[AccountView], currency: str, **kwargs: Any
    ) -> None:
        super().__init__(data, label_suffix="", auto_id="compensation_%s", **kwargs)
        self.currency = currency
        self.fields["amount"] = AmountField(currency=currency)
        self.fields["account"].choices = [(one.id, _grouped(one.number)) for one in accounts]  # type: ignore[attr-defined]
        self.order_fields(self.field_order)


def _grouped(number: str) -> str:
    """In fours, as on paper."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
