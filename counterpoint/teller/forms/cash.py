"""Forms by which notes move."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.teller.data import LineKind
from counterpoint.teller.forms.base import OperationForm
from counterpoint.teller.forms.fields import AccountField, AmountField, PasswordField

#: Lines of one service; more belong in a file, not at a counter.
LINES_MAX = 12


class Deposit(OperationForm):
    """1101 现金存款."""

    cash = with_agent = with_identity = True

    account = AccountField()
    amount = AmountField()
    narrative = forms.CharField(required=False, max_length=120, label=_("Narrative"))


class Withdrawal(OperationForm):
    """1102 现金取款."""

    cash = with_agent = with_identity = True

    account = AccountField()
    amount = AmountField()
    password = PasswordField(required=False)
    narrative = forms.CharField(required=False, max_length=120, label=_("Narrative"))


class MultiLine(forms.Form):
    """One line of a multi-leg service."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (LineKind.DEPOSIT.value, _("Deposit")),
            (LineKind.WITHDRAWAL.value, _("Withdrawal")),
            (LineKind.TRANSFER.value, _("Transfer")),
            (LineKind.FEE.value, _("Fee")),
        ],
    )
    account = AccountField(required=False)
    to = AccountField(required=False, label=_("To account"))
    amount = AmountField()
    password = PasswordField(required=False)

    def has_changed(self) -> bool:
        """A line with no account and no amount was not entered, whatever kind stands in it."""
        return any(self.data.get(self.add_prefix(name), "").strip() for name in ("account", "to", "amount"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind != LineKind.FEE and not cleaned.get("account") and "account" not in self.errors:
            self.add_error("account", forms.ValidationError(_("This line needs an account."), "required"))
        if kind == LineKind.TRANSFER and not cleaned.get("to") and "to" not in self.errors:
            self.add_error(
                "to", forms.ValidationError(_("A transfer needs the account it goes to."), "required")
            )
        return cleaned


LineSet = forms.formset_factory(MultiLine, extra=3, max_num=LINES_MAX, validate_max=True)


class MultiLeg(OperationForm):
    """1701 综合业务: several lines, one cash net, one posting, one receipt."""

    cash = with_agent = with_identity = True

    narrative = forms.CharField(required=False, max_length=120, label=_("Narrative"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = LineSet(data, prefix="lines", form_kwargs={"label_suffix": ""})

    def is_valid(self) -> bool:
        return super().is_valid() and bool(self.lines.is_valid())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_bound and not any(line.has_changed() for line in self.lines.forms):
            self.add_error(None, forms.ValidationError(_("Enter at least one line."), "no_lines"))
        return cleaned

    def slip(self) -> dict[str, Any]:
        lines = [
            {name: value for name, value in line.cleaned_data.items() if value not in (None, "")}
            for line in self.lines.forms
            if line.has_changed()
        ]
        return super().slip() | {"lines": lines}
