"""Reminders of appointments 预约提醒: a letter with the calendar file, to customers who asked for it."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, Refusal, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import AppointmentState
from counterpoint.lobby.invitation import invitation
from counterpoint.lobby.models import Appointment
from counterpoint.lobby.services import book
from counterpoint.mail import services as mail
from counterpoint.org import services as org

log = logging.getLogger(__name__)

#: So many are written at once; what is left over is due the next time too.
PORTION = 100
TEMPLATE = "lobby.reminder"


def bring() -> None:
    """Bring the letter. A customer chooses nothing about it, so it is of the post's own kind."""
    mail.add_template(TEMPLATE, kind="mail")


def remind_due(*, by: Actor = SYSTEM) -> int:
    """Write the reminders that are due now, the soonest appointment first; how many."""
    now = clock.now()
    until = now + timedelta(hours=int(book.value("remind_hours")))
    done = 0
    for id in list(queries.to_remind(now, until).values_list("pk", flat=True)[:PORTION]):
        try:
            done += _once(id, by)
        except Refusal:
            log.exception("Appointment %s could not be reminded of; it is tried again.", id)
    return done


@transaction.atomic
def _once(id: int, by: Actor) -> int:
    # Another process may have taken it, or the customer has cancelled it meanwhile.
    held = Appointment.objects.select_for_update(no_key=True, skip_locked=True)
    row = held.filter(pk=id, state=AppointmentState.BOOKED, reminded_at=None).first()
    if row is not None:
        _remind(row=row, by=by)
    return int(row is not None)


@verb("lobby.appointment.reminded")
def _remind(*, row: Appointment, by: Actor) -> None:
    """Remind a customer of an appointment 预约提醒; only of this one, to the address given for it."""
    place = org.branch(row.branch_id)
    service = book.service_at(row.service, row.branch_id)
    view = queries.appointments(Q(pk=row.pk))[0]
    data = {
        "code": row.code, "branch": place.name, "service": service.name,
        "start": f"{row.start.astimezone(clock.CHINA):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    mail.post_to_address(
        address=row.remind_to, consent=True, template=TEMPLATE, key=about(row.pk), about=about(row.pk),
        calendar=invitation(view, service, place).decode(), data=data, by=by,
    )  # fmt: skip
    Appointment.objects.filter(pk=row.pk).update(reminded_at=clock.now())
    tell(Told(subject=f"appointment:{row.pk}", branch=row.branch_id))


def about(appointment: int) -> str:
    """What a reminder is about, and what makes it the same one each time."""
    return f"lobby.reminder:{appointment}"
