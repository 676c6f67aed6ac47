"""Appointments with their places, and what customers say after the service."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.clock import CHINA
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.lobby import services
from counterpoint.lobby.data import (
    AppointmentEnded,
    LobbyMalformed,
    NotToday,
    RatingState,
    RatingUsed,
    SlotFull,
    TicketChannel,
    TicketState,
    TooEarly,
    TooLate,
)
from counterpoint.lobby.models import Appointment, Rating, Ticket
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, open_windows, served, take
from counterpoint.org import services as org
from counterpoint.vault.data import UnknownBooking

pytestmark = pytest.mark.django_db
S = TicketState


def slot(bank, service="cash", ahead=1):
    day = org.next_working_day(clock.today() + timedelta(days=ahead - 1))
    return next(one for one in services.slots(branch=BRANCH, service=service, day=day) if one.free)


def go_to(pass_time, moment):
    pass_time((moment - clock.now()).total_seconds() / 60)


def open_next_day(moment):
    day = org.business_day(BRANCH).date
    if day < moment.astimezone(CHINA).date():
        Ticket.objects.filter(state__in=["waiting"]).update(state=S.SERVED)
        org.close_day(branch=BRANCH, by=SYSTEM)
        org.open_day(branch=BRANCH, date=moment.astimezone(CHINA).date(), by=SYSTEM)


def test_a_slot_has_its_capacity_and_a_full_one_names_the_next(bank):
    time = slot(bank)
    assert (time.capacity, time.taken) == (2, 0)
    make = {"branch": BRANCH, "service": "cash", "start": time.start, "by": bank.liu}
    made = [services.make_appointment(**make) for _place in range(2)]
    with pytest.raises(SlotFull) as refused:
        services.make_appointment(**make)
    assert datetime.fromisoformat(refused.value.details["next"]) > time.start
    services.cancel_appointment(appointment=made[0].id, by=bank.liu)
    services.make_appointment(**make)


def test_appointments_are_made_for_slots_that_are_to_come(bank):
    time = slot(bank)
    for start in (
        time.start + timedelta(minutes=7),
        clock.now() - timedelta(days=1),
        time.start.replace(tzinfo=None),
    ):
        with pytest.raises(LobbyMalformed):
            services.make_appointment(branch=BRANCH, service="cash", start=start, by=bank.liu)
    assert services.slots(branch=BRANCH, service="query", day=time.start.date()) == []


def test_checked_in_at_its_time_it_goes_first_and_twice_is_once(bank, pass_time):
    time = slot(bank)
    made = services.make_appointment(branch=BRANCH, service="cash", start=time.start, by=bank.liu)
    go_to(pass_time, time.start - timedelta(minutes=40))
    open_next_day(time.start)
    open_windows(bank)
    with pytest.raises(TooEarly):
        services.check_in(code=made.code, by=KIOSK)
    other = take()
    pass_time(30)
    taken = services.check_in(code=made.code.lower(), by=KIOSK)
    assert services.check_in(code=made.code, by=KIOSK).ticket.key == taken.ticket.key
    assert (taken.ticket.channel, taken.ticket.due) == (TicketChannel.APPOINTMENT, time.start)
    pass_time(11)
    called = services.call_next(desk=bank.wang.desk, by=bank.wang)
    assert called.ticket.key == taken.ticket.key
    assert called.choice.reason == "appointment"
    assert services.ticket(other.key, by=KIOSK).in_line


def test_who_comes_too_late_or_on_another_day_is_told(bank, pass_time):
    time = slot(bank)
    made = services.make_appointment(branch=BRANCH, service="cash", start=time.start, by=bank.liu)
    with pytest.raises(NotToday):
        services.check_in(code=made.code, by=KIOSK)
    go_to(pass_time, time.start + timedelta(minutes=16))
    with pytest.raises(TooLate):
        services.check_in(code=made.code, by=KIOSK)
    assert services.miss_appointments() == 1
    assert services.miss_appointments() == 0
    with pytest.raises(AppointmentEnded):
        services.check_in(code=made.code, by=KIOSK)
    assert Appointment.objects.get().state == "missed"


def test_a_large_cash_appointment_needs_the_vault_s_booking(bank):
    start = slot(bank).start
    with pytest.raises(UnknownBooking):
        services.make_appointment(branch=BRANCH, service="cash", start=start, booking=99, by=bank.liu)


def finished(bank):
    taken = services.take_ticket(branch=BRANCH, service="cash", channel=TicketChannel.KIOSK, by=KIOSK)
    served(bank.wang)
    services.finish_ticket(ticket=taken.ticket.key, by=bank.wang)
    return taken


def test_a_rating_is_given_once_and_tied_to_wait_and_desk(bank, pass_time):
    open_windows(bank, "wang")
    taken = finished(bank)
    assert services.rating_of(taken.ticket.key).state is RatingState.INVITED
    given = services.rate_by_phone(token=taken.token, csat=5, nps=9, comment="很快")
    assert (given.state, given.desk, given.person) == (RatingState.GIVEN, bank.wang.desk, bank.wang.id)
    for again in (
        lambda: services.rate_by_phone(token=taken.token, csat=1),
        lambda: services.skip_by_phone(token=taken.token),
    ):
        with pytest.raises(RatingUsed):
            again()
    event = Event.objects.get(verb="lobby.rating.given")
    assert "很快" not in str(event.data)


@pytest.mark.parametrize("answer", [{"csat": 0}, {"csat": 6}, {"csat": True}, {"csat": 3, "nps": 11}])
def test_an_answer_beyond_the_scale_is_refused(bank, answer):
    open_windows(bank, "wang")
    taken = finished(bank)
    with pytest.raises(LobbyMalformed):
        services.rate_by_phone(token=taken.token, **answer)
    assert Rating.objects.get().state == "invited"


def reminded(bank, **more):
    time = slot(bank)
    return services.make_appointment(
        branch=BRANCH, service="cash", start=time.start, by=bank.liu, remind_to="zhang@example.org", **more
    )


@pytest.fixture
def later(monkeypatch):
    """Let the product's clock stand at another time."""
    return lambda moment: monkeypatch.setattr("counterpoint.kit.clock.now", lambda: moment)


