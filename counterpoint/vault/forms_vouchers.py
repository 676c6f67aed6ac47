"""Forms of vouchers and seals: register numbers as printed, boxes, reasons, the words of a new seal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.kit.keys import new_key
from counterpoint.ui.services import MoneyField
from counterpoint.vault.data_vouchers import DIGITS_MAX, Part, SealKind, VoucherAct, VoucherKind
from counterpoint.vault.labels_vouchers import PARTS, SEAL_KINDS
from counterpoint.vault.rules_vouchers import CONDUCT

_DIGITS = re.compile(rf"[0-9]{{1,{DIGITS_MAX}}}")
_QUIET = {"autocomplete": "off"}


class SerialField(forms.CharField):
    """A register number as it is printed, with or without its prefix; the serial."""

    def __init__(self, *, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        widget = forms.TextInput(attrs=_QUIET | {"inputmode": "numeric"})
        super().__init__(max_length=DIGITS_MAX + len(prefix), widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = unicodedata.normalize("NFKC", str(value or "")).strip().upper()
        if not text:
            return None
        plain = text.removeprefix(self.prefix.upper()).strip()
        if not _DIGITS.fullmatch(plain):
            raise ValidationError(_("This is no register number."))
        return int(plain)

    def validate(self, value: Any) -> None:
        if value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The length was looked at as the number was read."""


class KindForm(forms.Form):
    """A new kind of form. With a face it is a valuable, booked at it; without, a blank form at ¥1."""

    code = forms.CharField(
        label=_("Code"), max_length=20, widget=forms.TextInput(attrs=_QUIET | {"autofocus": True})
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40, widget=forms.TextInput(attrs=_QUIET))
    name_en = forms.CharField(label=_("Name in English"), max_length=60, widget=forms.TextInput(attrs=_QUIET))
    number_prefix = forms.CharField(
        label=_("Prefix"), max_length=8, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    digits = forms.IntegerField(
        label=_("Digits"), min_value=1, max_value=DIGITS_MAX, initial=8,
        widget=forms.TextInput(attrs=_QUIET | {"inputmode": "numeric"}),
    )  # fmt: skip
    unit = MoneyField(
        label=_("Face"), required=False, widget=forms.TextInput(attrs=_QUIET | {"inputmode": "decimal"})
    )
    separated = forms.BooleanField(label=_("Seal and code in other hands"), required=False)

    def asked(self) -> dict[str, Any]:
        """The arguments of the verb."""
        typed = dict(self.cleaned_data)
        return typed | {"prefix": typed.pop("number_prefix").strip().upper(), "unit": typed["unit"] or None}


class VoucherForm(forms.Form):
    """What happens to which numbers, in which box."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)
    box = forms.ChoiceField(label=_("Box"))
    target = forms.ChoiceField(label=_("Moved to"))
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs=_QUIET))
    field_order = ("idempotency_key", "box", "target", "first", "last", "reason")

    def __init__(
        self, data: Any = None, *, act: VoucherAct, kind: VoucherKind, boxes: Iterable[tuple[str, str]],
        targets: Iterable[tuple[str, str]], **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs.setdefault("initial", {}).setdefault("idempotency_key", new_key())
        super().__init__(data, label_suffix="", **kwargs)
        self.fields["first"] = SerialField(prefix=kind.prefix, label=_("First number"))
        self.fields["last"] = SerialField(prefix=kind.prefix, label=_("Last number"))
        self.order_fields(self.field_order)
        for name, places in (("box", boxes), ("target", targets)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*places]
        self.fields["reason"].required = CONDUCT[act].reason
        if act is not VoucherAct.MOVE:
            del self.fields["target"]


class SealForm(forms.Form):
    """A new seal, key or code machine, with its first custodian."""

    number = forms.CharField(
        label=pgettext_lazy("seal", "Number"), max_length=20, widget=forms.TextInput(attrs=_QUIET)
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(str(kind), words) for kind, (words, _icon) in SEAL_KINDS.items()]
    )
    part = forms.ChoiceField(
        label=_("Kept apart as"), required=False,
        choices=[(str(part), PARTS[part] or "—") for part in Part if part is not Part.VOUCHER],
    )  # fmt: skip
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40, widget=forms.TextInput(attrs=_QUIET))
    name_en = forms.CharField(label=_("Name in English"), max_length=60, widget=forms.TextInput(attrs=_QUIET))
    custodian = forms.ChoiceField(label=_("Custodian"))

    def __init__(self, data: Any = None, *, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        field = self.fields["custodian"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*people]

    def asked(self) -> dict[str, Any]:
        """The arguments of the verb."""
        typed = self.cleaned_data
        return typed | {
            "kind": SealKind(typed["kind"]), "part": Part(typed["part"]),
            "custodian": int(typed["custodian"]),
        }  # fmt: skip
