"""Forms of the room. They only read; every rule is the service's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.customers.data import (
    ContactInput,
    ContactKind,
    DocumentInput,
    DocumentKind,
    Gender,
    LegalInput,
    MandateMode,
    MandateScope,
    PartyKind,
    Purpose,
    RiskLevel,
)
from counterpoint.customers.labels import choices

NONE = [("", "—")]


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    # A browser's date field takes this form only, whatever the page's language writes.
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class SearchForm(forms.Form):
    query = forms.CharField(
        label=_("Name, pinyin initials, ID, phone or account"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=lambda: choices(Purpose), initial=Purpose.COUNTER)


class DocumentForm(forms.Form):
    """A document as it lies on the counter."""

    document_kind = forms.ChoiceField(label=_("Document"), choices=lambda: choices(DocumentKind))
    document_number = forms.CharField(
        label=_("Document number"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    country = forms.CharField(label=_("Issuing country"), max_length=2, initial="CN")
    issuer = forms.CharField(label=_("Issuer"), max_length=120, required=False)
    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid to"))
    long_term = forms.BooleanField(label=_("Long-term"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("valid_to") and not cleaned.get("long_term") and not self.errors:
            self.add_error("valid_to", _("Type the last day, or tick long-term."))
        return cleaned


def document_of(values: dict[str, Any]) -> DocumentInput:
    return DocumentInput(
        kind=DocumentKind(values["document_kind"]),
        number=values["document_number"],
        country=values["country"],
        issuer=values["issuer"],
        valid_from=values["valid_from"],
        valid_to=None if values["long_term"] else values["valid_to"],
    )


class RegisterForm(DocumentForm):
    """A new customer."""

    kind = forms.ChoiceField(label=_("Kind of customer"), choices=lambda: choices(PartyKind))
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200, required=False)
    name_latin = forms.CharField(label=_("Latin name"), max_length=200, required=False)
    gender = forms.ChoiceField(label=_("Gender"), choices=lambda: NONE + choices(Gender), required=False)
    birth_date = _day(_("Birth date"))
    nationality = forms.CharField(label=_("Nationality"), max_length=2, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    representative_name = forms.CharField(label=_("Legal representative"), max_length=200, required=False)
    established = _day(_("Established"))
    not_same = forms.TypedMultipleChoiceField(required=False, coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        given = data.getlist("not_same") if hasattr(data, "getlist") else []
        numbers = [v for v in given if v.isascii() and v.isdecimal() and len(v) < 19]
        self.fields["not_same"].choices = [(v, v) for v in numbers]  # type: ignore[attr-defined]


def registration_of(values: dict[str, Any]) -> dict[str, Any]:
    """What ``register_party`` takes, from the form's values."""
    kind = PartyKind(values["kind"])
    contacts = [
        ContactInput(what, values[name])
        for what, name in ((ContactKind.PHONE, "phone"), (ContactKind.ADDRESS, "address"))
        if values[name]
    ]
    legal = LegalInput(representative_name=values["representative_name"], established=values["established"])
    return {
        "kind": kind,
        "name_zh": values["name_zh"],
        "name_latin": values["name_latin"],
        "gender": Gender(values["gender"]) if values["gender"] else None,
        "birth_date": values["birth_date"],
        "nationality": values["nationality"],
        "document": document_of(values),
        "contacts": contacts,
        "legal": legal if kind is PartyKind.LEGAL else None,
        "confirmed_not_duplicate_of": values["not_same"],
    }


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of contact"), choices=lambda: choices(ContactKind))
    value = forms.CharField(label=_("New value"), max_length=200, required=False)
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RiskForm(forms.Form):
    level = forms.ChoiceField(label=_("Risk level"), choices=lambda: choices(RiskLevel))
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("review", _("Regular review")),
            ("list_match", _("Match with a list")),
            ("behaviour", _("Unusual behaviour")),
            ("correction", _("Correction")),
        ],
    )


class MandateForm(forms.Form):
    account = forms.IntegerField(label=_("Account"), min_value=1, max_value=2**63 - 1, widget=forms.Select)
    mode = forms.ChoiceField(label=_("Mode"), choices=lambda: choices(MandateMode))
    scope = forms.MultipleChoiceField(label=_("Scope"), choices=lambda: choices(MandateScope))
    limit = forms.CharField(label=_("Limit"), max_length=24, required=False)
    valid_from = _day(_("Valid from"), required=True)
    valid_to = _day(_("Valid to"))

    def __init__(self, data: Any = None, *, accounts: Any = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["account"].widget.choices = list(accounts)
