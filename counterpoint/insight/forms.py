"""Forms of insight: a period, and what the twin is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class PeriodForm(forms.Form):
    """From when until when 期间; nothing said: the last three weeks."""

    since = _day(_("From"))
    until = _day(_("Until"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)

    @classmethod
    def asked(cls, query: Any, today: date) -> tuple[PeriodForm, date, date]:
        """The form as it is shown, and both days; too long or turned round is shown as the usual."""
        usual = {"since": today - timedelta(days=20), "until": today}
        form = cls(query or None, initial=usual)
        if form.is_valid():
            since, until = form.cleaned_data["since"], form.cleaned_data["until"]
            if since <= until <= since + timedelta(days=92):
                return cls(initial=form.cleaned_data), since, until
            form.add_error("until", _("At most 92 days, and the first day first."))
            return form, usual["since"], usual["until"]
        return (form if query else cls(initial=usual)), usual["since"], usual["until"]


class ReplayForm(forms.Form):
    """A past day under other policies 复盘."""

    day = _day(_("Day to replay"))
    more = forms.IntegerField(label=_("Windows more"), min_value=0, max_value=4, initial=1)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)


class PlanForm(forms.Form):
    """What tomorrow has to reach 计划目标."""

    within = forms.IntegerField(label=_("Wait at most, in minutes"), min_value=1, max_value=60, initial=10)
    share = forms.IntegerField(label=_("For so many of a hundred"), min_value=50, max_value=99, initial=90)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
