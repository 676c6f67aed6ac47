"""Forms of the room."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counterpoint.people import lockout
from counterpoint.people.data import Duty, Role
from counterpoint.people.labels import DUTY_NAMES, QUALIFICATION_NAMES, ROLE_NAMES
from counterpoint.people.services.proving import RUBBISH


class SignInForm(LoginForm):
    """Number and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Staff number")
        self.fields["login"].widget.attrs |= {"autofocus": True, "inputmode": "numeric"}
        self.fields["password"].label = _("Password")
        for name in ("login", "password"):
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


class CodeForm(AuthenticateForm):
    """The code of the second factor at sign-in; a locked-out person is not asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric"}

    def clean_code(self) -> str:
        request = context.request
        if not AxesProxyHandler.is_allowed(request, {"username": self.user.get_username()}):
            raise ValidationError(lockout.message())
        return str(super().clean_code())


class _Sound:
    """A credential that is rubbish is a message, not a crash: the package lets some of it through."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            raise
        except RUBBISH as error:
            raise ValidationError(_("The passkey could not be used.")) from error


class LoginPasskeyForm(_Sound, LoginWebAuthnForm):
    """Sign-in with a passkey alone."""


class SecondPasskeyForm(_Sound, AuthenticateWebAuthnForm):
    """A passkey as the second factor."""


class ConfirmPasskeyForm(_Sound, ReauthenticateWebAuthnForm):
    """A passkey as a fresh proof."""


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this passkey")
        self.fields["name"].max_length = 60

    def clean(self) -> Any:
        try:
            return super().clean()
        except ValidationError:
            raise
        except RUBBISH as error:
            raise ValidationError(_("The passkey could not be used.")) from error


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget)


class PasswordForm(forms.Form):
    """Choose a new password."""

    oldpassword = _password(_("Old password"), "current-password")
    password1 = _password(_("New password"), "new-password")
    password2 = _password(_("The new one once more"), "new-password")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password1") != cleaned.get("password2"):
            self.add_error("password2", _("The two new passwords differ."))
        return cleaned


class StaffForm(forms.Form):
    """A new member of staff."""

    number = forms.RegexField(label=_("Staff number"), regex=r"\A[0-9]{4,12}\Z", max_length=12)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=40)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    branch = forms.IntegerField(label=_("Home branch"), min_value=0)


class Dates(forms.Form):
    """Two days of which the later is not the earlier."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        dates = [value for value in cleaned.items() if value[0] in self.ends]
        if len(dates) == 2 and all(d for _n, d in dates) and dates[1][1] < dates[0][1]:
            self.add_error(dates[1][0], _("The end lies before the beginning."))
        return cleaned

    ends: tuple[str, ...] = ()


def date_field(label: Any, *, required: bool = False) -> forms.DateField:
    # A browser's field for dates knows this form only, in whatever language the page is.
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)


class RoleForm(Dates):
    """A role for a person."""

    ends = ("valid_from", "valid_until")
    role = forms.ChoiceField(label=_("Role"), choices=[(r.value, ROLE_NAMES[r]) for r in Role])
    branch = forms.IntegerField(label=_("Branch (0: the whole bank)"), min_value=0)
    valid_from = date_field(_("First day"))
    valid_until = date_field(_("Last day"))


class QualificationForm(Dates):
    """A qualification of a person."""

    ends = ("granted_on", "expires_on")
    kind = forms.ChoiceField(label=_("Qualification"), choices=list(QUALIFICATION_NAMES.items()))
    granted_on = date_field(_("First day"))
    expires_on = date_field(_("Last day"))
    evidence = forms.CharField(label=_("Evidence"), max_length=200, required=False)


class RestrictionForm(forms.Form):
    """A restriction of a person; an empty duty means all."""

    duty = forms.ChoiceField(
        label=_("Duty"),
        required=False,
        choices=[("", _("All duties")), *((d.value, DUTY_NAMES[d]) for d in Duty)],
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
    valid_until = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


class ReasonForm(forms.Form):
    """Why something is taken away."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
