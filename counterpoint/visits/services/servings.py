"""Who serves a visit 服务时段: one at a time, for the visit and for the person."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Why
from counterpoint.visits import queries
from counterpoint.visits.data import AlreadyServing, NotServing, ServingEnd, VisitBusy
from counterpoint.visits.models import Parking, Serving, Visit


def open_of(row: Visit) -> Serving | None:
    return Serving.objects.filter(visit=row, ended=None).select_related("person").first()


def check_idle(by: Actor) -> None:
    """Raise if the person serves a visit already."""
    mine = queries.open_serving(by.id)
    if mine is not None:
        raise _already(mine)


def _already(visit: int | None) -> AlreadyServing:
    return AlreadyServing(
        _("You are serving another customer."),
        why=Why(remedy=str(_("Finish that visit, park it, or hand it on."))), visit=visit,
    )  # fmt: skip


def begin(row: Visit, by: Actor, desk: int | None) -> None:
    """``by`` serves the locked visit from now on; whatever it was parked for is over."""
    check_idle(by)
    try:
        with transaction.atomic():
            Serving.objects.create(visit=row, person_id=by.id, desk_id=desk, at=clock.now())
    except IntegrityError as error:
        # The person has begun another visit in this very moment, on another screen.
        raise _already(None) from error
    Parking.objects.filter(visit=row, ended=None).update(ended=Now())


def check_free(row: Visit) -> None:
    """Raise, with the name, if somebody serves the locked visit."""
    now = open_of(row)
    if now is not None:
        raise VisitBusy(
            _("A colleague serves this customer."),
            why=Why(since=f"{timezone.localtime(now.at):%H:%M}", helper=now.person.name),
            person=now.person_id,
        )


def stop(row: Visit, by: Actor, why: ServingEnd) -> Serving:
    """End the serving of the locked visit, which must be ``by``'s; returns it as it was."""
    now = open_of(row)
    if now is None or now.person_id != by.id:
        raise NotServing(
            _("Only who serves the visit may do this."),
            why=Why(helper=now.person.name if now else ""), visit=row.pk,
        )  # fmt: skip
    Serving.objects.filter(pk=now.pk).update(ended=clock.now(), why=why)
    return now
