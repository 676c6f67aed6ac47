"""Appointments 预约: places by service and time, check-in to a ticket, and who did not come."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.clock import CHINA
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby import queries
from counterpoint.lobby.data import (
    AppointmentEnded,
    AppointmentState,
    AppointmentView,
    LobbyMalformed,
    NotToday,
    SlotFull,
    SlotView,
    TakenTicket,
    TicketChannel,
    TooEarly,
    TooLate,
    UnknownAppointment,
)
from counterpoint.lobby.models import Appointment, Ticket
from counterpoint.lobby.services import book, reach, reminders
from counterpoint.lobby.services.calling import lock_line
from counterpoint.lobby.services.tickets import take_ticket
from counterpoint.mail import services as mail
from counterpoint.mail.data import LetterMalformed
from counterpoint.org import services as org
from counterpoint.vault import services as vault

#: Digits and letters that are not mistaken for each other when they are read aloud.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def slots(*, branch: int, service: str, day: date) -> list[SlotView]:
    """The times of a day for a service 预约时段, with how many places are left; none on a holiday."""
    found = book.service_at(service, branch, day)
    if not found.slot_capacity or not org.is_working_day(day):
        return []
    starts = [_moment(day, text) for text in book.value("slots", day)]
    taken = queries.slots_taken(
        branch, found.code, _moment(day, "00:00"), _moment(day + timedelta(days=1), "00:00")
    )
    return [SlotView(found.code, start, found.slot_capacity, taken.get(start, 0)) for start in starts]


def _moment(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), CHINA)


def next_slot(*, branch: int, service: str, after: datetime) -> SlotView | None:
    """The next time with a place, as far ahead as one may book."""
    day = after.astimezone(CHINA).date()
    for ahead in range(int(book.value("appointment_days")) + 1):
        for slot in slots(branch=branch, service=service, day=day + timedelta(days=ahead)):
            if slot.free and slot.start > after:
                return slot
    return None


@verb("lobby.appointment.made")
def make_appointment(
    *, branch: int, service: str, start: datetime, by: Actor, party: int | None = None, group: int = 1,
    booking: int | None = None, remind_to: str = "",
) -> AppointmentView:  # fmt: skip
    """Make an appointment 预约. With ``booking`` it is for large cash that the vault has promised.

    ``remind_to`` is where the customer agrees to be reminded, of this appointment only.
    """
    if by.kind is ActorKind.PERSON:
        reach.check_staff(by, branch)
    if type(group) is not int or not 1 <= group <= 99:
        raise LobbyMalformed(_("A group has 1 to 99 people."), field="group")
    if party is not None:
        customers.party(party)
    code = book.service_at(service, branch).code
    _check_start(branch, code, start)
    _check_booking(booking, branch, party, start)
    lock_line(branch)
    day = start.astimezone(CHINA).date()
    slot = next((one for one in slots(branch=branch, service=code, day=day) if one.start == start), None)
    if slot is None:
        raise LobbyMalformed(_("There are no appointments at that time."), field="start")
    if not slot.free:
        raise _full(branch, code, start)
    row = Appointment.objects.create(
        code="".join(secrets.choice(ALPHABET) for _place in range(8)), branch_id=branch, service=code,
        start=start, party_id=party, group_size=group, booking_id=booking, made_by=by.key,
        made_at=clock.now(), remind_to=_mailbox(remind_to),
    )  # fmt: skip
    _tell(row, start=start.isoformat(), service=code, party=party, booking=booking)
    return appointment(row.pk)


def _mailbox(text: str) -> str:
    try:
        return mail.checked_mailbox(text) if text.strip() else ""
    except LetterMalformed as error:
        raise LobbyMalformed(_("This is no mail address."), field="remind_to") from error


def _check_start(branch: int, service: str, start: datetime) -> None:
    now = clock.now()
    if start.tzinfo is None or start <= now:
        raise LobbyMalformed(_("This time is past."), field="start")
    days = int(book.value("appointment_days"))
    if start > now + timedelta(days=days):
        raise LobbyMalformed(
            _("Appointments are made at most %(days)s days ahead.") % {"days": days}, field="start"
        )


def _check_booking(booking: int | None, branch: int, party: int | None, start: datetime) -> None:
    if booking is None:
        return
    found = vault.booking(booking)
    fits = found.branch == branch and found.day == start.astimezone(CHINA).date() and found.active
    if not fits or party not in (None, found.party):
        raise LobbyMalformed(_("The cash is booked for another day, branch or customer."), field="booking")


def _full(branch: int, service: str, start: datetime) -> SlotFull:
    later = next_slot(branch=branch, service=service, after=start)
    when = later.start.astimezone(CHINA) if later else None
    remedy = _("The next one is %(when)s.") % {"when": f"{when:%Y-%m-%d %H:%M}"} if when else ""
    return SlotFull(_("This time is full."), why=Why(remedy=remedy), next=when.isoformat() if when else None)


@verb("lobby.appointment.cancelled")
def cancel_appointment(*, appointment: int, by: Actor) -> AppointmentView:
    """Cancel an appointment 取消预约; its place is free again."""
    row = _locked(Q(pk=appointment), by)
    _end(row, AppointmentState.CANCELLED, by)
    if row.reminded_at is not None:
        mail.withdraw(about=reminders.about(row.pk), by=by)
    _tell(row)
    return queries.appointments(Q(pk=row.pk))[0]


def check_in(*, code: str, by: Actor, channel: TicketChannel = TicketChannel.APPOINTMENT) -> TakenTicket:
    """The customer of an appointment is here 预约签到: a ticket that keeps the turn of its time.

    Checked in twice, it is the same ticket. Too early waits; too late is refused, and takes a number
    like anybody else.
    """
    with transaction.atomic():
        row = Appointment.objects.select_for_update(no_key=True).filter(code=code.strip().upper()).first()
        if row is None or (by.branch is not None and row.branch_id != by.branch):
            raise UnknownAppointment(_("There is no such appointment."))
        if row.ticket_id is not None:
            held = Ticket.objects.get(pk=row.ticket_id)
            return TakenTicket(queries.ticket_view(held), reach.token_for(held.key), again=True)
        _check_open(row)
        _check_time(row)
        taken = take_ticket(
            branch=row.branch_id, service=row.service, channel=channel, by=by, group=row.group_size,
            party=row.party_id, due=row.start,
        )  # fmt: skip
        _check_in(appointment=row.pk, ticket=taken.ticket.id, by=by)
        return taken


@verb("lobby.appointment.checked_in")
def _check_in(*, appointment: int, ticket: int, by: Actor) -> None:
    """The customer of an appointment came 预约签到, and has a number."""
    row = _locked(Q(pk=appointment), by)
    _end(row, AppointmentState.CHECKED_IN, by, ticket=ticket)
    late = (clock.now() - row.start).total_seconds() / 60
    _tell(row, late_minutes=round(late, 1), ticket=ticket)


def _check_time(row: Appointment) -> None:
    now = clock.now()
    if row.start.astimezone(CHINA).date() != now.astimezone(CHINA).date():
        raise NotToday(
            _("This appointment is for %(when)s.") % {"when": f"{row.start.astimezone(CHINA):%Y-%m-%d %H:%M}"}
        )
    early, late = int(book.value("early_minutes")), int(book.value("late_minutes"))
    if now < row.start - timedelta(minutes=early):
        raise TooEarly(
            _("Check-in begins %(minutes)s minutes before.") % {"minutes": early},
            why=book.why("early_minutes"),
        )
    if now > row.start + timedelta(minutes=late):
        raise TooLate(
            _("The appointment was %(minutes)s minutes ago or more.") % {"minutes": late},
            why=book.why("late_minutes", remedy=_("Take a number.")),
        )


def miss_appointments(*, by: Actor = SYSTEM) -> int:
    """End every appointment to which nobody came 预约未到; how many."""
    until = clock.now() - timedelta(minutes=int(book.value("late_minutes")))
    late = Appointment.objects.filter(state=AppointmentState.BOOKED, start__lt=until).order_by("id")
    done = 0
    for id in list(late.values_list("id", flat=True)[: queries.MOST]):
        with transaction.atomic():
            held = Appointment.objects.select_for_update(no_key=True, skip_locked=True)
            if held.filter(pk=id, state=AppointmentState.BOOKED).exists():
                _miss(appointment=id, by=by)
                done += 1
    return done


@verb("lobby.appointment.missed")
def _miss(*, appointment: int, by: Actor) -> None:
    """Nobody came to an appointment 预约未到."""
    row = _locked(Q(pk=appointment), by)
    _end(row, AppointmentState.MISSED, by)
    _tell(row)


def appointment(id: int) -> AppointmentView:
    """The appointment with this id."""
    found = queries.appointments(Q(pk=id))
    if not found:
        raise UnknownAppointment(_("There is no such appointment."))
    return found[0]


def appointments_of(*, branch: int, day: date) -> list[AppointmentView]:
    """The appointments of a day at a branch, in their order."""
    first = _moment(day, "00:00")
    return queries.appointments(Q(branch_id=branch, start__gte=first, start__lt=first + timedelta(days=1)))


def appointments_of_party(*, party: int) -> list[AppointmentView]:
    """A customer's appointments that are still to come."""
    return queries.appointments(Q(party_id=party, state=AppointmentState.BOOKED))


def _locked(where: Q, by: Actor) -> Appointment:
    row = Appointment.objects.select_for_update(no_key=True).filter(where).first()
    if row is None or (by.branch is not None and row.branch_id != by.branch):
        raise UnknownAppointment(_("There is no such appointment."))
    _check_open(row)
    return row


def _check_open(row: Appointment) -> None:
    if row.state != AppointmentState.BOOKED:
        raise AppointmentEnded(_("This appointment has ended."), state=row.state)


def _end(row: Appointment, state: AppointmentState, by: Actor, ticket: int | None = None) -> None:
    Appointment.objects.filter(pk=row.pk).update(
        state=state, ended_by=by.key, ended_at=clock.now(), ticket_id=ticket
    )


def _tell(row: Appointment, **data: object) -> None:
    tell(
        Told(
            subject=f"appointment:{row.pk}", branch=row.branch_id, data=dict(data),
            channels=(f"lobby:{row.branch_id}",),
        )
    )  # fmt: skip
