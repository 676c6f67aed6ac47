"""Who may see the face's own pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from counterpoint.kit.data import NotAllowed
from counterpoint.ui import services


def somebody_or_demo(request: HttpRequest) -> None:
    """Anybody signed in; in demo mode everybody."""
    if services.me(request) is None and not settings.DEMO:
        raise NotAllowed(_("Sign in first."))
