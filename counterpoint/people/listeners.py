"""What the packages for sign-in say, told on as verbs."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from counterpoint.people import lockout
from counterpoint.people.models import LoginSession, Staff
from counterpoint.people.services import presence

#: Verbs with which sessions or rights of a person end. The live streams end with them, because a ticket
#: names the channels that were allowed when it was made; a browser that is still signed in comes back
#: with a new one.
ENDING_STREAMS = (
    "people.session.closed", "people.session.ended", "people.staff.suspended",
    "people.password.reset", "people.password.changed", "people.second_factor.reset",
    "people.role.revoked", "people.restriction.imposed", "people.qualification.withdrawn",
    "people.delegation.ended",
)  # fmt: skip


def _signed_in(*, request: HttpRequest, user: Any, **_: Any) -> None:
    if not isinstance(user, Staff):
        return
    proved = any(r.get("method") == "mfa" for r in get_authentication_records(request, user))
    request.session[presence.SECOND_FACTOR] = proved
    agent = request.META.get("HTTP_USER_AGENT", "")[:200]
    request.session.save()
    LoginSession.objects.filter(pk=request.session.session_key).update(
        address=lockout.address_of(request)[:45], agent=agent
    )
    presence.note_sign_in(
        row=user, address=lockout.address_of(request), second_factor=proved, by=presence.actor_of(user)
    )


def _signed_out(*, user: Any, **_: Any) -> None:
    if isinstance(user, Staff):
        presence.note_sign_out(row=user, by=presence.actor_of(user))


def _code_failed(*, request: HttpRequest, user: Any, **_: Any) -> None:
    """A wrong code counts like a wrong password: six digits alone would be guessed."""
    user_login_failed.send(__name__, credentials={"username": user.get_username()}, request=request)


def _factor_added(*, request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        request.session[presence.SECOND_FACTOR] = True
    presence.note_second_factor(row=user, kind=authenticator.type, change="added", by=presence.actor_of(user))


def _factor_removed(*, user: Any, authenticator: Authenticator, **_: Any) -> None:
    presence.note_second_factor(
        row=user, kind=authenticator.type, change="removed", by=presence.actor_of(user)
    )


def _codes_made(*, user: Any, authenticator: Authenticator, **_: Any) -> None:
    presence.note_second_factor(
        row=user, kind=authenticator.type, change="renewed", by=presence.actor_of(user)
    )


def listen() -> None:
    pairs = (
        (user_logged_in, _signed_in),
        (user_logged_out, _signed_out),
        (mfa.authentication_failed, _code_failed),
        (mfa.authenticator_added, _factor_added),
        (mfa.authenticator_removed, _factor_removed),
        (mfa.authenticator_reset, _codes_made),
    )
    for signal, receiver in pairs:
        signal.connect(receiver, dispatch_uid=f"people.{receiver.__name__}")
