"""Forms of differences and surprise checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.people.data import PersonView
from counterpoint.ui.services import MoneyField
from counterpoint.vault.data import BoxView
from counterpoint.vault.data_counts import DifferenceView, Resolution
from counterpoint.vault.forms_cases import FacesForm
from counterpoint.vault.labels_counts import CAUSES, RESOLUTIONS
from counterpoint.vault.services.resolutions import FITS

_PLAIN = {"autocomplete": "off"}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_NOTE = forms.Textarea(attrs={"rows": "2"})


class ExplainForm(forms.Form):
    """What was found about a difference."""

    cause = forms.ChoiceField(label=_("Cause"), choices=[(str(c), words) for c, words in CAUSES.items()])
    entry = forms.IntegerField(
        label=_("Entry"), required=False, min_value=1, max_value=2**62,
        widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=500, widget=_NOTE)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="explain_%s", label_suffix="", **kwargs)


class ResolveForm(FacesForm):
    """How a difference, or a part of it, ends."""

    how = forms.ChoiceField(label=_("How it ends"))
    amount = MoneyField(label=_("Amount"), widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "decimal"}))
    account = forms.CharField(
        label=_("Customer's account"), required=False, max_length=32, widget=forms.TextInput(attrs=_PLAIN)
    )
    note = forms.CharField(label=_("Reason"), max_length=500, widget=_NOTE)

    def __init__(self, data: Any = None, *, one: DifferenceView, **kwargs: Any) -> None:
        super().__init__(data, currency=one.currency, **kwargs)
        choice = self.fields["how"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(str(how), RESOLUTIONS[how]) for how in FITS[one.long]]

    def clean_how(self) -> Resolution:
        return Resolution(self.cleaned_data["how"])


class PlanForm(forms.Form):
    """A surprise check to be planned; without a box it is drawn by lot."""

    box = forms.TypedChoiceField(label=_("Box"), required=False, coerce=int, empty_value=None)
    day = forms.DateField(label=_("Day"), widget=_DAY)
    inspector = forms.TypedChoiceField(label=_("Inspector"), coerce=int)
    witness = forms.TypedChoiceField(label=_("Second inspector"), coerce=int)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, widget=forms.TextInput(attrs=_PLAIN)
    )

    def __init__(
        self, data: Any = None, *, boxes: list[BoxView], people: list[PersonView], **kwargs: Any
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        named = [(one.id, f"{one.number} {one.name}") for one in people]
        drawn = ("", _("Drawn by lot"))
        for name, choices in (
            ("box", [drawn, *((box.id, box.number) for box in boxes)]),
            ("inspector", named),
            ("witness", named),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class RemarksForm(forms.Form):
    """What the inspectors remark besides the count."""

    remarks = forms.CharField(label=_("Remarks"), required=False, max_length=500, widget=_NOTE)
