"""Forms of the notices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import Malformed
from counterpoint.notices import rules
from counterpoint.notices.data import Audience, Draft, Kind, NoticeMalformed, Question, Version
from counterpoint.notices.labels import KINDS

_PLAIN = {"autocomplete": "off"}
MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: Any, hint: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(
        label=label, help_text=hint, required=False, widget=widget, input_formats=[MOMENT]
    )


def _text(label: Any, rows: str, *, required: bool = False, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=40_000, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class QuestionsField(forms.CharField):
    """Questions as lines; cleans to questions."""

    def clean(self, value: Any) -> Any:
        try:
            return rules.questions_of(super().clean(value))
        except NoticeMalformed as error:
            if error.details.get("word") == "choices":
                said = _("A question needs two choices or more, and exactly one right one: %(text)s")
            else:
                said = _("This line is no question, choice or explanation: %(text)s")
            raise forms.ValidationError(said, params={"text": str(error)}) from error


class NoticeForm(forms.Form):
    """Everything that an author writes."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(str(one), KINDS[one].words) for one in Kind])
    title_zh = forms.CharField(
        label=_("Title in Chinese"), max_length=120, widget=forms.TextInput(attrs=_PLAIN)
    )
    text_zh = _text(_("Text in Chinese"), "9", required=True, hint=_("Markdown: # heading, - list, **bold**"))
    title_en = forms.CharField(
        label=_("Title in English"), max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    text_en = _text(_("Text in English"), "6")
    operations = forms.MultipleChoiceField(
        label=_("Operations that it governs"), required=False,
        help_text=_("Until it is acknowledged, its readers cannot do these."),
        widget=forms.SelectMultiple(attrs={"size": "6"}),
    )  # fmt: skip
    everybody = forms.BooleanField(label=_("For everybody"), required=False)
    branches = forms.TypedMultipleChoiceField(
        label=_("For the branches"),
        required=False,
        coerce=int,
        widget=forms.SelectMultiple(attrs={"size": "4"}),
    )
    roles = forms.MultipleChoiceField(
        label=_("For the roles"), required=False, widget=forms.SelectMultiple(attrs={"size": "5"}),
        help_text=_("Branches and roles narrow each other."),
    )  # fmt: skip
    people = forms.CharField(
        label=_("For these people"), required=False, max_length=2000, widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("Staff numbers, with spaces between them"),
    )  # fmt: skip
    effective = _moment(_("Takes effect"), _("Empty: at once, when it is published"))
    expires = _moment(_("Ends"), _("Empty: until it is changed or withdrawn"))
    questions = QuestionsField(
        label=_("Questions to the reader"), required=False, max_length=8000,
        help_text=_("Lines: ? question, + right choice, - wrong choice, ! why; English after |"),
        widget=forms.Textarea(attrs={"rows": "4"}),
    )  # fmt: skip
    material = forms.BooleanField(
        label=_("The change is material"), required=False, initial=True,
        help_text=_("Then everybody acknowledges it anew; else whoever knew the version before knows this."),
    )  # fmt: skip
    edition = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, operations: list[tuple[str, str]], branches: list[tuple[int, str]],
        roles: list[tuple[str, Any]], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, label_suffix="", **kwargs)
        for name, choices in (("operations", operations), ("branches", branches), ("roles", roles)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def draft(self, people: tuple[int, ...], papers: tuple[int, ...]) -> Draft:
        """What was entered."""
        typed = self.cleaned_data
        questions: tuple[Question, ...] = typed["questions"]
        rule = Audience(typed["everybody"], tuple(typed["branches"]), tuple(typed["roles"]), people)
        return Draft(
            title_zh=typed["title_zh"], text_zh=typed["text_zh"], title_en=typed["title_en"],
            text_en=typed["text_en"], operations=tuple(typed["operations"]), audience=rule,
            questions=questions, material=typed["material"], effective=typed["effective"],
            expires=typed["expires"], papers=papers,
        )  # fmt: skip


def initial(version: Version, numbers: list[str]) -> dict[str, Any]:
    """The form as the version has it."""
    draft = version.draft
    return {
        "kind": str(version.kind), "title_zh": draft.title_zh, "text_zh": draft.text_zh,
        "title_en": draft.title_en, "text_en": draft.text_en, "operations": list(draft.operations),
        "everybody": draft.audience.everybody, "branches": list(draft.audience.branches),
        "roles": list(draft.audience.roles), "people": " ".join(numbers), "effective": draft.effective,
        "expires": draft.expires, "questions": rules.questions_text(draft.questions),
        "material": draft.material, "edition": version.edition,
    }  # fmt: skip


class NoteForm(forms.Form):
    """Why something is returned or withdrawn."""

    note = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": "2", "autofocus": True})
    )


class OverrideForm(forms.Form):
    """A second person lets an operation pass once."""

    number = forms.CharField(label=_("Staff number"), max_length=20, widget=forms.TextInput(attrs=_PLAIN))
    password = forms.CharField(label=_("Password"), max_length=200, widget=forms.PasswordInput)
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "numeric"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs=_PLAIN))


def answers_of(data: Any) -> dict[int, int]:
    """The choices that were made: ``q0=1`` …"""
    found = {}
    for name, value in data.items():
        if name[:1] == "q" and name[1:].isascii() and name[1:].isdigit() and len(name) < 4:
            if not (str(value).isascii() and str(value).isdigit() and len(value) < 4):
                raise Malformed(_("There is no such answer."), field=name)
            found[int(name[1:])] = int(value)
    return found
