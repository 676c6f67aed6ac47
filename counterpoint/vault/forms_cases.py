"""Forms of bookings, damaged notes and counterfeit money."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.customers import services as customers
from counterpoint.customers.data import DocumentKind
from counterpoint.kit.data import Malformed
from counterpoint.kit.keys import new_key
from counterpoint.kit.money import EXPONENTS, Money
from counterpoint.ui.services import MoneyField
from counterpoint.vault.data import FACES, PIECES_MAX, face_value, is_coin
from counterpoint.vault.data_cases import Circumstances, Damage, Holder, Making, Seized
from counterpoint.vault.labels import face_name
from counterpoint.vault.labels_cases import MAKINGS

ROWS = 5
ROWS_MOST = 60
_PLAIN = {"autocomplete": "off"}
_FIGURES = _PLAIN | {"inputmode": "numeric"}


class FacesForm(forms.Form):
    """A form with a grid of faces, each a number of pieces."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, currency: str = "CNY", **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("idempotency_key", new_key())
        super().__init__(data, label_suffix="", **kwargs)
        self.currency = currency
        for face in FACES[currency]:
            self.fields[f"faces_{face}"] = forms.IntegerField(
                required=False, min_value=0, max_value=PIECES_MAX, label=face_name(face, currency),
                widget=forms.TextInput(attrs=_FIGURES | {"data-face": str(face_value(face))}),
            )  # fmt: skip

    def grid(self, available: dict[str, int] | None = None) -> list[dict[str, Any]]:
        """The faces with their fields and how many there are, notes first."""
        return [
            {"face": face, "name": face_name(face, self.currency), "coin": is_coin(face),
             "field": self[f"faces_{face}"], "available": (available or {}).get(face)}
            for face in FACES[self.currency]
        ]  # fmt: skip

    def grids(self, available: dict[str, int] | None = None) -> dict[str, list[dict[str, Any]]]:
        """The same in two parts, as the template ``case_faces`` takes them."""
        rows = self.grid(available)
        return {"notes": [r for r in rows if not r["coin"]], "coins": [r for r in rows if r["coin"]]}

    def plain(self) -> list[forms.BoundField]:
        return [one for one in self.visible_fields() if not one.name.startswith("faces_")]

    def faces(self) -> dict[str, int]:
        return {face: n for face in FACES[self.currency] if (n := self.cleaned_data.get(f"faces_{face}"))}


