"""Forms of the cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.people.data import PersonView
from counterpoint.visits.data_cases import CaseState, TeamView
from counterpoint.visits.services.cases import LONGEST_ABOUT, LONGEST_TITLE
from counterpoint.visits.services.cases_comments import LONGEST
from counterpoint.visits.services.cases_parts import LONGEST_NOTE
from counterpoint.visits.services.cases_subjects import party_named

_PLAIN = {"autocomplete": "off"}
#: In a dialog the first field has the focus, and not the cross that closes it.
_FIRST = {"autofocus": True}


def _note(label: Any, *, required: bool = True, longest: int = LONGEST_NOTE) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=required, widget=forms.Textarea(attrs={"rows": "2"})
    )


def _offer(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class CustomerField(forms.CharField):
    """A customer by customer number or account; cleans to the customer's id."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Customer"), required=False, max_length=40, help_text=_("Customer number or account"),
            widget=forms.TextInput(attrs=_PLAIN),
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = party_named(text)
        if found is None:
            raise forms.ValidationError(_("There is no customer with this number or account."))
        return found


class CaseForm(forms.Form):
    """A new case."""

    kind = forms.ChoiceField(label=_("Kind"))
    title = forms.CharField(
        label=_("What it is about"), max_length=LONGEST_TITLE, widget=forms.TextInput(attrs=_PLAIN)
    )
    about = forms.CharField(
        label=_("In more words"), required=False, max_length=LONGEST_ABOUT,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )  # fmt: skip
    customer = CustomerField()
    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    visit = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput, label=_("Customer's visit")
    )
    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, kinds: list[tuple[str, str]], teams: list[TeamView], **kwargs: Any
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        _offer(self, "kind", list(kinds))
        _offer(self, "team", [("", _("Where its kind begins")), *((one.id, one.name) for one in teams)])


class FactsForm(forms.Form):
    """What a case is called, what it is about, and for whom."""

    title = forms.CharField(
        label=_("What it is about"), max_length=LONGEST_TITLE, widget=forms.TextInput(attrs=_PLAIN | _FIRST)
    )
    about = forms.CharField(
        label=_("In more words"), required=False, max_length=LONGEST_ABOUT,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )  # fmt: skip
    customer = CustomerField()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="facts_%s", label_suffix="", **kwargs)


class StateForm(forms.Form):
    """Where a case moves."""

    state = forms.ChoiceField(choices=[(str(one), str(one)) for one in CaseState])
    version = forms.IntegerField()
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    board = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def clean_state(self) -> CaseState:
        return CaseState(self.cleaned_data["state"])


class TeamForm(forms.Form):
    """Another team for a case, with a note."""

    team = forms.TypedChoiceField(label=_("Team"), coerce=int, widget=forms.Select(attrs=_FIRST))
    note = _note(_("What the team needs to know"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, teams: list[TeamView], **kwargs: Any) -> None:
        super().__init__(data, auto_id="team_%s", label_suffix="", **kwargs)
        _offer(self, "team", [(one.id, one.name) for one in teams])


class OwnerForm(forms.Form):
    """A member of the team for a case."""

    owner = forms.TypedChoiceField(label=_("Colleague"), coerce=int, widget=forms.Select(attrs=_FIRST))
    note = _note(_("Note"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, members: list[PersonView], **kwargs: Any) -> None:
        super().__init__(data, auto_id="owner_%s", label_suffix="", **kwargs)
        _offer(self, "owner", [(one.id, f"{one.number} {one.name}") for one in members])


class CommentForm(forms.Form):
    """A comment."""

    words = forms.CharField(
        label=_("Comment"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": "2"}),
        help_text=_("@ with a staff number or a name tells that colleague."),
    )  # fmt: skip
    idempotency_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="comment_%s", label_suffix="", **kwargs)


class LinkForm(forms.Form):
    """Something to link, by the number that people know."""

    kind = forms.ChoiceField(label=_("Kind"))
    text = forms.CharField(label=_("Its number"), max_length=40, widget=forms.TextInput(attrs=_PLAIN))

    def __init__(self, data: Any = None, *, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, auto_id="link_%s", label_suffix="", **kwargs)
        _offer(self, "kind", list(kinds))
