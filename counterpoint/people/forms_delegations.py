"""The form with which a duty is delegated 转授权."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.people import queries, queries_delegations
from counterpoint.people.data import DelegableRight, Duty, PersonView
from counterpoint.people.forms import Dates, date_field
from counterpoint.people.labels import duty_name, place_name
from counterpoint.people.services.permission import person_by_number


class DelegationForm(Dates):
    """A duty of a person, for another, from one day to another."""

    ends = ("valid_from", "valid_until")
    right = forms.ChoiceField(label=_("Duty"))
    receiver = forms.RegexField(label=_("Delegated to"), regex=r"\A[0-9]{4,12}\Z", max_length=12)
    valid_from = date_field(_("First day"), required=True)
    valid_until = date_field(_("Last day"), required=True)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(
        self, data: Any = None, *, rights: Sequence[DelegableRight], colleagues: Sequence[PersonView]
    ) -> None:
        super().__init__(data, initial={"valid_from": clock.today()})
        self.rights, self.colleagues = rights, colleagues
        self.fields["right"].choices = [(f"{r.duty}:{r.branch}", _right(r)) for r in rights]  # type: ignore[attr-defined]
        self.fields["receiver"].widget.attrs |= {
            "list": "colleagues", "inputmode": "numeric", "autocomplete": "off",
            "placeholder": _("Staff number"),
        }  # fmt: skip

    def clean_right(self) -> tuple[Duty, int]:
        duty, _colon, branch = self.cleaned_data["right"].partition(":")
        return Duty(duty), int(branch)

    def clean_receiver(self) -> int:
        found = person_by_number(self.cleaned_data["receiver"])
        if found is None:
            raise ValidationError(_("There is no such member of staff."))
        return found.id


def form_for(person: int, data: Any = None) -> DelegationForm:
    """The form for what this person may delegate."""
    rights = queries_delegations.rights_to_delegate(person)
    return DelegationForm(data, rights=rights, colleagues=queries.colleagues(person))


def _right(right: DelegableRight) -> str:
    words = {"duty": duty_name(right.duty), "place": place_name(right.branch), "days": right.days}
    return gettext("%(duty)s · %(place)s · at most %(days)d days") % words