class BookingForm(FacesForm):
    """A large withdrawal to be booked."""

    account = forms.ChoiceField(label=_("Account"))
    amount = MoneyField(
        label=_("Amount"),
        widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "decimal", "autofocus": True}),
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=120, widget=forms.TextInput(attrs=_PLAIN)
    )

    def __init__(self, data: Any = None, *, accounts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choice = self.fields["account"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = accounts


class ReasonForm(forms.Form):
    """Why something is given up."""

    reason = forms.CharField(max_length=200, label=_("Reason"), widget=forms.TextInput(attrs=_PLAIN))


class DamagedForm(FacesForm):
    """Who hands damaged notes in, and with which faces they are paid."""

    customer = forms.CharField(
        label=_("Holder"), required=False, max_length=120, widget=forms.TextInput(attrs=_PLAIN)
    )
    identity = forms.CharField(
        label=_("Document number"), required=False, max_length=40, widget=forms.TextInput(attrs=_PLAIN)
    )


class DamagedRow(forms.Form):
    """One damaged note, or several that are alike."""

    face = forms.ChoiceField(label=_("Face"), required=False)
    pieces = forms.IntegerField(
        label=_("Pieces"), min_value=1, max_value=10_000, initial=1, widget=forms.TextInput(attrs=_FIGURES)
    )
    left = forms.IntegerField(
        label=_("Left %"), min_value=0, max_value=100, required=False, widget=forms.TextInput(attrs=_FIGURES)
    )
    cross = forms.BooleanField(label=_("Cross-shaped"), required=False)
    serial = forms.CharField(
        label=_("Serial number"), required=False, max_length=30, widget=forms.TextInput(attrs=_PLAIN)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["face"]
        assert isinstance(choice, forms.ChoiceField)
        notes = [(face, face_name(face, "CNY")) for face in FACES["CNY"] if not is_coin(face)]
        choice.choices = [("", "—"), *notes]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.has_changed():
            if not found.get("face") and "face" not in self.errors:
                self.add_error("face", forms.ValidationError(_("Choose the face."), "required"))
            if found.get("left") is None and "left" not in self.errors:
                self.add_error("left", forms.ValidationError(_("How much is left?"), "required"))
        return found

    def damage(self) -> Damage:
        one = self.cleaned_data
        return Damage(one["face"], one["pieces"], one["left"], one["cross"], one["serial"])


class SeizureForm(forms.Form):
    """The holder of counterfeit money and what was found out."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)
    holder = forms.CharField(
        label=_("Holder"), max_length=120, widget=forms.TextInput(attrs=_PLAIN | {"autofocus": True})
    )
    identity_kind = forms.ChoiceField(label=_("Document"), required=False)
    identity = forms.CharField(
        label=_("Document number"), required=False, max_length=40, widget=forms.TextInput(attrs=_PLAIN)
    )
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=20, widget=forms.TextInput(attrs=_FIGURES)
    )
    new_technique = forms.BooleanField(label=_("A new technique"), required=False)
    leads = forms.BooleanField(label=_("Leads on making, selling or holding"), required=False)
    uncooperative = forms.BooleanField(label=_("The holder does not cooperate"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("idempotency_key", new_key())
        super().__init__(data, label_suffix="", **kwargs)
        choice = self.fields["identity_kind"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(str(kind), customers.label(kind)) for kind in DocumentKind]

    def person(self) -> list[forms.BoundField]:
        return [self[name] for name in ("holder", "identity_kind", "identity", "phone")]

    def circumstances_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("new_technique", "leads", "uncooperative")]

    def who(self) -> Holder:
        one = self.cleaned_data
        return Holder(one["holder"], one["identity_kind"], one["identity"], one["phone"])

    def circumstances(self) -> Circumstances:
        one = self.cleaned_data
        return Circumstances(one["new_technique"], one["leads"], one["uncooperative"])


class SeizedRow(forms.Form):
    """One counterfeit note, or coins of one kind."""

    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in EXPONENTS], initial="CNY"
    )
    face = forms.CharField(
        label=_("Face"), required=False, max_length=12,
        widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "decimal"}),
    )  # fmt: skip
    coin = forms.BooleanField(label=_("Coin"), required=False)
    serial = forms.CharField(
        label=_("Serial number"), required=False, max_length=30, widget=forms.TextInput(attrs=_PLAIN)
    )
    pieces = forms.IntegerField(
        label=_("Pieces"), min_value=1, max_value=10_000, initial=1, widget=forms.TextInput(attrs=_FIGURES)
    )
    edition = forms.CharField(
        label=_("Edition"), required=False, max_length=20, widget=forms.TextInput(attrs=_PLAIN)
    )
    making = forms.ChoiceField(label=_("Making"), initial=Making.MACHINE)
    bag = forms.CharField(
        label=_("Bag number"), required=False, max_length=20, widget=forms.TextInput(attrs=_PLAIN)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["making"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(str(kind), words) for kind, words in MAKINGS.items()]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.has_changed() or self.errors:
            return found
        try:
            minor = Money.parse(found.get("face") or "", found["currency"]).minor
        except Malformed:
            minor = 0
        if minor <= 0:
            self.add_error("face", forms.ValidationError(_("The face in figures, such as 100."), "face"))
        found["minor"] = f"c{minor}" if found.get("coin") else str(minor)
        return found

    def seized(self) -> Seized:
        one = self.cleaned_data
        return Seized(
            one["currency"], "", one["minor"], one["serial"], one["pieces"], one["edition"], one["making"],
            one["bag"],
        )  # fmt: skip


DamagedRows = forms.formset_factory(DamagedRow, extra=0, max_num=ROWS_MOST, absolute_max=ROWS_MOST)
SeizedRows = forms.formset_factory(SeizedRow, extra=0, max_num=ROWS_MOST, absolute_max=ROWS_MOST)


def rows_of(kind: Any, data: Any = None, *, count: int = ROWS) -> Any:
    """The rows of a form: empty ones, or what was typed in them."""
    if data is not None:
        return kind(data, prefix="notes")
    return kind(initial=[{} for _ in range(count)], prefix="notes")


def more_rows(kind: Any, data: Any) -> Any:
    """What was typed, with some empty rows more; nothing is checked."""
    plain = data.copy()
    try:
        typed = int(plain.get("notes-TOTAL_FORMS", ROWS))
    except ValueError:
        typed = ROWS
    plain["notes-TOTAL_FORMS"] = str(max(ROWS, min(typed + ROWS, ROWS_MOST)))
    return kind(plain, prefix="notes")


def filled(rows: Any) -> list[Any]:
    """The rows in which something was typed; only for valid ones."""
    return [row for row in rows if row.has_changed()]
