"""An appointment as a calendar file 日历邀请 (RFC 5545). No name and no business of the customer is in it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from counterpoint.lobby.data import AppointmentState, AppointmentView, Service
from counterpoint.org.data import BranchView

#: When the calendar reminds the customer.
REMIND = timedelta(hours=-2)


def invitation(appointment: AppointmentView, service: Service, branch: BranchView) -> bytes:
    """The calendar file of an appointment; of a cancelled one it cancels the entry."""
    calendar = Calendar()
    calendar.add("prodid", "-//Counterpoint//lobby//EN")
    calendar.add("version", "2.0")
    over = appointment.state is AppointmentState.CANCELLED
    calendar.add("method", "CANCEL" if over else "PUBLISH")
    event = Event()
    event.add("uid", f"{appointment.code}@counterpoint")
    event.add("dtstamp", appointment.made)
    event.add("dtstart", appointment.start)
    event.add("dtend", appointment.start + timedelta(minutes=max(service.minutes, 15)))
    event.add("summary", _("At the bank: %(branch)s") % {"branch": branch.name})
    event.add("location", branch.name)
    event.add("description", _("Code of the appointment: %(code)s") % {"code": appointment.code})
    event.add("sequence", 1 if over else 0)
    event.add("status", "CANCELLED" if over else "CONFIRMED")
    if not over:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _("At the bank: %(branch)s") % {"branch": branch.name})
        alarm.add("trigger", REMIND)
        event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
