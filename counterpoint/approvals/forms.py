"""What is typed at the approval desk: a reason, blind values, filters, a relation."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.approvals import labels
from counterpoint.approvals.data import InterestKind, RequestState, RequestView
from counterpoint.approvals.queries_desk import Wanted
from counterpoint.approvals.services import asking
from counterpoint.approvals.services.figures import CLASSES
from counterpoint.kit import clock
from counterpoint.kit.data import Malformed

REKEYS = {"amount": _("Amount"), "account": _("Account number")}
PERIODS = {"1": _("Today"), "7": _("7 days"), "30": _("30 days"), "90": _("90 days")}
#: The waiting classes of the statistics with their bounds in seconds.
WAITS: tuple[tuple[int, int | None], ...] = (
    (0, CLASSES[0]), *zip(CLASSES, (*CLASSES[1:], None), strict=True)
)  # fmt: skip


class ReasonForm(forms.Form):
    """Why a request is returned or refused."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In words"), required=False, max_length=asking.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "data-enter-stop": ""}),
    )  # fmt: skip

    def __init__(self, state: RequestState, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="decision_%s")
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = labels.reasons_for(state)


class RekeyForm(forms.Form):
    """The values that have to be typed again, blind. Wrong ones are not shown again either."""

    def __init__(self, view: RequestView, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="%s", prefix="rekey")
        for name in view.requirement.rekey:
            field = forms.CharField(label=REKEYS.get(name, name), max_length=60)
            field.widget.attrs["autocomplete"] = "off"
            self.fields[name] = field
        for first in list(self.fields.values())[:1]:
            # The key that opened this comes back to it instead of opening it anew.
            first.widget.attrs |= {"autofocus": True, "data-key": "A"}

    def values(self) -> dict[str, str]:
        """As typed; an input method's wide figures are figures too."""
        self.full_clean()
        return {name: unicodedata.normalize("NFKC", text) for name, text in self.cleaned_data.items()}


class InterestForm(forms.Form):
    """A relation to a customer who was chosen."""

    party = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Relation"), choices=labels.interest_choices, widget=forms.RadioSelect,
        initial=str(InterestKind.RELATIVE),
    )  # fmt: skip
    number = forms.CharField(label=_("Staff number"), required=False, max_length=20)


class ListForm(forms.Form):
    """Which requests the list shows. What the statistics link to comes without a field of its own."""

    state = forms.ChoiceField(label=_("State"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    day = forms.DateField(
        label=_("Asked on"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    branch = forms.IntegerField(required=False, min_value=1)
    rule = forms.RegexField(r"^[a-z0-9_.]{1,80}@\d{1,9}$", required=False)
    reason = forms.SlugField(required=False, max_length=32)
    person = forms.IntegerField(required=False, min_value=1)
    wait = forms.IntegerField(required=False, min_value=0, max_value=len(WAITS) - 1)
    period = forms.ChoiceField(required=False, choices=[*PERIODS.items()])
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", pgettext_lazy("requests", "All"))] + [
            (str(state), words) for state, (words, _meaning, _icon) in labels.STATES.items()
        ]

    def wanted(self, me: int) -> Wanted:
        """The filter; refuses what no form of ours sends."""
        if not self.is_valid():
            raise Malformed(_("This list does not exist."), field=next(iter(self.errors)))
        asked = self.cleaned_data
        rule, _at, version = (asked["rule"] or "").partition("@")
        return Wanted(
            state=asked["state"], maker=me if asked["mine"] else None, branch=asked["branch"],
            day=asked["day"], rule=(rule, int(version)) if rule else None, reason=asked["reason"],
            person=asked["person"], waited=None if asked["wait"] is None else WAITS[asked["wait"]],
            ended_from=period_start(asked["period"]) if asked["period"] else None,
        )  # fmt: skip


class PeriodForm(forms.Form):
    """Of which days and of which branch the statistics speak."""

    period = forms.ChoiceField(
        label=_("Period"), required=False, choices=[*PERIODS.items()],
        widget=forms.Select({"class": "form-select"}),
    )  # fmt: skip
    branch = forms.TypedChoiceField(
        label=_("Branch"), coerce=int, widget=forms.Select({"class": "form-select"})
    )  # fmt: skip

    def __init__(self, data: Any, branches: list[tuple[int, Any]]) -> None:
        super().__init__({"period": "7", **data}, label_suffix="")
        field = self.fields["branch"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = branches


def period_start(days: str) -> Any:
    """The first moment of a period that ends today."""
    return clock.start_of(clock.today() - timedelta(days=int(days) - 1))
