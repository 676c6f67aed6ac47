"""Sessions: who is here, where, locked or not; and what a session has proved about its person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from counterpoint.kit.clock import now
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, NotFound, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.people import queries, rules
from counterpoint.people.data import GUARDED_DUTIES, SignInNeeded
from counterpoint.people.models import LoginSession, Staff

SECOND_FACTOR = "people.second_factor"


def actor_of(user: object) -> Actor:
    """The actor that a signed-in user is, at the home branch and at no desk."""
    if not isinstance(user, Staff):
        raise SignInNeeded(_("Sign in first."))
    return Actor(kind=ActorKind.PERSON, id=user.pk, name=user.name, branch=user.branch_id)


def actor_from(request: HttpRequest) -> Actor:
    """The actor of a request: with the branch and the desk that its session works at.

    ``session["desk"]`` and ``session["branch"]`` are written by the room that lets people choose a
    desk; without them a person is at the home branch. A machine's token says where the machine works.
    """
    machine = getattr(request, "machine", None)
    if isinstance(machine, Actor):
        return machine
    if not request.user.is_authenticated:
        raise SignInNeeded(_("Sign in first."))
    who = actor_of(request.user)
    branch = request.session.get("branch")
    return Actor(
        kind=who.kind,
        id=who.id,
        name=who.name,
        branch=who.branch if branch is None else int(branch),
        desk=request.session.get("desk"),
    )


def must_carry_second_factor(*, person: int) -> bool:
    """Has the person a duty with money or authority? Nobody has to in the demo."""
    return not settings.DEMO and rules.needs_second_factor(queries.duties_of(person), GUARDED_DUTIES)


def _told(row: Staff, **data: object) -> Told:
    return Told(subject=f"person:{row.pk}", branch=row.branch_id, data=data, channels=(f"person:{row.pk}",))


@verb("people.session.opened")
def note_sign_in(*, row: Staff, address: str, second_factor: bool, by: Actor) -> None:
    """Say that a person signed in."""
    tell(_told(row, address=address, second_factor=second_factor))


@verb("people.session.closed")
def note_sign_out(*, row: Staff, by: Actor) -> None:
    """Say that a person signed out."""
    tell(_told(row))


def note_refused_sign_in(*, row: Staff, address: str, locked: bool) -> None:
    note_refusal(row=row, address=address, locked=locked, by=SYSTEM)


@verb("people.sign_in.refused")
def note_refusal(*, row: Staff, address: str, locked: bool, by: Actor) -> None:
    """Say that a sign-in failed, and whether it locked the person out."""
    tell(_told(row, address=address, locked=locked))


@verb("people.second_factor.changed")
def note_second_factor(*, row: Staff, kind: str, change: str, by: Actor) -> None:
    """Say that a second factor was added or removed."""
    tell(_told(row, kind=kind, change=change))


@verb("people.session.locked")
def lock_session(*, row: LoginSession, reason: str, by: Actor) -> None:
    """Lock a session's screen 锁屏; nothing of it is lost."""
    LoginSession.objects.filter(pk=row.pk, locked_at=None).update(locked_at=now(), unlock_failures=0)
    person = queries.staff(row.person_id or 0)
    tell(Told(subject=f"person:{person.pk}", branch=person.branch_id, data={"reason": reason}))


@verb("people.session.unlocked")
def unlock_session(*, row: LoginSession, method: str, by: Actor) -> None:
    """Unlock a session's screen; the caller has checked the person."""
    LoginSession.objects.filter(pk=row.pk).update(locked_at=None, unlock_failures=0, seen_at=now())
    person = queries.staff(row.person_id or 0)
    tell(Told(subject=f"person:{person.pk}", branch=person.branch_id, data={"method": method}))


@verb("people.session.ended")
def end_session(*, session: str, person: int, reason: str, by: Actor) -> None:
    """End one open session of a person, by its public id."""
    row = queries.staff(person)
    if not LoginSession.objects.filter(public=session, person=row).delete()[0]:
        raise NotFound(_("This session has ended already."))
    tell(_told(row, reason=reason))


def here(persons: Iterable[int]) -> set[int]:
    """Who of these people is here 在岗: has an open session that is not locked and was used lately."""
    moment = now()
    rows = LoginSession.objects.filter(
        person__in=set(persons), locked_at=None, expire_date__gt=moment,
        seen_at__gt=moment - idle_limit(), opened_at__gt=moment - age_limit(),
    )  # fmt: skip
    return {person for person in rows.values_list("person", flat=True) if person is not None}


def count_failed_unlock(row: LoginSession) -> int:
    """One more failed unlocking of this screen; how many there are now."""
    LoginSession.objects.filter(pk=row.pk).update(unlock_failures=F("unlock_failures") + 1)
    return LoginSession.objects.values_list("unlock_failures", flat=True).get(pk=row.pk)


def touch(row: LoginSession) -> None:
    """Activity: the idle clock starts anew. Never un-idles a session that is locked."""
    LoginSession.objects.filter(pk=row.pk, locked_at=None).update(seen_at=now())


def idle_limit() -> timedelta:
    return timedelta(seconds=settings.IDLE_LOCK_SECONDS)


def age_limit() -> timedelta:
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)
