"""The second person at the same desk 双人复核: proved by password and code, without a session."""

from __future__ import annotations

from collections.abc import Sequence

from allauth.core import context
from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, ActorKind, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import lockout
from counterpoint.people.data import Duty, LockedOut, SamePerson, SecondPersonRefused
from counterpoint.people.models import Staff
from counterpoint.people.services.permission import check_may
from counterpoint.people.services.presence import must_carry_second_factor

#: What can be typed; a passkey cannot.
CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def verify_second_person(
    *,
    username: str,
    password: str,
    code: str | None,
    branch: int,
    duty: Duty,
    not_person: int,
    request: HttpRequest | None = None,
) -> Actor:
    """Prove the second person and the duty; failures count as those of a sign-in do.

    ``not_person`` is the maker, who is refused whatever rights the maker has. Must not be called
    inside a transaction: a rollback would forget the failures and open the door to guessing.
    """
    with transaction.atomic(durable=True):
        known = Staff.objects.filter(username=username.strip()).first()
    bare = lockout.plain_request(request)
    row = check_password(username=username.strip(), password=password, bare=bare)
    _check_code(row, code, bare)
    AxesProxyHandler.reset_attempts(username=row.username)
    if row.pk == not_person or (known is not None and known.pk == not_person):
        raise SamePerson(_("The second person has to be somebody else than the maker."))
    check_may(person=row.pk, duty=duty, branch=branch)
    desk = request.session.get("desk") if request is not None and hasattr(request, "session") else None
    who = Actor(kind=ActorKind.PERSON, id=row.pk, name=row.name, branch=branch, desk=desk)
    note_second_person(row=row, duty=duty, maker=not_person, branch=branch, by=who)
    return who


def check_password(*, username: str, password: str, bare: HttpRequest) -> Staff:
    """The active person with this number and password; counts the failure otherwise."""
    credentials = {"username": username}
    if not AxesProxyHandler.is_allowed(bare, credentials):
        raise LockedOut(lockout.message())
    row = authenticate(bare, username=username, password=password)
    if not isinstance(row, Staff):
        _refuse(bare, _("The staff number, the password or the code is wrong."))
        raise AssertionError
    return row


def _refuse(bare: HttpRequest, text: str) -> None:
    if getattr(bare, "axes_locked_out", False):
        raise LockedOut(lockout.message())
    raise SecondPersonRefused(text)


def _check_code(row: Staff, code: str | None, bare: HttpRequest) -> None:
    """A person who has a code must give it; one whose duties need a second factor must have one."""
    if not Authenticator.objects.filter(user=row, type__in=CODES).exists():
        if must_carry_second_factor(person=row.pk):
            raise SecondPersonRefused(_("This person has no code generator set up yet."))
        return
    if code and check_code(row, code, bare):
        return
    user_login_failed.send(__name__, credentials={"username": row.username}, request=bare)
    _refuse(bare, _("The staff number, the password or the code is wrong."))


def check_code(row: Staff, code: str, bare: HttpRequest, *, kinds: Sequence[str] = CODES) -> bool:
    """Is it a valid, unused code of this person: from the generator, or a recovery code?"""
    with context.request_context(bare):
        for factor in Authenticator.objects.filter(user=row, type__in=kinds):
            try:
                if factor.wrap().validate_code(code.strip()):
                    factor.record_usage()
                    return True
            except ValidationError:
                continue
    return False


@verb("people.second_person.verified")
def note_second_person(*, row: Staff, duty: Duty, maker: int, branch: int, by: Actor) -> None:
    """Say that a second person proved to be here."""
    tell(Told(subject=f"person:{row.pk}", branch=branch, data={"duty": str(duty), "maker": maker}))


@verb("people.lock_out.lifted")
def lift_lock_out(*, person: int, by: Actor) -> None:
    """Let a person who is locked out try again at once."""
    from counterpoint.people.services.staff import check_not_self, locked_staff

    from .permission import check_actor

    row = locked_staff(person)
    check_not_self(person, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    cleared = AxesProxyHandler.reset_attempts(username=row.username)
    tell(Told(subject=f"person:{person}", branch=row.branch_id, data={"attempts": cleared}))