def letter():
    """The only reminder in the post: address, code, calendar file, state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT address, data ->> 'code', calendar, state FROM mail_letter"
            " WHERE template = 'lobby.reminder'"
        )
        (found,) = cursor.fetchall()
    return found


def test_who_gave_an_address_is_reminded_a_day_before_once_and_nobody_else(bank, later):
    made = reminded(bank)
    services.make_appointment(branch=BRANCH, service="cash", start=made.start, by=bank.liu)
    later(made.start - timedelta(hours=25))
    assert services.remind_due() == 0
    later(made.start - timedelta(hours=24))
    assert services.remind_due() == 1
    assert services.remind_due() == 0
    address, code, calendar, _state = letter()
    assert (address, code) == ("zhang@example.org", made.code)
    assert made.code in calendar
    assert "zhang" not in calendar


def test_nobody_is_reminded_of_what_has_begun(bank, later):
    made = reminded(bank)
    later(made.start)
    assert services.remind_due() == 0


def test_nobody_is_reminded_of_what_was_cancelled_even_where_the_letter_waits(bank, later):
    made, second = reminded(bank), reminded(bank)
    services.cancel_appointment(appointment=made.id, by=bank.liu)
    later(made.start - timedelta(hours=3))
    assert services.remind_due() == 1
    services.cancel_appointment(appointment=second.id, by=bank.liu)
    assert letter()[-1] == "withdrawn"


def test_one_appointment_in_trouble_does_not_keep_the_others_from_being_reminded_of(bank, later, caplog):
    first, second = reminded(bank), reminded(bank)
    Appointment.objects.filter(pk=first.id).update(remind_to="no address")
    later(first.start - timedelta(hours=3))
    assert services.remind_due() == 1
    assert letter()[1] == second.code
    assert f"Appointment {first.id}" in caplog.text


@pytest.mark.parametrize("address", ["zhang", "a@b\nc@d.org", "x" * 190 + "@example.org"])
def test_an_address_that_is_none_is_refused(bank, address):
    time = slot(bank)
    with pytest.raises(LobbyMalformed) as refusal:
        services.make_appointment(
            branch=BRANCH, service="cash", start=time.start, by=bank.liu, remind_to=address
        )
    assert refusal.value.details["field"] == "remind_to"


def test_the_address_stands_in_no_event(bank):
    reminded(bank)
    assert "zhang@" not in str(list(Event.objects.values_list("data", flat=True)))
