"""What django-allauth is told about this bank: no sign-up, no e-mail, secrets encrypted at rest."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MESSAGES = {
    "mfa/messages/totp_activated.txt": gettext_lazy("The code generator is set up."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The code generator is removed."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy(
        "New recovery codes are made; the old ones are void."
    ),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("The staff number or the password is wrong."),
        "incorrect_password": gettext_lazy("The password is wrong."),
        "too_many_login_attempts": gettext_lazy("Too many failed attempts. Try again later."),
        "incorrect_code": gettext_lazy("The code is wrong or was used already."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        message: Any = None,
        **kwargs: Any,
    ) -> None:
        """Signing in and out says nothing; what changes the account does, in our words."""
        text = message or MESSAGES.get(message_template or "", "")
        if text:
            messages.add_message(request, level, str(text))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        names = {
            "reauthenticate": _("Use the password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        found = super().get_reauthentication_methods(user)
        return [method | {"description": names[method["id"]]} for method in found]


def _box() -> MultiFernet:
    """Fernet under a key derived from the signing secret and its fallbacks."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(f"counterpoint.people.mfa\x1f{secret!s}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class MFAAdapter(DefaultMFAAdapter):
    """Second factors 双因素: TOTP secrets and recovery seeds are kept encrypted."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("The code is wrong or was used already."),
        "cannot_delete_authenticator": gettext_lazy(
            "Your duties need a second factor: set up another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise ValidationError(
                _("The second factor cannot be read any more; ask an administrator.")
            ) from error

    def get_totp_issuer(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": str(settings.MFA_TOTP_ISSUER)}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        return _("Passkey")

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        from allauth.mfa.models import Authenticator

        from counterpoint.people.services.presence import must_carry_second_factor

        others = Authenticator.objects.filter(
            user_id=authenticator.user_id, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exclude(pk=authenticator.pk)
        return others.exists() or not must_carry_second_factor(person=authenticator.user_id)
