"""A number from the kiosk to its end: one a press, one winner, the arrival never lost."""

from uuid import uuid4

import pytest

from counterpoint.kit.data import SYSTEM, Malformed, NotAllowed
from counterpoint.kit.journal import of_correlation
from counterpoint.lobby import services
from counterpoint.lobby.data import (
    DeskBusy,
    GraceOver,
    KeyReused,
    LobbyMalformed,
    NobodyServes,
    NobodyWaits,
    NotEligible,
    NoWindow,
    OtherDay,
    TicketChannel,
    TicketElsewhere,
    TicketMoved,
    TicketState,
    TokenRefused,
    TooEarly,
    UnknownService,
    UnknownTicket,
)
from counterpoint.lobby.models import Period, Ticket
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, OTHER, open_windows, served, take
from counterpoint.org import services as org

pytestmark = pytest.mark.django_db
S = TicketState


def state(ticket):
    return services.ticket(ticket.key, by=KIOSK).state


def test_from_the_kiosk_to_the_end(bank, pass_time):
    open_windows(bank)
    ticket = take()
    assert (ticket.label, ticket.state, ticket.channel) == ("A001", S.WAITING, TicketChannel.KIOSK)
    pass_time(4)
    called = services.call_next(desk=bank.wang.desk, by=bank.wang)
    assert (called.ticket.key, called.ticket.state, called.desk_number) == (ticket.key, S.CALLED, "01")
    assert "A001" in called.why
    pass_time(1)
    services.begin_serving(ticket=ticket.key, by=bank.wang)
    pass_time(6)
    done = services.finish_ticket(ticket=ticket.key, by=bank.wang)
    assert (done.state, done.arrived) == (S.SERVED, ticket.arrived)
    spent = {
        one.state: round(one.seconds(done.since) / 60)
        for one in services.history_of(ticket.key, by=bank.wang)
    }
    assert spent == {S.WAITING: 4, S.CALLED: 1, S.SERVING: 6, S.SERVED: 0}
    verbs = [event.verb for event in of_correlation(ticket.key)]
    assert verbs == [
        "lobby.service.finished", "lobby.service.begun", "lobby.ticket.called", "lobby.ticket.taken",
    ]  # fmt: skip


def test_each_service_counts_in_its_own_series(bank):
    open_windows(bank)
    assert [take(code).label for code in ("cash", "cash", "transfer", "query", "cash")] == [
        "A001", "A002", "B001", "D001", "A003",
    ]  # fmt: skip


def test_a_series_begins_anew_with_the_business_date(bank):
    open_windows(bank)
    take()
    Ticket.objects.update(state=S.SERVED)
    day = org.business_day(BRANCH).date
    org.close_day(branch=BRANCH, by=SYSTEM)
    org.open_day(branch=BRANCH, date=org.next_working_day(day), by=SYSTEM)
    assert take().label == "A001"


def test_a_kiosk_that_presses_twice_gets_one_number(bank):
    open_windows(bank)
    key = uuid4()
    press = {
        "branch": BRANCH,
        "service": "cash",
        "channel": TicketChannel.KIOSK,
        "by": KIOSK,
        "client_key": key,
    }
    first, second = services.take_ticket(**press), services.take_ticket(**press)
    assert (first.again, second.again) == (False, True)
    assert (first.ticket.key, first.token) == (second.ticket.key, second.token)
    assert Ticket.objects.count() == 1
    with pytest.raises(KeyReused):
        services.take_ticket(**press | {"service": "loan"})


def test_a_service_that_nobody_on_duty_may_do_is_refused_with_when_and_where(bank):
    open_windows(bank, "wang", "li")
    org.release_desk(desk=bank.chen.desk, by=bank.chen)
    with pytest.raises(NobodyServes) as refused:
        take("loan")
    tomorrow = org.next_working_day(org.business_day(BRANCH).date)
    assert refused.value.details["day"] == tomorrow.isoformat()
    assert tomorrow.isoformat() in str(refused.value.why.remedy)
    assert refused.value.details["place"] == ""
    assert Ticket.objects.count() == 0


