"""Contacts 联系方式: one rule a kind."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from counterpoint.customers.data import ContactInvalid, ContactKind
from counterpoint.customers.rules.text import readable
from counterpoint.kit.data import Why


def check_contact(kind: ContactKind, value: str) -> str:
    """The value as stored, or ``ContactInvalid``."""
    text = readable(value, limit=200)
    if not text:
        raise _wrong(_("Nothing is written there."))
    if kind is ContactKind.PHONE:
        return _phone(text)
    if kind is ContactKind.EMAIL:
        return _email(text)
    if len(text) < 6:
        raise _wrong(_("The address is too short to find anybody."))
    return text


def _wrong(message: str) -> ContactInvalid:
    return ContactInvalid(
        message, why=Why(rule=_("Contacts"), remedy=_("Ask the customer and type it again."))
    )


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        raise _wrong(_("This is no telephone number.")) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise _wrong(_("No such telephone number can exist."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise _wrong(_("This is no e-mail address.")) from None
    return text.lower()
