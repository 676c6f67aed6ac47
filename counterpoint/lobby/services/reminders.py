"""Reminders of appointments 预约提醒: which are due, for whoever sends letters. Nothing is sent here."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from counterpoint.lobby import queries
from counterpoint.lobby.data import DueReminder
from counterpoint.lobby.invitation import invitation
from counterpoint.lobby.services import book
from counterpoint.org import services as org

#: So many are handed out at once; what is left over is due the next time too.
PORTION = 100


def due_reminders(at: datetime, *, sent: frozenset[str] = frozenset()) -> list[DueReminder]:
    """The reminders that are due at a time, the soonest appointment first; ``sent`` are keys to leave out.

    Only of appointments that stand, to customers who gave an address for it. Handed out again until the
    appointment begins: its key says that it is the same one.
    """
    until = at + timedelta(hours=int(book.value("remind_hours")))
    found = [one for one in queries.to_remind(at, until) if key_of(one[0]) not in sent][:PORTION]
    addresses = dict(found)
    places = {one.id: one for one in org.branches()}
    made = []
    for one in queries.appointments(Q(pk__in=addresses)):
        service, place = book.service_at(one.service, one.branch), places[one.branch]
        made.append(
            DueReminder(
                appointment=one, branch=place.name, service=service.name, address=addresses[one.id],
                consent=True, calendar=invitation(one, service, place), key=key_of(one.id),
            )
        )  # fmt: skip
    return made


def key_of(appointment: int) -> str:
    """What makes a reminder the same one each time it is asked for."""
    return f"lobby.reminder:{appointment}"
