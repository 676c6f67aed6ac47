"""Forms of appointments: the day and service that one looks at, and a place that is taken."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.lobby import services


class DayForm(forms.Form):
    """Which day, and which service 选日期与业务; what is missing is today and the first service."""

    day = forms.DateField(
        label=pgettext_lazy("appointments", "Day"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    service = forms.ChoiceField(label=pgettext_lazy("lobby", "Service"), required=False)

    def __init__(self, branch: int, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        field = self.fields["service"]
        assert isinstance(field, forms.ChoiceField)
        known = services.services_at(branch).values()
        self.codes = [one.code for one in known if one.slot_capacity]
        field.choices = [(one.code, one.name) for one in known if one.slot_capacity]

    def asked(self, today: date) -> tuple[date, str]:
        """The day and the service that were asked for."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        return cleaned.get("day") or today, cleaned.get("service") or (self.codes[0] if self.codes else "")


class AppointmentForm(forms.Form):
    """A place in a slot 预约登记."""

    service = forms.CharField(max_length=40)
    start = forms.CharField(max_length=40)
    group = forms.IntegerField(label=_("People together"), min_value=1, max_value=99, initial=1)
    party = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    booking = forms.IntegerField(required=False, min_value=1)
    remind_to = forms.EmailField(
        label=_("Reminder by mail to"), required=False, max_length=200,
        help_text=_("Only if the customer wants it; used for this appointment alone."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_start(self) -> datetime:
        try:
            found = datetime.fromisoformat(self.cleaned_data["start"])
        except ValueError:
            raise forms.ValidationError(_("Choose a time.")) from None
        if found.tzinfo is None:
            raise forms.ValidationError(_("Choose a time."))
        return found


class CodeForm(forms.Form):
    """The code of an appointment, as the customer says it 预约码."""

    code = forms.CharField(label=_("Code of the appointment"), max_length=12)
