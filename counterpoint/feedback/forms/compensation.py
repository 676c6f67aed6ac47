"""The form of a compensation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.feedback.forms.items import area
from counterpoint.ledger.data import AccountView, grouped
from counterpoint.ui.services import MoneyField


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
        self.fields["amount"] = MoneyField(label=_("Amount"), currency=currency)
        account = self.fields["account"]
        assert isinstance(account, forms.ChoiceField)
        account.choices = [(one.id, grouped(one.number)) for one in accounts]
        self.order_fields(self.field_order)