def test_with_all_windows_closed_a_number_is_taken_where_somebody_could_serve(bank):
    ticket = take("loan")
    assert state(ticket) is S.WAITING
    assert services.explain(ticket=ticket.key, by=bank.liu)


def test_an_unknown_service_channel_group_or_priority_is_refused(bank):
    open_windows(bank)
    with pytest.raises(UnknownService):
        take("haircut")
    for wrong in ({"group": 0}, {"group": 100}, {"priority": "king"}, {"priority_reason": "x" * 201}):
        with pytest.raises(Malformed):
            take(**wrong)
    with pytest.raises(LobbyMalformed):
        services.take_ticket(branch=BRANCH, service="cash", channel="fax", by=KIOSK)
    assert Ticket.objects.count() == 0


def test_only_staff_give_a_priority_that_customers_may_not_choose(bank):
    open_windows(bank)
    with pytest.raises(NotAllowed):
        take(priority="vip")
    assert take(priority="elderly").priority == "elderly"
    given = services.take_ticket(
        branch=BRANCH, service="cash", channel=TicketChannel.LOBBY, by=bank.liu, priority="vip"
    )
    assert given.ticket.priority == "vip"


def test_a_desk_takes_one_customer_at_a_time(bank):
    open_windows(bank)
    take(), take()
    services.call_next(desk=bank.wang.desk, by=bank.wang)
    with pytest.raises(DeskBusy):
        services.call_next(desk=bank.wang.desk, by=bank.wang)
    assert Ticket.objects.filter(state=S.CALLED).count() == 1


def test_only_the_holder_of_an_open_window_calls_there(bank):
    ticket = take()
    with pytest.raises(NoWindow):
        services.call_next(desk=bank.wang.desk, by=bank.wang)
    open_windows(bank, "wang")
    with pytest.raises(TicketElsewhere):
        services.call_next(desk=bank.wang.desk, by=bank.li)
    org.release_desk(desk=bank.wang.desk, by=bank.wang)
    with pytest.raises(NoWindow):
        services.call_next(desk=bank.wang.desk, by=bank.wang)
    assert state(ticket) is S.WAITING


def test_a_window_calls_only_what_it_serves(bank):
    open_windows(bank, "wang", services=("transfer",))
    take("cash")
    with pytest.raises(NobodyWaits):
        services.call_next(desk=bank.wang.desk, by=bank.wang)
    transfer = take("transfer")
    assert services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.key == transfer.key


def test_out_of_turn_needs_a_reason_and_stands_in_the_audit(bank):
    open_windows(bank)
    take()
    second = take()
    with pytest.raises(LobbyMalformed):
        services.call_ticket(ticket=second.key, desk=bank.wang.desk, reason="", by=bank.wang)
    called = services.call_ticket(ticket=second.key, desk=bank.wang.desk, reason="unwell", by=bank.wang)
    assert called.ticket.key == second.key
    event = of_correlation(second.key)[0]
    assert (event.verb, event.data["reason"], event.data["passed_over"]) == (
        "lobby.ticket.called_out_of_turn", "unwell", 1,
    )  # fmt: skip


def test_a_ticket_given_to_a_person_is_called_by_nobody_else(bank):
    open_windows(bank)
    ticket = take()
    services.transfer_ticket(ticket=ticket.key, note="找李娜", person=bank.li.id, by=bank.liu)
    with pytest.raises(NobodyWaits):
        services.call_next(desk=bank.wang.desk, by=bank.wang)
    with pytest.raises(NotEligible):
        services.call_ticket(ticket=ticket.key, desk=bank.wang.desk, reason="skill", by=bank.wang)
    assert services.call_next(desk=bank.li.desk, by=bank.li).ticket.key == ticket.key


