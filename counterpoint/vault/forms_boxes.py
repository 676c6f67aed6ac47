"""Forms of boxes: a new one, its limits, and what was sorted out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.money import Money
from counterpoint.ui.services import MoneyField
from counterpoint.vault.data import FACES, PIECES_MAX, BoxKind, BoxView, FaceLimitView, Limits
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_boxes import KINDS

_FIGURES = {"autocomplete": "off", "inputmode": "numeric"}
_AMOUNT = {"autocomplete": "off", "inputmode": "decimal"}


def pieces_field(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        required=False, min_value=0, max_value=PIECES_MAX, label=label,
        widget=forms.TextInput(attrs=_FIGURES),
    )  # fmt: skip


class BoxForm(forms.Form):
    """A new box."""

    number = forms.CharField(
        label=_("Box number"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[(str(kind), name) for kind, name in KINDS.items()])
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in FACES])
    desk = forms.ChoiceField(label=_("Desk"), required=False)
    soft = MoneyField(label=_("Soft limit"), required=False, widget=forms.TextInput(attrs=_AMOUNT))
    hard = MoneyField(label=_("Hard limit"), required=False, widget=forms.TextInput(attrs=_AMOUNT))

    def __init__(self, data: Any = None, *, desks: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        field = self.fields["desk"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *desks]

    def asked(self) -> dict[str, Any]:
        """The arguments of the verb."""
        typed = self.cleaned_data
        return {
            "number": typed["number"].strip().upper(), "kind": BoxKind(typed["kind"]),
            "currency": typed["currency"], "desk": int(typed["desk"]) if typed["desk"] else None,
            "limit": typed["soft"] or 0, "hard": typed["hard"] or 0,
        }  # fmt: skip


class FaceGrid(forms.Form):
    """Two figures of each face of a box."""

    columns: tuple[str, str]

    def __init__(self, data: Any = None, *, box: BoxView, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.box = box
        for face in FACES[box.currency]:
            for column in self.columns:
                self.fields[f"{column}_{face}"] = pieces_field(face_name(face, box.currency))

    def grid(self) -> list[dict[str, Any]]:
        """A row a face, with how many there are."""
        return [
            {"face": face, "name": face_name(face, self.box.currency), "have": self.box.faces[face],
             "fields": [self[f"{column}_{face}"] for column in self.columns]}
            for face in FACES[self.box.currency] if self.shown(face)
        ]  # fmt: skip

    def shown(self, face: str) -> bool:
        return True

    def typed(self, column: str) -> dict[str, int | None]:
        return {face: self.cleaned_data.get(f"{column}_{face}") for face in FACES[self.box.currency]}


class SortForm(FaceGrid):
    """How many pieces of each face are unfit, and damaged."""

    columns = ("unfit", "damaged")

    def shown(self, face: str) -> bool:
        return bool(self.box.faces[face])

    def pieces(self, column: str) -> dict[str, int]:
        return {face: n for face, n in self.typed(column).items() if n}


class LimitsForm(FaceGrid):
    """The limits of a box, in all and by face."""

    columns = ("soft", "hard")
    soft = MoneyField(label=_("Soft limit"), required=False, widget=forms.TextInput(attrs=_AMOUNT))
    hard = MoneyField(label=_("Hard limit"), required=False, widget=forms.TextInput(attrs=_AMOUNT))

    def faces(self) -> dict[str, FaceLimitView]:
        soft, hard = self.typed("soft"), self.typed("hard")
        return {face: FaceLimitView(soft[face], hard[face]) for face in soft}


def limits_filled(limits: Limits, currency: str) -> dict[str, Any]:
    """The limits as the form shows them."""
    money = {
        name: Money(limit, currency).figure if limit else ""
        for name, limit in (("soft", limits.soft), ("hard", limits.hard))
    }
    faces = {f"{c}_{face}": getattr(one, c) for face, one in limits.faces.items() for c in ("soft", "hard")}
    return money | faces


def sorted_filled(unfit: Mapping[str, int], damaged: Mapping[str, int]) -> dict[str, Any]:
    return {f"unfit_{f}": n for f, n in unfit.items()} | {f"damaged_{f}": n for f, n in damaged.items()}
