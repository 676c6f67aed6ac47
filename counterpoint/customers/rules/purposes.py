"""Purposes 查询用途: a code, never free text, so that no personal data slips into an event."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from counterpoint.customers.data import PurposeMissing
from counterpoint.kit.data import Why

_CODE = re.compile(r"[a-z0-9][a-z0-9_.:\-]{1,63}")


def check_purpose(purpose: str) -> str:
    """The purpose, or ``PurposeMissing``: a short code such as ``counter`` or ``teller.1102``."""
    code = str(purpose).strip()
    if not _CODE.fullmatch(code):
        raise PurposeMissing(
            _("Say what the look-up is for."),
            why=Why(rule=_("Personal data is looked at for a purpose"), remedy=_("Choose a purpose.")),
        )
    return code
