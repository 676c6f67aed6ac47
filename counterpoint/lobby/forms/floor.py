"""Forms of the lobby tablet: a number, what is known of a customer, another service, a window."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.lobby import services
from counterpoint.lobby.faces import PAPERS

WORDS = 200


class _Form(forms.Form):
    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)


def _service_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=pgettext_lazy("lobby", "Service"), error_messages={"required": _("Choose a service.")}
    )


def _priority_fields() -> dict[str, forms.Field]:
    return {
        "priority": forms.ChoiceField(label=pgettext_lazy("lobby", "Priority")),
        "priority_reason": forms.CharField(
            label=_("Why this priority"), max_length=WORDS, required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        ),
        "group": forms.IntegerField(
            label=_("People together"), min_value=1, max_value=99, initial=1,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        ),
    }  # fmt: skip


class _CustomerForm(_Form):
    """What a number and a note have in common: priority with its reason, the group."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields |= _priority_fields()
        field = self.fields["priority"]
        assert isinstance(field, forms.ChoiceField)
        known = list(services.priorities().values())
        field.choices = [(one.code, one.name) for one in known]
        self.ordinary = known[0].code
        field.initial = self.initial.get("priority", self.ordinary)
        self.order_fields(["service", "priority", "priority_reason", "group"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("priority") not in (None, self.ordinary) and not cleaned.get("priority_reason"):
            self.add_error("priority_reason", _("Say why this customer goes first."))
        return cleaned


class TakeForm(_CustomerForm):
    """A number for a customer 代客取号."""

    service = _service_field()
    party = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, branch: int, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["service"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, one.name) for one in services.services_at(branch).values()]


class NoteForm(_CustomerForm):
    """What the lobby found out 补充信息."""

    papers_missing = forms.MultipleChoiceField(
        label=_("Missing papers"), choices=list(PAPERS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class MoveForm(_Form):
    """To another service, and what its desk has to know 转号."""

    service = _service_field()
    note = forms.CharField(
        label=_("Note for the desk"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, branch: int, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["service"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, one.name) for one in services.services_at(branch).values()]


class VoidForm(_Form):
    """Why a number is made void 作废原因."""

    reason = forms.CharField(label=_("Reason"), max_length=WORDS)


class WindowForm(_Form):
    """Which services a window serves, and which of them are its own 窗口业务."""

    services = forms.MultipleChoiceField(label=_("Serves"), widget=forms.CheckboxSelectMultiple)
    own = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, choices: list[tuple[str, str]], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ("services", "own"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
