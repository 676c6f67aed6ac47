"""The clocks of requests 时钟: expiry, escalation, and the fall-back to the maker's desk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from counterpoint.approvals import models
from counterpoint.approvals.data import MarkKind, RequestEnded, RequestState
from counterpoint.approvals.services import locks
from counterpoint.approvals.services.asking import end, told
from counterpoint.approvals.services.desk import end_duty
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, AlreadyDone, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.kit.watch import repeat
from counterpoint.people import services as people
from counterpoint.people.data import WHOLE_BANK, Duty

#: How often the clocks are looked at; a fall-back is never later than this.
EVERY_SECONDS = 1.0
PORTION = 200


def watch(stop: threading.Event, *, every: float = EVERY_SECONDS) -> None:
    """Look at the clocks until ``stop`` is set."""
    repeat(_look, stop=stop, every=every)


def _look() -> None:
    tick(by=SYSTEM)


def tick(*, by: Actor) -> int:
    """Do what is due now: expire, fall back, escalate, and free what absent people hold."""
    now = clock.now()
    waiting = models.Request.objects.filter(end=None).order_by("pk")
    late = waiting.filter(expires__lte=now)
    done = _each(late, lambda id: expire(request=id, by=by))
    running = waiting.filter(expires__gt=now)
    for kind, due in (
        (MarkKind.ESCALATED, running.filter(escalate_at__lte=now)),
        (MarkKind.FELL_BACK, running.filter(fallback_at__lte=now)),
    ):
        unmarked = due.exclude(marks__kind=kind)
        done += _each(unmarked, _marker(kind, by))
    return done + _free_the_absents(by)


def _marker(kind: MarkKind, by: Actor) -> Callable[[int], None]:
    act = escalate if kind is MarkKind.ESCALATED else fall_back
    return lambda id: act(request=id, by=by)


def _each(rows: QuerySet[models.Request], act: Callable[[int], None]) -> int:
    done = 0
    for id in list(rows.values_list("pk", flat=True)[:PORTION]):
        try:
            act(id)
            done += 1
        except (RequestEnded, AlreadyDone):
            continue  # Somebody decided it in this very moment, or another process did it.
    return done


@verb("approvals.request.expired")
def expire(*, request: int, by: Actor) -> None:
    """Let a request lapse that nobody decided in time 超时失效."""
    locks.lock(locks.REQUESTS, request)
    row = models.Request.objects.get(pk=request)
    if models.RequestEnd.objects.filter(request=row).exists() or row.expires > clock.now():
        raise RequestEnded(_("This request has ended."))
    message = told(row)
    end(row, RequestState.EXPIRED, person=None, reason="expired")
    tell(message)


@verb("approvals.request.escalated")
def escalate(*, request: int, by: Actor) -> None:
    """Tell those who lead the branch that a request waits too long 升级."""
    row = locks.locked_request(request)
    _mark(row, MarkKind.ESCALATED)
    leaders = [one.id for one in people.people_with(duty=Duty.BOARD, branch=row.branch_id)][:20]
    message = told(row, told=leaders)
    tell(replace(message, channels=(*message.channels, *(f"person:{one}" for one in leaders))))


@verb("approvals.request.fell_back")
def fall_back(*, request: int, by: Actor) -> None:
    """Open a request to an approval at the maker's desk, as nobody decided in time 转现场授权."""
    row = locks.locked_request(request)
    _mark(row, MarkKind.FELL_BACK)
    tell(told(row))


def _mark(row: models.Request, kind: MarkKind) -> None:
    try:
        with transaction.atomic():
            models.RequestMark.objects.create(request=row, kind=kind)
    except IntegrityError as error:
        raise AlreadyDone(_("The clock has done this already.")) from error


def _free_the_absents(by: Actor) -> int:
    """Who is at the desk no more without having said so: signed out, locked, gone."""
    rows = list(models.OnDuty.objects.filter(ended=None).select_related("person")[:PORTION])
    gone = {row.person_id for row in rows} - people.here([row.person_id for row in rows])
    done = 0
    for row in rows:
        if row.person_id in gone:
            try:
                note_absent(person=row.person_id, branch=row.branch_id or WHOLE_BANK, by=by)
                done += 1
            except AlreadyDone:
                continue
    return done


@verb("approvals.desk.absent")
def note_absent(*, person: int, branch: int, by: Actor) -> None:
    """Say that an approver has gone without leaving the desk; what was taken up goes back."""
    back = end_duty(person)
    tell(
        Told(
            subject=f"person:{person}", branch=branch, data={"released": back},
            channels=(f"person:{person}", f"approvals:{branch}", "approvals:remote"),
        )
    )  # fmt: skip
