"""The form of a new transfer: from where, to where, which notes, why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.vault.labels_transfers import QUALITIES

#: The central bank among the places of a transfer.
CENTRAL_BANK = "0"


class TransferForm(forms.Form):
    """The route and the words; the notes are typed in their grid."""

    source = forms.ChoiceField(label=_("Moved from"))
    target = forms.ChoiceField(label=_("Moved to"))
    quality = forms.ChoiceField(label=_("Quality"), choices=list(QUALITIES.items()), initial="fit")
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)

    def __init__(self, data: Any = None, *, places: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        for name in ("source", "target"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*places]
        self.fields["reason"].widget.attrs["autocomplete"] = "off"

    def place(self, name: str) -> int | None:
        chosen = self.cleaned_data[name]
        return None if chosen == CENTRAL_BANK else int(chosen)
