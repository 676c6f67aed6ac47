"""Forms of the mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.mail.data import BotKind, Hours, Way
from counterpoint.mail.labels import BOTS, WAYS

_PLAIN = {"autocomplete": "off"}
TIME = "%H:%M"
LANGUAGES = (("zh-hans", "简体中文"), ("en", "English"))


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format=TIME)
    return forms.TimeField(label=label, required=False, widget=widget, input_formats=[TIME])


class PreferenceForm(forms.Form):
    """Language, hours, and how each kind comes."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    start = _time(pgettext_lazy("mail", "From"))
    end = _time(pgettext_lazy("mail", "Until"))

    def __init__(self, data: Any = None, *, kinds: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self._kinds = kinds
        for key, title in kinds.items():
            self.fields[f"way_{key}"] = forms.ChoiceField(
                label=title, choices=[(str(one), words) for one, words in WAYS.items()]
            )

    def way_fields(self) -> list[Any]:
        return [self[f"way_{key}"] for key in self._kinds]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if bool(typed.get("start")) != bool(typed.get("end")):
            self.add_error("end", _("Give both times, or none."))
        return typed

    def hours(self) -> Hours | None:
        typed = self.cleaned_data
        return Hours(typed["start"], typed["end"]) if typed["start"] else None

    def ways(self) -> dict[str, Way]:
        return {key: Way(self.cleaned_data[f"way_{key}"]) for key in self._kinds}


class AddressForm(forms.Form):
    """Another mailbox of one's own."""

    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs=_PLAIN))


class DirectoryForm(forms.Form):
    """Many addresses at once, as the directory gives them."""

    lines = forms.CharField(
        label=_("Staff number and address, one a line"), max_length=200_000,
        widget=forms.Textarea(attrs={"rows": "8", "spellcheck": "false"}),
    )  # fmt: skip


class BotForm(forms.Form):
    """A robot, with its address, which is shown to nobody again."""

    kind = forms.ChoiceField(label=_("Whose robot"), choices=[(str(one), BOTS[one]) for one in BotKind])
    name = forms.CharField(
        label=pgettext_lazy("robot", "Name"), max_length=60, widget=forms.TextInput(attrs=_PLAIN)
    )
    address = forms.CharField(
        label=_("Its address (webhook)"), max_length=400, widget=forms.PasswordInput(attrs=_PLAIN),
        help_text=_("Kept encrypted, and never shown again."),
    )  # fmt: skip
    signing_secret = forms.CharField(
        label=_("Signing secret"), max_length=120, required=False, widget=forms.PasswordInput(attrs=_PLAIN),
        help_text=_("DingTalk only, where the robot asks for one."),
    )  # fmt: skip
    branch = forms.TypedChoiceField(label=_("Branch"), coerce=int)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    kinds = forms.MultipleChoiceField(
        label=_("It says"), widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )

    def __init__(
        self, data: Any = None, *, branches: list[tuple[int, Any]], kinds: dict[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        for name, choices in (("branch", branches), ("kinds", list(kinds.items()))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
