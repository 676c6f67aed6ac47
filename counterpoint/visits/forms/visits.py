"""Forms of visits: opening one, notes, parking, handing on, and the few words that go with each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.visits.data import ParkReason, Target
from counterpoint.visits.labels import MISSING_PAPERS, PARK_REASONS, REASONS, VISIT_STATES

NOTE, WORDS = 500, 200


class _Form(forms.Form):
    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)


def _text(label: Any, longest: int, *, required: bool = True, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


class OpenForm(_Form):
    """A customer has come: why, and who, where that is known."""

    reason = forms.ChoiceField(label=_("Reason"), choices=list(REASONS.items()))
    party = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class PartyForm(_Form):
    """Who the customer is."""

    party = forms.IntegerField(min_value=1)


class NoteForm(_Form):
    """A note; one line is usual."""

    words = forms.CharField(label=_("Note"), max_length=NOTE)


class WordsForm(_Form):
    """Why something goes back."""

    words = _text(_("Reason"), WORDS, rows=2)


class CallForm(_Form):
    """What the asker has on the screen; filled in by the page, not by hands."""

    page = forms.CharField(max_length=200)
    operation = forms.CharField(max_length=4, required=False)
    words = forms.CharField(label=_("What for"), max_length=WORDS, required=False)


class ParkForm(_Form):
    """What the visit waits for, and which papers."""

    reason = forms.ChoiceField(
        label=_("Waits for"), choices=[(str(code), words) for code, words in PARK_REASONS.items()],
        initial=str(ParkReason.MISSING_PAPER), widget=forms.RadioSelect,
    )  # fmt: skip
    papers = forms.MultipleChoiceField(
        label=_("Missing papers"), choices=list(MISSING_PAPERS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    words = _text(_("More about it"), WORDS, required=False, rows=2)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == ParkReason.MISSING_PAPER and not (
            cleaned.get("papers") or cleaned.get("words")
        ):
            self.add_error("papers", _("Say which paper is missing."))
        return cleaned


class HandOffForm(_Form):
    """To whom, and what the receiver has to know."""

    to = forms.RegexField(r"^(?:(?:desk|person):\d{1,9}|duty:[a-z_]{1,32})$", label=_("To whom"))
    note = _text(_("Note for the receiver"), NOTE)

    def receiver(self) -> dict[str, Any]:
        """The arguments of the verb."""
        kind, _colon, which = self.cleaned_data["to"].partition(":")
        target = Target(kind)
        return {"target": target, kind: which if target is Target.DUTY else int(which)}


class VisitsForm(_Form):
    """What the list of visits is narrowed to."""

    q = forms.CharField(
        label=pgettext_lazy("list of visits", "Number or customer"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("All")), *((str(state), words) for state, (words, *_rest) in VISIT_STATES.items())],
    )  # fmt: skip
