"""Forms of the room."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Refusal
from counterpoint.kit.money import Money
from counterpoint.org import labels, rules
from counterpoint.org.data import Confidence, DayKind
from counterpoint.org.rules import Input, Version
from counterpoint.ui.services import MoneyField


class DateField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OpeningForm(forms.Form):
    """Open a business day."""

    date = DateField(label=_("Business date"))
    on_holiday = forms.BooleanField(
        label=_("The branch serves on a day that is no working day"), required=False
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class RetirementForm(ReasonForm):
    last_day = DateField(label=_("Last day"))


class CalendarForm(forms.Form):
    """Say what a day is; without a kind it is plain again."""

    date = DateField(label=_("Day"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("As its weekday")), *((kind.value, name) for kind, name in labels.DAY_KINDS.items())],
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)

    def clean_kind(self) -> DayKind | None:
        kind = self.cleaned_data["kind"]
        return DayKind(kind) if kind else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise json.JSONDecodeError("a name is given twice", "", 0)
    return found


class OnceDecoder(json.JSONDecoder):
    """JSON in which no name is given twice."""

    def __init__(self, **options: Any) -> None:
        super().__init__(object_pairs_hook=_once, **options)


class RuleField(forms.JSONField):
    """A rule as JSON; a name given twice, which JSON would swallow, is an error."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 22, "spellcheck": "false"})
        super().__init__(widget=widget, decoder=OnceDecoder, **options)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


class DraftForm(forms.Form):
    """The next version of a rule."""

    effective_from = DateField(label=_("In force from"))
    effective_to = DateField(label=_("Last day"), required=False)
    source = forms.CharField(label=_("Source"), max_length=500)
    confidence = forms.ChoiceField(
        label=_("Confidence"), choices=[(mark.value, name) for mark, name in labels.CONFIDENCE.items()]
    )
    owner = forms.CharField(label=_("Owner"), max_length=80, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    body = RuleField(label=_("What it says"))

    def clean_confidence(self) -> Confidence:
        return Confidence(self.cleaned_data["confidence"])

    def clean_body(self) -> Any:
        body = self.cleaned_data["body"]
        try:
            rules.parse(body)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        return body


def _field(asked: Input, language: str) -> forms.Field:
    common: dict[str, Any] = {
        "label": asked.zh if language == "zh" else asked.en,
        "required": not asked.optional,
        "initial": asked.default,
    }
    if asked.choices:
        return forms.ChoiceField(choices=[("", "—"), *((one, one) for one in asked.choices)], **common)
    match asked.type:
        case "money":
            start = Money(asked.default).figure if asked.default is not None else None
            return MoneyField(**common | {"initial": start})
        case "int":
            return forms.IntegerField(min_value=-(2**63), max_value=2**63 - 1, **common)
        case "bool":
            return forms.BooleanField(**common | {"required": False})
        case "date":
            return DateField(**common)
        case _:
            return forms.CharField(max_length=100, **common)


class TrialForm(forms.Form):
    """The facts a rule asks for, and the day 试算."""

    def __init__(self, version: Version, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = version.inputs
        for name, asked in version.inputs.items():
            self.fields[f"fact_{name}"] = _field(asked, language)

    def facts(self) -> dict[str, Any]:
        """What was entered; what was left empty is not known."""
        given = {name: self.cleaned_data.get(f"fact_{name}") for name in self.asked}
        return {name: fact for name, fact in given.items() if fact is not None and fact != ""}
