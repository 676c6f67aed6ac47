"""A visit and its number in the lobby's line: what happens to one happens to the other."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.kit.testing import once
from counterpoint.lobby import services as lobby
from counterpoint.lobby.data import NobodyWaits, TicketChannel, TicketState
from counterpoint.visits import services
from counterpoint.visits.data import NoDesk, NotCalled, VisitState
from counterpoint.visits.tests.bank import BRANCH, build

pytestmark = pytest.mark.django_db
S = TicketState


def _world():
    bank = build()
    for desk in bank.desks[:2]:
        lobby.open_window(desk=desk, by=SYSTEM)
    bank.service = next(iter(lobby.windows_at(BRANCH)[0].services))
    return bank


world = once(_world)


@pytest.fixture
def bank(world, db):
    return world()


def taken(bank, **more):
    return lobby.take_ticket(
        branch=BRANCH, service=bank.service, channel=TicketChannel.KIOSK, by=lobby.self_service(BRANCH),
        client_key=uuid4(), **more,
    ).ticket  # fmt: skip


def state(ticket):
    return lobby.ticket(ticket.key, by=lobby.self_service(BRANCH)).state


def begun(bank, who=None):
    ticket = taken(bank)
    services.call_next(by=who or bank.wang)
    return ticket, services.begin(by=who or bank.wang)


def test_a_call_opens_the_visit_with_what_is_known_and_it_begins_when_the_customer_is_there(bank):
    ticket = taken(bank)
    called = services.call_next(by=bank.wang)
    assert called.ticket.key == ticket.key
    assert called.why
    [visit] = services.open_visits(BRANCH)
    assert (visit.ticket, visit.label, visit.number) == (ticket.key, ticket.label, ticket.label)
    assert (visit.reason, visit.state, visit.at) == (bank.service, VisitState.WAITING, ticket.arrived)
    assert services.begin(by=bank.wang).serving.person == bank.wang.id
    assert state(ticket) is S.SERVING


def test_what_was_prepared_before_the_call_is_there_at_the_desk(bank):
    ticket = taken(bank)
    prepared = services.visit_of_ticket(ticket=ticket.key, by=bank.zhang)
    services.identify(visit=prepared.id, party=bank.customer, by=bank.zhang)
    assert lobby.ticket(ticket.key, by=bank.zhang).party == bank.customer
    services.call_next(by=bank.wang)
    assert services.begin(by=bank.wang).id == prepared.id
    assert services.visit_of_ticket(ticket=ticket.key, by=bank.zhang).id == prepared.id


def test_finishing_ends_both(bank):
    ticket, visit = begun(bank)
    services.finish(visit=visit.id, by=bank.wang)
    assert state(ticket) is S.SERVED


def test_a_parked_visit_parks_its_number_and_goes_on_at_another_desk(bank):
    ticket, visit = begun(bank)
    services.park(visit=visit.id, reason="missing_paper", papers=["id_card"], by=bank.wang)
    parked = lobby.ticket(ticket.key, by=bank.wang)
    assert (parked.state, parked.papers_missing) == (S.PARKED, ("id_card",))
    services.serve(visit=visit.id, by=bank.li)
    assert state(ticket) is S.SERVING
    assert lobby.current_ticket(desk=bank.li.desk).key == ticket.key


def test_a_hand_off_moves_the_number_and_keeps_its_arrival(bank):
    ticket, visit = begun(bank)
    made = services.hand_off(visit=visit.id, target="desk", desk=bank.li.desk, note="贷款", by=bank.wang)
    assert state(ticket) is S.HANDED_OVER
    services.accept(hand_off=made.id, by=bank.li)
    moved = lobby.ticket(ticket.key, by=bank.li)
    assert (moved.state, moved.person, moved.arrived) == (S.SERVING, bank.li.id, ticket.arrived)


@pytest.mark.parametrize("how", ["returned", "withdrawn"])
def test_what_nobody_takes_stands_in_the_line_again(bank, how):
    ticket, visit = begun(bank)
    made = services.hand_off(visit=visit.id, target="desk", desk=bank.li.desk, note="贷款", by=bank.wang)
    if how == "returned":
        services.return_(hand_off=made.id, words="不在此窗口", by=bank.li)
    else:
        services.withdraw(hand_off=made.id, by=bank.wang)
    assert state(ticket) is S.RETURNED
    # It waits for who knows the customer already, and nobody else is given it.
    with pytest.raises(NobodyWaits):
        services.call_next(by=bank.li)
    assert services.call_next(by=bank.wang).ticket.key == ticket.key


def test_what_waits_for_a_giver_who_has_gone_is_given_to_anybody_able(bank):
    ticket, visit = begun(bank)
    made = services.hand_off(visit=visit.id, target="desk", desk=bank.li.desk, note="贷款", by=bank.wang)
    services.return_(hand_off=made.id, words="不在此窗口", by=bank.li)
    lobby.close_window(desk=bank.wang.desk, by=SYSTEM)
    assert services.call_next(by=bank.li).ticket.key == ticket.key


def test_a_colleague_may_take_up_who_came_back_and_keeps_them(bank):
    ticket, visit = begun(bank)
    made = services.hand_off(visit=visit.id, target="desk", desk=bank.li.desk, note="贷款", by=bank.wang)
    services.withdraw(hand_off=made.id, by=bank.wang)
    services.serve(visit=visit.id, by=bank.li)
    assert lobby.ticket(ticket.key, by=bank.li).wanted_person is None
    services.leave(by=bank.li)
    assert services.call_next(by=bank.li).ticket.key == ticket.key


def test_who_leaves_the_desk_gives_back_the_served_and_the_called(bank):
    ticket, _visit = begun(bank)
    services.leave(by=bank.wang)
    assert state(ticket) is S.RETURNED
    services.call_next(by=bank.li)
    services.leave(by=bank.li)
    assert state(ticket) is S.RETURNED


def test_a_visit_freed_by_the_supervisor_stands_in_the_line_again(bank):
    ticket, visit = begun(bank)
    services.free_visit(visit=visit.id, by=bank.zhang)
    assert state(ticket) is S.RETURNED


def test_a_helper_who_takes_over_has_the_number_too(bank):
    ticket, visit = begun(bank)
    call = services.call_help(page="/desk/", visit=visit.id, by=bank.wang)
    services.join(call=call.id, mode="take_over", by=bank.li)
    assert lobby.ticket(ticket.key, by=bank.li).person == bank.li.id
    services.finish(visit=visit.id, by=bank.li)
    assert state(ticket) is S.SERVED


def test_a_customer_who_stands_at_the_desk_is_served_out_of_turn_with_the_reason_on_record(bank):
    ticket = taken(bank)
    visit = services.visit_of_ticket(ticket=ticket.key, by=bank.wang)
    services.serve(visit=visit.id, by=bank.wang)
    assert state(ticket) is S.SERVING
    [event] = Event.objects.filter(verb="lobby.ticket.called_out_of_turn")
    assert event.data["reason"] == "came_directly"
    assert [one.state for one in lobby.history_of(ticket.key, by=bank.wang)] == [
        S.WAITING, S.CALLED, S.SERVING,
    ]  # fmt: skip


def test_whoever_leaves_the_line_is_not_waited_for_at_the_desk(bank):
    ticket = taken(bank)
    visit = services.visit_of_ticket(ticket=ticket.key, by=bank.wang)
    assert services.end_left() == 0
    lobby.leave_line(ticket=ticket.key, by=lobby.self_service(BRANCH))
    assert services.end_left() == 1
    assert services.visit(visit.id).state is VisitState.ENDED


def test_ending_a_visit_that_waits_takes_its_customer_from_the_line(bank):
    ticket = taken(bank)
    visit = services.visit_of_ticket(ticket=ticket.key, by=bank.wang)
    services.finish(visit=visit.id, by=bank.zhang)
    assert state(ticket) is S.LEFT


def test_a_number_taken_up_again_begins_a_new_visit(bank):
    ticket, visit = begun(bank)
    services.finish(visit=visit.id, by=bank.wang)
    lobby.reopen_ticket(ticket=ticket.key, reason="忘带回单", by=bank.wang)
    services.call_next(by=bank.wang)
    assert services.begin(by=bank.wang).id != visit.id


def test_nobody_is_called_to_no_desk_and_nobody_begins_without_a_call(bank):
    with pytest.raises(NoDesk):
        services.call_next(by=bank.zhang)
    with pytest.raises(NotCalled):
        services.begin(by=bank.wang)


def test_a_clock_that_goes_back_keeps_nobody_from_being_called(bank, monkeypatch):
    ticket = taken(bank)
    earlier = clock.now() - timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: earlier)
    services.call_next(by=bank.wang)
    visit = services.begin(by=bank.wang)
    assert (visit.ticket, visit.at) == (ticket.key, earlier)
