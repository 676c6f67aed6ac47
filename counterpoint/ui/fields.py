"""Form fields that several rooms have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Malformed
from counterpoint.kit.money import Money


class MoneyField(forms.CharField):
    """An amount as people type it, ``1,409.50``; its value is minor units, ``None`` where it is empty."""

    def __init__(self, *, currency: str = "CNY", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(max_length=32, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return Money.parse(text, self.currency).minor if text else None
        except Malformed as error:
            raise forms.ValidationError(_("This is no amount."), code="amount_malformed") from error
