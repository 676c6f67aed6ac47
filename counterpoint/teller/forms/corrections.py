"""Forms that look back at a receipt."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.teller.forms.base import OperationForm


class ReceiptForm(OperationForm):
    receipt = forms.RegexField(
        r"^\d{4,}-\d{8}-\d{5,}$",
        label=_("Receipt number"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-pick": "receipt"}),
    )


class Correction(ReceiptForm):
    """What both corrections ask. Faces are counted as they go back: to the customer or from it."""

    cash = True

    reason = forms.CharField(max_length=200, label=_("Reason"))
    handed_back = forms.ChoiceField(
        required=False,
        label=_("Was the cash handed back?"),
        choices=[("", _("No cash was involved")), ("yes", _("Yes, counted")), ("no", _("No"))],
    )


class Cancellation(Correction):
    """1801 抹账."""


class Reversal(Correction):
    """1802 冲正."""


class Reprint(ReceiptForm):
    """1901 补打."""