def test_a_no_show_needs_its_calls_and_the_grace_keeps_the_place(bank, pass_time):
    open_windows(bank)
    first, second = take(), take()
    services.call_next(desk=bank.wang.desk, by=bank.wang)
    with pytest.raises(TooEarly):
        services.no_show(ticket=first.key, by=bank.wang)
    with pytest.raises(TooEarly):
        services.recall(ticket=first.key, by=bank.wang)
    for _call in range(2):
        pass_time(1)
        services.recall(ticket=first.key, by=bank.wang)
    pass_time(1)
    gone = services.no_show(ticket=first.key, by=bank.wang)
    assert (gone.state, gone.desk, gone.recalls) == (S.NO_SHOW, None, 2)
    pass_time(5)
    back = services.come_back(ticket=first.key, by=bank.liu)
    assert (back.state, back.arrived) == (S.RETURNED, first.arrived)
    assert services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.key == first.key
    assert state(second) is S.WAITING


def test_after_the_grace_a_new_number_is_needed(bank, pass_time):
    open_windows(bank)
    first = take()
    services.call_next(desk=bank.wang.desk, by=bank.wang)
    for _call in range(2):
        pass_time(1)
        services.recall(ticket=first.key, by=bank.wang)
    pass_time(1)
    services.no_show(ticket=first.key, by=bank.wang)
    pass_time(16)
    with pytest.raises(GraceOver):
        services.come_back(ticket=first.key, by=bank.liu)


def test_parked_and_resumed_at_another_desk(bank):
    open_windows(bank)
    take()
    ticket = served(bank.wang)
    services.park_ticket(
        ticket=ticket.key, reason="missing_paper", papers=("household",), note="回家取", by=bank.wang
    )
    parked = services.waiting(BRANCH).parked
    assert [(one.key, one.papers_missing) for one in parked] == [(ticket.key, ("household",))]
    assert services.current_ticket(desk=bank.wang.desk) is None
    again = services.resume(ticket=ticket.key, by=bank.li)
    assert (again.state, again.desk, again.arrived) == (S.SERVING, bank.li.desk, ticket.arrived)


def test_a_transfer_keeps_the_arrival_and_needs_a_note(bank):
    open_windows(bank)
    take()
    ticket = served(bank.wang)
    with pytest.raises(LobbyMalformed):
        services.transfer_ticket(ticket=ticket.key, note=" ", service="loan", by=bank.wang)
    moved = services.transfer_ticket(ticket=ticket.key, note="想贷款", service="loan", by=bank.wang)
    assert (moved.state, moved.service, moved.arrived, moved.label) == (
        S.TRANSFERRED, "loan", ticket.arrived, ticket.label,
    )  # fmt: skip
    assert services.call_next(desk=bank.chen.desk, by=bank.chen).ticket.key == ticket.key


def test_a_colleague_cannot_touch_whom_another_desk_serves(bank):
    open_windows(bank)
    take()
    ticket = served(bank.wang)
    for act in (
        lambda: services.finish_ticket(ticket=ticket.key, by=bank.li),
        lambda: services.park_ticket(ticket=ticket.key, reason="other", by=bank.li),
        lambda: services.transfer_ticket(ticket=ticket.key, note="x", service="loan", by=bank.li),
    ):
        with pytest.raises(TicketElsewhere):
            act()
    assert state(ticket) is S.SERVING


def test_reopened_on_the_same_day_it_waits_in_its_old_place(bank):
    open_windows(bank)
    first = take()
    ticket = served(bank.wang)
    services.finish_ticket(ticket=ticket.key, by=bank.wang)
    take()
    back = services.reopen_ticket(ticket=first.key, by=bank.liu, reason="少办一笔")
    assert (back.state, back.arrived) == (S.RETURNED, first.arrived)
    assert services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.key == first.key


def test_a_hand_over_is_taken_up_by_its_receiver_or_comes_back(bank):
    open_windows(bank)
    take()
    ticket = served(bank.wang)
    services.hand_over_ticket(ticket=ticket.key, note="请接办", by=bank.wang)
    assert services.resume(ticket=ticket.key, by=bank.li).desk == bank.li.desk
    services.hand_over_ticket(ticket=ticket.key, by=bank.li)
    assert services.let_go(ticket=ticket.key, by=bank.liu).state is S.RETURNED


