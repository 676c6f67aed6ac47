"""Step-up 升级验证: who is signed in proves once more to be here, for one act."""

from __future__ import annotations

import json
import struct

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from axes.handlers.proxy import AxesProxyHandler
from cryptography.exceptions import InvalidSignature
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.kit.clock import now
from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import lockout
from counterpoint.people.data import LockedOut, SecondPersonRefused, SignInNeeded, StepUp, StepUpRefused
from counterpoint.people.models import Staff
from counterpoint.people.services.presence import actor_from, must_carry_second_factor
from counterpoint.people.services.second import check_code, check_password

TOTP, PASSKEY, PASSWORD = "totp", "passkey", "password"
_KINDS = {Authenticator.Type.TOTP: TOTP, Authenticator.Type.WEBAUTHN: PASSKEY}
_WRONG = {
    TOTP: gettext_lazy("The code is wrong or was used already."),
    PASSKEY: gettext_lazy("The passkey was not accepted."),
    PASSWORD: gettext_lazy("The password is wrong."),
}

#: What the WebAuthn library raises on rubbish, beside its own ``ValueError``.
RUBBISH = (
    LookupError, AttributeError, TypeError, ValueError, EOFError, RecursionError, struct.error,
    InvalidSignature,
)  # fmt: skip


def step_up_methods(person: int) -> tuple[str, ...]:
    """With what this person steps up: the second factors carried, and without any the password.

    Nothing where the duties need a second factor and there is none yet.
    """
    held = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    carried = tuple(name for kind, name in _KINDS.items() if kind in held)
    return carried if carried or must_carry_second_factor(person=person) else (PASSWORD,)


def step_up(*, request: HttpRequest, code: str = "", password: str = "", credential: str = "") -> StepUp:
    """Prove once more who is signed in; failures count as those of a sign-in do.

    ``credential`` is a passkey's answer, as JSON, to the options of ``people:step_up_passkey``. Must not
    be called inside a transaction: a rollback would forget the failures and open the door to guessing.
    """
    if not isinstance(request.user, Staff):
        raise SignInNeeded(_("Sign in first."))
    with transaction.atomic(durable=True):
        row = Staff.objects.get(pk=request.user.pk)
        methods = step_up_methods(row.pk)
    given = {TOTP: code.strip(), PASSKEY: credential, PASSWORD: password}
    method = next((one for one in methods if given[one]), None)
    if method is None:
        raise _nothing(methods)
    bare = lockout.plain_request(request)
    if not AxesProxyHandler.is_allowed(bare, {"username": row.username}):
        raise LockedOut(lockout.message())
    if not _proved(method, row, given[method], request, bare):
        if getattr(bare, "axes_locked_out", False):
            raise LockedOut(lockout.message())
        raise StepUpRefused(_WRONG[method])
    AxesProxyHandler.reset_attempts(username=row.username)
    note_step_up(row=row, method=method, by=actor_from(request))
    return StepUp(method, now())


def _nothing(methods: tuple[str, ...]) -> StepUpRefused:
    if methods:
        return StepUpRefused(_("This step needs a fresh proof that it is you."))
    return StepUpRefused(
        _("Your duties need a second factor, and you carry none yet."),
        why=Why(remedy=_("Set one up on the page of your account.")),
    )


def _proved(method: str, row: Staff, given: str, request: HttpRequest, bare: HttpRequest) -> bool:
    if method == PASSWORD:
        try:
            check_password(username=row.username, password=given, bare=bare)
        except SecondPersonRefused:
            return False
        return True
    if method == TOTP:
        right = check_code(row, given, bare, kinds=(Authenticator.Type.TOTP,))
    else:
        right = _is_passkey_of(row, given, request)
    if not right:
        user_login_failed.send(__name__, credentials={"username": row.username}, request=bare)
    return right


def _is_passkey_of(row: Staff, credential: str, request: HttpRequest) -> bool:
    """Does the credential answer the challenge that this session was given? It can only once."""
    try:
        with context.request_context(request):
            answer = json.loads(credential)
            webauthn.parse_authentication_response(answer)
            webauthn.complete_authentication(row, answer).record_usage()
    except (ValidationError, *RUBBISH):
        return False
    return True


@verb("people.step_up.passed")
def note_step_up(*, row: Staff, method: str, by: Actor) -> None:
    """Say that a person signed in proved once more to be here."""
    tell(Told(subject=f"person:{row.pk}", branch=by.branch or row.branch_id, data={"method": method}))
