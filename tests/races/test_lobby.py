"""Two desks, two kiosks, two hands at once in the lobby: with real commits, and without the lock."""

import threading
from functools import partial
from uuid import uuid4

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, ActorKind, Refusal
from counterpoint.ledger.engine.loop import stop_engine
from counterpoint.lobby import services
from counterpoint.lobby.data import (
    DeskBusy,
    NobodyWaits,
    SlotFull,
    TicketChannel,
    TicketMoved,
    TicketState,
)
from counterpoint.lobby.models import Appointment, Period, Ticket, TicketSeries
from counterpoint.lobby.services import appointments, calling, reach, tickets
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, build, open_windows, take
from counterpoint.org import services as org
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4
S = TicketState


@pytest.fixture
def bank(transactional_db):
    made = build()
    open_windows(made)
    yield made
    stop_engine()


def call(who):
    return partial(services.call_next, desk=who.desk, by=who)


def troubles(results):
    return [one for one in results if isinstance(one, Exception)]


def send_home():
    """Whoever was called has been served: the desks are free again."""
    for row in Ticket.objects.filter(state=S.CALLED):
        who = next(one for one in services.windows_at(BRANCH) if one.desk == row.desk_id)
        by = services_actor(who)
        services.begin_serving(ticket=row.key, by=by)
        services.finish_ticket(ticket=row.key, by=by)


def services_actor(window):
    return Actor(ActorKind.PERSON, window.person, window.person_name, branch=window.branch, desk=window.desk)


def test_three_desks_that_call_at_once_get_three_customers(bank):
    for _round in range(ROUNDS):
        for _customer in range(3):
            take()
        results = at_once(call(bank.wang), call(bank.li), call(bank.chen))
        assert not troubles(results), results
        assert len({one.ticket.key for one in results}) == 3
        assert Period.objects.filter(end=None, state=S.CALLED).count() == 3
        send_home()


def test_one_customer_for_two_desks_has_one_winner(bank):
    for _round in range(ROUNDS):
        take()
        results = at_once(call(bank.wang), call(bank.li))
        assert [type(one) for one in troubles(results)] == [NobodyWaits], results
        assert Period.objects.filter(end=None, state=S.CALLED).count() == 1
        send_home()


def unguarded(together):
    """How a state would be changed that was read, thought about, and then written."""

    def moved(row, kept, period):
        together.wait()
        Period.objects.filter(ticket=row, end=None, state=row.state).update(end=period["start"])
        Period.objects.create(ticket=row, branch_id=row.branch_id, **period)
        Ticket.objects.filter(pk=row.pk).update(**kept)
        return True

    return moved


def test_without_the_locks_two_desks_would_call_one_customer(bank, monkeypatch):
    """The negative control: both read the line, both choose the first, both go for him."""
    monkeypatch.setattr(calling, "lock_line", lambda branch: None)
    monkeypatch.setattr(reach.queries, "moved", unguarded(threading.Barrier(2, timeout=10)))
    ticket = take()
    results = at_once(call(bank.wang), call(bank.li))
    assert len(troubles(results)) == 1, results
    assert "lobby_period_one" in str(troubles(results)[0]), "only the constraint is left"
    assert {row.ticket_id for row in Period.objects.filter(state=S.CALLED)} == {ticket.id}


def test_with_its_guard_alone_a_state_is_changed_once(bank, monkeypatch):
    """Whoever read the line too early is refused by the change itself, and looks for the next."""
    monkeypatch.setattr(calling, "lock_line", lambda branch: None)
    together, real = threading.Barrier(2, timeout=10), calling._take_up

    def met(row, window):
        together.wait()
        return real(row, window)

    monkeypatch.setattr(calling, "_take_up", met)
    take()
    results = at_once(call(bank.wang), call(bank.li))
    assert [type(one) for one in troubles(results)] == [NobodyWaits], results
    assert Period.objects.filter(state=S.CALLED).count() == 1


def test_a_customer_who_leaves_as_he_is_called_does_one_or_the_other(bank):
    for _round in range(ROUNDS):
        ticket = take()
        results = at_once(call(bank.wang), partial(services.leave_line, ticket=ticket.key, by=KIOSK))
        assert not [one for one in troubles(results) if not isinstance(one, NobodyWaits | TicketMoved)], (
            results
        )
        now = services.ticket(ticket.key, by=KIOSK)
        # Called and then left is an order of the two as well; left and then called is none.
        assert now.state in (S.CALLED, S.LEFT)
        open_now = Period.objects.get(ticket=ticket.id, end=None)
        assert open_now.state == now.state
        send_home()


def test_the_same_desk_on_two_screens_calls_one(bank):
    for _round in range(ROUNDS):
        take(), take()
        results = at_once(call(bank.wang), call(bank.wang))
        assert [type(one) for one in troubles(results)] == [DeskBusy], results
        assert Period.objects.filter(end=None, state=S.CALLED, desk_id=bank.wang.desk).count() == 1
        send_home()
        Ticket.objects.filter(state=S.WAITING).update(state=S.VOIDED)


