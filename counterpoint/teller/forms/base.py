"""What the forms of all operations share: the key of the opened form, faces, the agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.keys import new_key
from counterpoint.vault.data import FACES, face_value, is_coin

#: Pieces of one face in one operation.
PIECES = 1_000_000


class OperationForm(forms.Form):
    """One operation's form. ``idempotency_key`` is made as it is opened: a second press is the same."""

    cash: bool = False
    with_agent = False
    with_identity = False

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, currency: str = "CNY", **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("idempotency_key", new_key())
        super().__init__(data, **kwargs)
        self.money = currency
        if self.with_agent:
            self.fields |= agent_fields()
        if self.with_identity:
            self.fields |= identity_fields()
        if self.cash:
            self.fields |= face_fields(currency)

    def plain(self) -> Iterator[forms.BoundField]:
        """The fields that stand in the column: not the faces, the agent or the hidden ones."""
        for bound in self.visible_fields():
            if not bound.name.startswith(("faces_", "agent_", "id_")):
                yield bound

    def agent(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.name.startswith("agent_")]

    def identity(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.name.startswith("id_")]

    def faces(self) -> list[dict[str, Any]]:
        """The faces grid: each face with its field and its worth."""
        return [
            {"face": face, "value": face_value(face), "coin": is_coin(face), "field": self[f"faces_{face}"]}
            for face in FACES.get(self.money, ())
            if f"faces_{face}" in self.fields
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.with_agent:
            given = [cleaned.get(f"agent_{part}") for part in ("name", "document_number", "relation")]
            if any(given) and not all(given):
                self.add_error(
                    "agent_name",
                    forms.ValidationError(
                        _("An agent needs name, document and relation."), "agent_incomplete"
                    ),
                )
        return cleaned

    def slip(self) -> dict[str, Any]:
        """What was entered, ready for ``services.quote``. Only for a valid form."""
        cleaned = dict(self.cleaned_data)
        cleaned.pop("idempotency_key", None)
        slip = {
            name: value
            for name, value in cleaned.items()
            if not name.startswith(("faces_", "agent_")) and value not in (None, "")
        }
        if self.cash:
            slip["faces"] = {
                name.removeprefix("faces_"): value
                for name, value in cleaned.items()
                if name.startswith("faces_") and value
            }
        if self.with_agent and cleaned.get("agent_name"):
            slip["agent"] = {
                part: cleaned[f"agent_{part}"]
                for part in ("name", "document_kind", "document_number", "relation")
            }
        return slip


def face_fields(currency: str) -> dict[str, forms.Field]:
    """One number of pieces a face; below zero is what goes the other way, such as change."""
    return {
        f"faces_{face}": forms.IntegerField(
            required=False,
            min_value=-PIECES,
            max_value=PIECES,
            label=face,
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "data-face": str(face_value(face))}
            ),
        )
        for face in FACES.get(currency, ())
    }


def agent_fields() -> dict[str, forms.Field]:
    """The agent 代办人: another person than the owner, with fields of their own."""
    kinds = [
        ("resident_id", _("Resident ID card")),
        ("passport", _("Passport")),
        ("hk_macau_permit", _("Hong Kong and Macau permit")),
        ("taiwan_permit", _("Taiwan permit")),
        ("foreign_residence", _("Foreign permanent resident card")),
    ]
    return {
        "agent_name": forms.CharField(required=False, max_length=80, label=_("Agent's name")),
        "agent_document_kind": forms.ChoiceField(
            required=False, choices=kinds, initial="resident_id", label=_("Agent's document")
        ),
        "agent_document_number": forms.CharField(required=False, max_length=40, label=_("Document number")),
        "agent_relation": forms.CharField(required=False, max_length=40, label=_("Relation to the owner")),
    }


def identity_fields() -> dict[str, forms.Field]:
    return {
        "id_checked": forms.BooleanField(required=False, label=_("Identity checked")),
        "id_copied": forms.BooleanField(required=False, label=_("Copy of the document kept")),
    }


class ApprovalForm(forms.Form):
    """The second person's sign-in: nothing of it is kept."""

    number = forms.CharField(max_length=20, label=_("Staff number"))
    password = forms.CharField(max_length=128, label=_("Password"), widget=forms.PasswordInput, strip=False)
    code = forms.CharField(required=False, max_length=12, label=_("Code"))
    rekey_amount = forms.CharField(required=False, max_length=30, label=_("Amount"))
    rekey_account = forms.CharField(required=False, max_length=40, label=_("Account number"))

    @property
    def rekeyed(self) -> dict[str, str]:
        """What was typed again, blind 复核录入."""
        return {name: self.cleaned_data[f"rekey_{name}"] for name in ("amount", "account")}

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", auto_id="approval_%s", **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off"}


class AskForm(forms.Form):
    """What goes with a request to the approval desk."""

    note = forms.CharField(required=False, max_length=500, label=_("Note to the approver"))
    papers = forms.TypedMultipleChoiceField(required=False, coerce=int)
    follows = forms.IntegerField(required=False, min_value=1)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", auto_id="ask_%s", **kwargs)
        given = data.getlist("papers") if hasattr(data, "getlist") else []
        numbers = [value for value in given if value.isascii() and value.isdigit() and len(value) < 19]
        self.fields["papers"].choices = [(value, value) for value in numbers]  # type: ignore[attr-defined]
