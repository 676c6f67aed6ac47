"""Machines 接口用户: staff rows that cannot sign in, and the tokens with which they act."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.kit.data import Actor, ActorKind, AlreadyDone, NotAllowed, NotFound, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import queries
from counterpoint.people.data import Duty, NumberTaken, PersonView
from counterpoint.people.models import MachineToken, Staff
from counterpoint.people.services.permission import check_actor, person

#: No token lives for longer; a machine's owner renews it.
LIFE_MAX = timedelta(days=366)
_PREFIX = "cp_"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; ``secret`` is shown once and kept nowhere."""

    id: int
    secret: str


@verb("people.machine.added")
def add_machine(*, number: str, name: str, branch: int, by: Actor) -> PersonView:
    """Add a machine: it gets roles as people do, has no password and cannot sign in."""
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)
    row = Staff(
        username=number, name_zh=name, name_en=name, pinyin="", branch_id=branch, password=make_password(None)
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NumberTaken(_("Another member of staff has this number.")) from error
    tell(Told(subject=f"person:{row.pk}", branch=branch, data={"number": number}))
    return person(row.pk)


@verb("people.token.issued")
def issue_token(
    *, machine: int, name: str, branch: int, days: int, by: Actor, desk: int | None = None
) -> IssuedToken:
    """Issue a token to a machine. Only a machine gets one: a person has to sign in."""
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)
    row = queries.staff(machine)
    if row.has_usable_password():
        raise NotAllowed(_("Tokens are for machines. A person signs in."))
    secret = _PREFIX + secrets.token_urlsafe(32)
    life = min(timedelta(days=max(days, 1)), LIFE_MAX)
    token = MachineToken.objects.create(
        machine=row, name=name, digest=_digest(secret), branch_id=branch, desk_id=desk,
        expires_at=now() + life, issued_by=by.key,
    )  # fmt: skip
    tell(Told(subject=f"person:{machine}", branch=branch, data={"token": token.pk, "name": name}))
    return IssuedToken(token.pk, secret)


@verb("people.token.revoked")
def revoke_token(*, token: int, by: Actor) -> None:
    """Revoke a token; it is refused from the next request on."""
    row = MachineToken.objects.select_for_update().filter(pk=token).first()
    if row is None:
        raise NotFound(_("There is no such token."))
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    if row.revoked_at is not None:
        raise AlreadyDone(_("The token is revoked already."))
    MachineToken.objects.filter(pk=token).update(revoked_by=by.key, revoked_at=now())
    tell(Told(subject=f"person:{row.machine_id}", branch=row.branch_id, data={"token": token}))


def actor_of_token(request: HttpRequest, secret: str) -> Actor | None:
    """The machine that a bearer token stands for, kept on the request; nobody for one that is not valid."""
    row = (
        MachineToken.objects.select_related("machine")
        .filter(digest=_digest(secret), revoked_at=None, expires_at__gt=now(), machine__is_active=True)
        .first()
    )
    if row is None:
        return None
    actor = Actor(
        kind=ActorKind.MACHINE, id=row.machine_id, name=row.machine.name, branch=row.branch_id,
        desk=row.desk_id,
    )  # fmt: skip
    request.machine = actor  # type: ignore[attr-defined]
    return actor


def _digest(secret: str) -> str:
    # A random secret of 256 bits needs no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()