def test_a_customer_called_by_name_and_by_turn_goes_to_one_desk(bank):
    for _round in range(ROUNDS):
        ticket = take()
        results = at_once(
            call(bank.wang),
            partial(services.call_ticket, ticket=ticket.key, desk=bank.li.desk, reason="unwell", by=bank.li),
        )
        assert len(troubles(results)) == 1, results
        assert isinstance(troubles(results)[0], NobodyWaits | TicketMoved)
        assert Period.objects.filter(end=None, state=S.CALLED).count() == 1
        send_home()


def test_many_kiosks_at_once_never_give_a_number_twice(bank):
    results = at_once(*[take] * 12)
    assert not troubles(results), results
    assert sorted(one.label for one in results) == [f"A{n:03d}" for n in range(1, 13)]
    assert TicketSeries.objects.get().last == 12


def test_without_the_row_s_lock_a_number_would_be_given_twice(bank, monkeypatch):
    """The negative control: read, then add one, then write."""
    together = threading.Barrier(2, timeout=10)

    def read_and_add(row):
        last = Ticket.objects.filter(branch_id=row.branch_id, series=row.series).count()
        together.wait()
        return last + 1

    monkeypatch.setattr(tickets, "_number", read_and_add)
    results = at_once(take, take)
    assert len(troubles(results)) == 1, results
    assert "lobby_ticket_number" in str(troubles(results)[0])


def press(key):
    return services.take_ticket(
        branch=BRANCH, service="cash", channel=TicketChannel.KIOSK, by=KIOSK, client_key=key
    )


def test_one_press_sent_twice_at_once_gives_one_number(bank):
    for _round in range(ROUNDS):
        key = uuid4()
        results = at_once(partial(press, key), partial(press, key), partial(press, key))
        assert not troubles(results), results
        assert len({one.ticket.key for one in results}) == 1
        assert len({one.token for one in results}) == 1
        assert Ticket.objects.filter(client_key=key).count() == 1


def test_without_the_key_two_presses_are_two_numbers(bank):
    """The negative control."""
    assert len({one.ticket.key for one in at_once(partial(press, None), partial(press, None))}) == 2


def booking_of_last_place(bank):
    day = org.next_working_day(clock.today())
    start = next(one.start for one in services.slots(branch=BRANCH, service="loan", day=day) if one.free)
    return partial(services.make_appointment, branch=BRANCH, service="loan", start=start, by=bank.liu)


def test_the_last_place_of_a_slot_is_given_once(bank):
    for _round in range(ROUNDS):
        book = booking_of_last_place(bank)
        results = at_once(book, book)
        assert [type(one) for one in troubles(results)] == [SlotFull], results


def test_without_the_lock_the_last_place_would_be_given_twice(bank, monkeypatch):
    """The negative control: both see one place left."""
    together, real = threading.Barrier(2, timeout=10), appointments.slots

    def seen(**asked):
        found = real(**asked)
        together.wait()
        return found

    book = booking_of_last_place(bank)
    monkeypatch.setattr(appointments, "lock_line", lambda branch: None)
    monkeypatch.setattr(appointments, "slots", seen)
    results = at_once(book, book)
    assert not troubles(results), results
    assert Appointment.objects.count() == 2


def test_finished_and_handed_on_at_once_ends_one_way(bank):
    for _round in range(ROUNDS):
        take()
        key = services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.key
        services.begin_serving(ticket=key, by=bank.wang)
        results = at_once(
            partial(services.finish_ticket, ticket=key, by=bank.wang),
            partial(services.park_ticket, ticket=key, reason="other", by=bank.wang),
        )
        assert troubles(results) == [] or isinstance(troubles(results)[0], Refusal), results
        row = Ticket.objects.get(key=key)
        assert Period.objects.get(ticket=row, end=None).state == row.state
        assert row.state in (S.SERVED, S.PARKED)


def test_without_the_ticket_s_lock_it_would_be_in_two_states(bank, monkeypatch):
    """The negative control: both find it being served; the second period runs into the constraint."""
    take()
    key = services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.key
    services.begin_serving(ticket=key, by=bank.wang)
    monkeypatch.setattr(reach, "locked", lambda key, by, any_day=False: Ticket.objects.get(key=key))
    monkeypatch.setattr(reach.queries, "moved", unguarded(threading.Barrier(2, timeout=10)))
    results = at_once(
        partial(services.finish_ticket, ticket=key, by=bank.wang),
        partial(services.park_ticket, ticket=key, reason="other", by=bank.wang),
    )
    assert len(troubles(results)) == 1, results
    assert "lobby_period_one" in str(troubles(results)[0])
