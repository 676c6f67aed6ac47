"""Whoever signs in hears the channel of the branch where they work."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in

from counterpoint.talk.services.opening import settle


def _signed_in(*, user: Any, **_: Any) -> None:
    settle(person=user.pk, branch=user.branch_id)


def listen() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="talk.signed_in")
