"""Forms of complaints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import UnknownParty
from counterpoint.feedback.data_complaints import Channel, Finding
from counterpoint.feedback.forms.items import area, day_input
from counterpoint.feedback.labels import CHANNELS, FINDINGS
from counterpoint.people import services as people

_PLAIN = {"autocomplete": "off"}


class StaffNumbersField(forms.CharField):
    """Staff numbers with spaces between them; cleans to persons."""

    def clean(self, value: Any) -> Any:
        found = []
        for number in super().clean(value).replace(",", " ").split():
            person = people.person_by_number(number)
            if person is None:
                raise forms.ValidationError(
                    _("There is nobody with the number %(n)s."), params={"n": number[:20]}
                )
            found.append(person.id)
        return found


class ComplaintForm(forms.Form):
    """What a customer complains about, and whom it concerns."""

    channel = forms.ChoiceField(
        label=_("How it came"), choices=[(str(one), CHANNELS[one]) for one in Channel]
    )
    received = forms.DateField(label=_("Received on"), widget=day_input())
    party = forms.CharField(
        label=_("Customer number"), required=False, max_length=20, widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("Empty where the customer is not known."),
    )  # fmt: skip
    operation = forms.RegexField(
        label=_("Operation"), regex=r"\A[0-9]{4}\Z", required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    concerned = StaffNumbersField(
        label=_("Whom it concerns"), required=False, max_length=200, widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("Staff numbers. These people have no part in it and do not see it."),
    )  # fmt: skip
    text = area(_("What the customer complains about"), rows="6")

    def clean_party(self) -> int | None:
        number = self.cleaned_data["party"].strip()
        if not number:
            return None
        try:
            return customers.party_by_number(number=number).id
        except UnknownParty as error:
            raise forms.ValidationError(_("There is no customer with this number.")) from error


class ConcernedForm(forms.Form):
    """Somebody else whom it concerns."""

    number = forms.CharField(label=_("Staff number"), max_length=20, widget=forms.TextInput(attrs=_PLAIN))


class AnswerForm(forms.Form):
    """The written answer."""

    finding = forms.ChoiceField(
        label=_("Decision"), choices=[(str(one), FINDINGS[one].words) for one in Finding]
    )
    text = area(_("Written answer to the customer"), rows="6")


class CauseForm(forms.Form):
    """What closes a complaint, or how it ended."""

    cause = area(_("Cause, and what was mended"), rows="3", longest=1000)
