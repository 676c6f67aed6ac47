"""Verbs about people themselves: add, suspend, resume, passwords."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.kit.data import Actor, ActorKind, AlreadyDone, Malformed, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import queries
from counterpoint.people.data import Duty, Issued, NumberTaken, OwnRights, PersonView, WeakPassword
from counterpoint.people.models import LoginSession, Staff, Suspension
from counterpoint.people.services.permission import check_actor, person

#: Letters and digits that nobody mistakes for another when reading a slip of paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def locked_staff(person: int) -> Staff:
    """The person's row, locked: whoever changes rights of one person waits in line."""
    queries.staff(person)
    return Staff.objects.select_for_update().get(pk=person)


def heard_by(person: int) -> tuple[str, ...]:
    """The channels on which a change of rights is heard: the person's, and those of who acts for them."""
    return tuple(f"person:{one}" for one in (person, *queries.acting_for(person)))


def check_not_self(person: int, by: Actor) -> None:
    """Nobody changes their own rights, whatever duties they have."""
    if by.kind is ActorKind.PERSON and by.id == person:
        raise OwnRights(_("Nobody changes their own rights. Somebody else has to do it."))


def _one_time_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _n in range(4)) for _g in range(4))


def _pinyin(name: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name)) + " " + "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


@verb("people.staff.added")
def add_staff(
    *, number: str, name_zh: str, name_en: str = "", branch: int, by: Actor, pinyin: str = ""
) -> Issued:
    """Add a member of staff with a one-time password, to be changed at the first sign-in."""
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=branch)
    password = _one_time_password()
    row = Staff(
        username=number,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        pinyin=pinyin or _pinyin(name_zh.strip()),
        branch_id=branch,
        password=make_password(password),
        must_change_password=True,
    )
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Malformed(" ".join(error.messages)) from error
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NumberTaken(_("Another member of staff has this number.")) from error
    tell(Told(subject=f"person:{row.pk}", branch=branch, data={"number": number}))
    return Issued(person(row.pk), password)


@verb("people.staff.suspended")
def suspend_staff(*, person: int, reason: str, by: Actor) -> None:
    """Suspend a person 停用: no sign-in, no duty, and every open session ends at once."""
    row = locked_staff(person)
    check_not_self(person, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    if not row.is_active:
        raise AlreadyDone(_("This person is suspended already."))
    Suspension.objects.create(person=row, reason=checked_reason(reason), suspended_by=by.key)
    row.is_active = False
    row.save(update_fields=["is_active"])
    ended = LoginSession.objects.filter(person=row).delete()[0]
    tell(
        Told(
            subject=f"person:{person}",
            branch=row.branch_id,
            data={"reason": reason, "sessions_ended": ended},
            channels=heard_by(person),
        )
    )


@verb("people.staff.resumed")
def resume_staff(*, person: int, by: Actor) -> None:
    """End a suspension; sessions are not brought back."""
    row = locked_staff(person)
    check_not_self(person, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    if row.is_active:
        raise AlreadyDone(_("This person is not suspended."))
    Suspension.objects.filter(person=row, resumed_at=None).update(resumed_by=by.key, resumed_at=now())
    row.is_active = True
    row.save(update_fields=["is_active"])
    tell(Told(subject=f"person:{person}", branch=row.branch_id, channels=heard_by(person)))


@verb("people.password.reset")
def reset_password(*, person: int, by: Actor) -> Issued:
    """Give a one-time password; open sessions end. The second factor stays as it is."""
    row = locked_staff(person)
    check_not_self(person, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    password = _one_time_password()
    row.set_password(password)
    row.must_change_password = True
    row.save(update_fields=["password", "must_change_password"])
    LoginSession.objects.filter(person=row).delete()
    tell(Told(subject=f"person:{person}", branch=row.branch_id, channels=(f"person:{person}",)))
    return Issued(_view(row), password)


@verb("people.password.changed")
def change_password(*, person: int, password: str, by: Actor) -> None:
    """Set one's own password; the caller has checked the old one. Other sessions end by themselves."""
    row = locked_staff(person)
    if by.kind is ActorKind.PERSON and by.id != person:
        raise OwnRights(_("Only the person may choose the password."))
    try:
        validate_password(password, row)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error
    if row.check_password(password):
        raise WeakPassword(_("The new password has to differ from the old one."))
    row.set_password(password)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    tell(Told(subject=f"person:{person}", branch=row.branch_id, channels=(f"person:{person}",)))


@verb("people.second_factor.reset")
def reset_second_factor(*, person: int, reason: str, by: Actor) -> None:
    """Remove all second factors of a person who has lost them; open sessions end."""
    from allauth.mfa.models import Authenticator

    row = locked_staff(person)
    check_not_self(person, by)
    check_actor(by=by, duty=Duty.PEOPLE_ADMIN, branch=row.branch_id)
    removed = Authenticator.objects.filter(user=row).delete()[0]
    if not removed:
        raise AlreadyDone(_("This person has no second factor."))
    LoginSession.objects.filter(person=row).delete()
    tell(
        Told(
            subject=f"person:{person}",
            branch=row.branch_id,
            data={"reason": checked_reason(reason)},
            channels=(f"person:{person}",),
        )
    )


def _view(row: Staff) -> PersonView:
    return queries.views_of([row], queries.day_of(now()))[0]


def checked_reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > 200:
        raise Malformed(_("A reason of at most 200 characters is needed."))
    return text
