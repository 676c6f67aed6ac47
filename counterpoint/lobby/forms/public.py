"""What customers send: a press at the kiosk or on the phone, and what they thought of the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TakeForm(forms.Form):
    """One press 取号. The key makes that a double press gives one number."""

    service = forms.CharField(max_length=40)
    priority = forms.CharField(max_length=40, required=False)
    group = forms.IntegerField(min_value=1, max_value=99, required=False)
    idempotency_key = forms.UUIDField(required=False)


class RatingForm(forms.Form):
    """The customer's answer 评价."""

    csat = forms.TypedChoiceField(
        label=_("How was the service?"), coerce=int, choices=[(n, str(n)) for n in range(1, 6)]
    )
    nps = forms.TypedChoiceField(
        label=_("Would you recommend us?"), coerce=int, required=False, empty_value=None,
        choices=[(n, str(n)) for n in range(11)],
    )  # fmt: skip
    comment = forms.CharField(max_length=500, required=False)


class PairForm(forms.Form):
    """A browser becomes a screen of the lobby 绑定设备."""

    name = forms.CharField(label=_("Name of this screen"), max_length=40)
    printer = forms.CharField(
        label=_("Ticket printer (address:port)"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
