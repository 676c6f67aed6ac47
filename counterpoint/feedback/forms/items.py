"""Forms of problems and ideas."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.feedback.data import Context, Effect, Kind
from counterpoint.feedback.labels import KINDS

_PLAIN = {"autocomplete": "off"}


def area(label: Any, *, rows: str = "3", longest: int = 4000, required: bool = True, **more: Any) -> Any:
    widget = forms.Textarea(attrs={"rows": rows, **more})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


def day_input() -> forms.DateInput:
    # A browser's day field takes this form alone, whatever the language.
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReportForm(forms.Form):
    """A problem or an idea, with where one was."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("feedback", "It is"), choices=[(str(one), KINDS[one].words) for one in Kind]
    )
    title = forms.CharField(
        label=_("In one sentence"), max_length=120, widget=forms.TextInput(attrs=_PLAIN | {"autofocus": True})
    )
    text = area(_("What happened, or what would be better"), rows="4", required=False)
    address = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    operation = forms.CharField(
        required=False, max_length=8, widget=forms.HiddenInput(attrs={"data-report-operation": True})
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        # The dialog lies over screens whose own fields have such names.
        super().__init__(data, label_suffix="", auto_id="report_%s", **kwargs)

    def context(self, visit: int | None) -> Context:
        return Context(self.cleaned_data["address"], self.cleaned_data["operation"], visit)


class TextForm(forms.Form):
    """Words to somebody, or for the department."""

    text = area(pgettext_lazy("feedback", "Words"))


class PlanForm(TextForm):
    """What will be done, and by when."""

    day = forms.DateField(label=_("Done by"), widget=day_input())


class ReasonForm(forms.Form):
    """Why it is taken up again."""

    reason = area(_("Why"), rows="2", longest=500)


class RouteForm(forms.Form):
    """To which department, and why."""

    department = forms.ChoiceField(label=_("Department"))
    note = area(_("Why"), rows="2", longest=500)

    def __init__(self, data: Any = None, *, departments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = departments


class MergeForm(forms.Form):
    """The number of the other report."""

    into = forms.RegexField(
        label=_("Number of the other report"), regex=r"\A[Ff]?[0-9]{1,10}\Z",
        widget=forms.TextInput(attrs=_PLAIN | {"list": "alike"}),
    )  # fmt: skip

    def clean_into(self) -> int:
        return int(self.cleaned_data["into"].lstrip("Ff"))


class RatingForm(forms.Form):
    """How satisfied one is with the answer."""

    score = forms.TypedChoiceField(
        label=_("How satisfied are you with the answer?"), coerce=int, widget=forms.RadioSelect,
        choices=[(5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1")],
    )  # fmt: skip
    words = area(_("In words"), rows="2", longest=500, required=False)


class CloseForm(forms.Form):
    """What it brought, measured; or why nothing is measured."""

    effect = area(_("What it brought"), rows="2", longest=500, required=False)
    before = forms.DecimalField(
        label=pgettext_lazy("feedback", "Before"), required=False, max_digits=14, decimal_places=2
    )
    after = forms.DecimalField(
        label=pgettext_lazy("feedback", "After"), required=False, max_digits=14, decimal_places=2
    )
    unit = forms.CharField(
        label=_("Unit"), required=False, max_length=20, widget=forms.TextInput(attrs=_PLAIN)
    )
    reason = area(_("Or why nothing is measured"), rows="2", longest=500, required=False)
    shown = forms.BooleanField(label=_("On the page “You said, we did”"), required=False, initial=True)

    def told(self) -> Effect:
        typed = self.cleaned_data
        return Effect(
            text=typed["effect"], before=typed["before"], after=typed["after"], unit=typed["unit"],
            reason=typed["reason"],
        )  # fmt: skip