def test_the_customer_leaves_from_the_phone(bank):
    open_windows(bank)
    taken = services.take_ticket(branch=BRANCH, service="cash", channel=TicketChannel.KIOSK, by=KIOSK)
    assert services.leave_by_phone(token=taken.token).state is S.LEFT
    with pytest.raises(NobodyWaits):
        services.call_next(desk=bank.wang.desk, by=bank.wang)


def test_yesterdays_number_is_refused_in_words(bank):
    open_windows(bank)
    ticket = take()
    day = org.business_day(BRANCH).date
    org.close_day(branch=BRANCH, by=SYSTEM)
    org.open_day(branch=BRANCH, date=org.next_working_day(day), by=SYSTEM)
    with pytest.raises(OtherDay) as refused:
        services.leave_line(ticket=ticket.key, by=bank.liu)
    assert ticket.label in str(refused.value)
    with pytest.raises(NobodyWaits):
        services.call_next(desk=bank.wang.desk, by=bank.wang)
    assert services.void_ticket(ticket=ticket.key, reason="隔日", by=bank.liu).state is S.VOIDED


def test_a_clock_that_goes_back_makes_no_negative_time_and_no_queue_jumping(bank, pass_time):
    open_windows(bank)
    first = take()
    pass_time(-60)
    second = take()
    pass_time(10)
    line = services.waiting(BRANCH).waiting
    assert [one.ticket.key for one in line] == [first.key, second.key]
    assert all(one.waited >= 0 for one in line)
    assert line[0].waited >= line[1].waited
    assert services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.key == first.key
    waited = services.history_of(first.key, by=bank.wang)[0]
    assert (waited.clipped, waited.seconds(waited.end)) == (True, 0)


def test_exactly_one_period_of_a_ticket_is_open_whatever_happens(bank):
    open_windows(bank)
    take(), take()
    one = served(bank.wang)
    services.park_ticket(ticket=one.key, reason="other", by=bank.wang)
    services.resume(ticket=one.key, by=bank.wang)
    services.finish_ticket(ticket=one.key, by=bank.wang)
    for row in Ticket.objects.all():
        open_now = Period.objects.get(ticket=row, end=None)
        assert (open_now.state, open_now.start, open_now.desk_id) == (row.state, row.since, row.desk_id)


def test_another_branch_sees_nothing(bank):
    open_windows(bank)
    ticket = take()
    stranger = services.self_service(OTHER)
    with pytest.raises(UnknownTicket):
        services.ticket(ticket.key, by=stranger)
    with pytest.raises(UnknownTicket):
        services.leave_line(ticket=ticket.key, by=stranger)


def test_a_moved_ticket_says_so(bank):
    open_windows(bank)
    ticket = take()
    for act in (services.begin_serving, services.recall, services.no_show):
        with pytest.raises(TicketMoved):
            act(ticket=ticket.key, by=bank.wang)


def test_a_forged_or_expired_phone_code_is_one_refusal(bank, pass_time):
    open_windows(bank)
    taken = services.take_ticket(branch=BRANCH, service="cash", channel=TicketChannel.KIOSK, by=KIOSK)
    assert services.phone(taken.token).ticket.key == taken.ticket.key
    for wrong in ("", "x" * 65, "0" * 40, "号", None):
        with pytest.raises(TokenRefused):
            services.phone(wrong)
    pass_time(13 * 60)
    with pytest.raises(TokenRefused):
        services.phone(taken.token)


def test_a_call_costs_the_same_however_long_the_line_is(bank, django_assert_max_num_queries):
    open_windows(bank)
    take(), take()
    services.call_next(desk=bank.li.desk, by=bank.li)
    for _customer in range(10):
        take("transfer")
    with django_assert_max_num_queries(9):
        services.call_next(desk=bank.wang.desk, by=bank.wang)


def test_a_refusal_names_its_rule_in_words_and_not_by_its_key(bank):
    open_windows(bank)
    take()
    called = services.call_next(desk=bank.li.desk, by=bank.li)
    with pytest.raises(TooEarly) as refusal:
        services.no_show(ticket=called.ticket.key, by=bank.li)
    assert refusal.value.why.source
    assert "lobby." not in refusal.value.why.rule
    assert refusal.value.why.rule
