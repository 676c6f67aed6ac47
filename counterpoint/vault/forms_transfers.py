"""Forms of transfers: what goes where, and a blind count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.vault.forms_cases import FacesForm

#: The central bank among the places of a transfer.
CENTRAL_BANK = "0"


class TransferForm(FacesForm):
    """From where, to where, which notes, why."""

    source = forms.ChoiceField(label=_("From"))
    target = forms.ChoiceField(label=_("To"))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, data: Any = None, *, places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ("source", "target"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*places]

    def place(self, name: str) -> int | None:
        chosen = self.cleaned_data[name]
        return None if chosen == CENTRAL_BANK else int(chosen)


class StepForm(forms.Form):
    """What a step of a transfer may ask for."""

    carrier = forms.CharField(required=False, max_length=60)
    seals = forms.CharField(required=False, max_length=120)
    voucher = forms.CharField(required=False, max_length=60)
    reason = forms.CharField(required=False, max_length=200)
