"""Forms of the room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.talk.data import Retention, Sign
from counterpoint.talk.labels import RETENTIONS, SIGNS

_PLAIN = {"autocomplete": "off"}


class MessageForm(forms.Form):
    """What somebody says; the bound is told in words, so the field takes a little more."""

    text = forms.CharField(required=False, max_length=8000, strip=False)
    idempotency_key = forms.UUIDField()
    answers = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    urgent = forms.BooleanField(required=False)


class EditForm(forms.Form):
    """Other words for the same message."""

    text = forms.CharField(
        label=pgettext_lazy("talk", "Message"), max_length=8000, strip=False,
        widget=forms.Textarea(attrs={"rows": "4", "autofocus": True}),
    )  # fmt: skip


class SignForm(forms.Form):
    """One of the signs."""

    sign = forms.ChoiceField(choices=[(str(one), SIGNS[one].words) for one in Sign])


class PeopleForm(forms.Form):
    """Who talks with whom: one person, or several under a name."""

    people = forms.CharField(
        label=_("With whom"), max_length=1000, help_text=_("Staff numbers, with spaces between them"),
        widget=forms.TextInput(attrs=_PLAIN | {"autofocus": True, "list": "talk-staff"}),
    )  # fmt: skip
    title = forms.CharField(
        label=_("Name of the group"), max_length=80, required=False, widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("Needed for more than two people"),
    )  # fmt: skip


class MemberForm(forms.Form):
    """One more member of a group."""

    number = forms.CharField(
        label=_("Staff number"), max_length=20, widget=forms.TextInput(attrs=_PLAIN | {"list": "talk-staff"})
    )


class TitleForm(forms.Form):
    """Another name for a group."""

    title = forms.CharField(label=_("Name of the group"), max_length=80, widget=forms.TextInput(attrs=_PLAIN))


class PersonForm(forms.Form):
    """A member, by id."""

    person = forms.IntegerField(min_value=1, max_value=2**31)


class HoldForm(forms.Form):
    """Why everything has to be kept."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": "2"}))


class ClassForm(forms.Form):
    """For how long a conversation is kept."""

    retention = forms.ChoiceField(
        label=_("Class of keeping"), choices=[(str(one), RETENTIONS[one]) for one in Retention]
    )
