"""Whoever signs in is made a recipient of what came before they belonged to its audience."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in

from counterpoint.notices.services.reading import join


def _signed_in(*, user: Any, **_: Any) -> None:
    join(person=user.pk)


def listen() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="notices.signed_in")
