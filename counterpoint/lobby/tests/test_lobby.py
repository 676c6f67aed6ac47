"""Windows, promises, pages, figures, and the end of the day."""

from datetime import timedelta

import pytest

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.kit.models import Event
from counterpoint.lobby import closing, services
from counterpoint.lobby.data import (
    DeskBusy,
    LobbyMalformed,
    NobodyWaits,
    NotEligible,
    NoWindow,
    Promise,
    TicketChannel,
    TicketState,
    WindowOpen,
)
from counterpoint.lobby.models import DurationStat, Ticket
from counterpoint.lobby.services import promising
from counterpoint.lobby.tests.bank import BRANCH, KIOSK, OTHER, open_windows, served, take
from counterpoint.org import services as org
from counterpoint.org.data import DeskNotHeld
from counterpoint.people import services as people
from counterpoint.people.data import Duty
from counterpoint.vault import services as vault

pytestmark = pytest.mark.django_db
S = TicketState


def test_a_window_serves_what_its_holder_may_do_there(bank):
    window = services.open_window(desk=bank.wang.desk, by=bank.wang)
    assert window.services == ("cash", "transfer", "account", "query", "other")
    assert "loan" in services.open_window(desk=bank.chen.desk, by=bank.chen).services
    with pytest.raises(NotEligible):
        services.open_window(desk=bank.li.desk, services=("loan",), by=bank.li)
    with pytest.raises(WindowOpen):
        services.open_window(desk=bank.wang.desk, by=bank.wang)


def test_opening_an_open_window_with_other_services_changes_its_rights_at_once(bank):
    open_windows(bank, "wang", services=("transfer",))
    take("cash"), take("transfer")
    services.open_window(desk=bank.wang.desk, services=("cash",), by=bank.liu)
    assert services.window_of(person=bank.wang.id).services == ("cash",)
    assert services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.service == "cash"
    assert len(services.windows_at(BRANCH)) == 1


def test_only_the_holder_or_who_runs_the_lobby_opens_and_closes(bank):
    with pytest.raises(NotAllowed):
        services.open_window(desk=bank.wang.desk, by=bank.li)
    with pytest.raises(DeskNotHeld):
        services.open_window(desk=bank.desks[3], by=bank.liu)
    services.open_window(desk=bank.wang.desk, by=bank.liu)
    with pytest.raises(NotAllowed):
        services.close_window(desk=bank.wang.desk, by=bank.li)
    services.close_window(desk=bank.wang.desk, by=bank.liu)
    with pytest.raises(NoWindow):
        services.close_window(desk=bank.wang.desk, by=bank.liu)


def test_a_window_does_not_close_over_a_customer(bank):
    open_windows(bank, "wang")
    take()
    ticket = served(bank.wang)
    with pytest.raises(DeskBusy):
        services.close_window(desk=bank.wang.desk, by=bank.wang)
    services.finish_ticket(ticket=ticket.key, by=bank.wang)
    services.close_window(desk=bank.wang.desk, by=bank.wang)


def test_somebody_restricted_calls_nobody_for_that_duty(bank):
    open_windows(bank, "wang", services=("cash",))
    take()
    people.impose_restriction(
        person=bank.wang.id, duty=Duty.CASH, reason="通知未读", source="test", by=SYSTEM
    )
    with pytest.raises(NobodyWaits):
        services.call_next(desk=bank.wang.desk, by=bank.wang)
    assert "cash" in services.could_serve(desk=bank.wang.desk)
    assert services.could_serve(desk=bank.wang.desk)["cash"]


def test_a_desk_without_cash_is_not_given_cash(bank):
    open_windows(bank, "wang", services=("cash", "query"))
    cash, query = take("cash"), take("query")
    vault.release_box(box=vault.box_of(person=bank.wang.id).id, by=bank.wang)
    assert services.call_next(desk=bank.wang.desk, by=bank.wang).ticket.key == query.key
    assert services.ticket(cash.key, by=KIOSK).state is S.WAITING


def test_what_a_service_took_is_learned_and_shortens_or_lengthens_the_promise(bank, pass_time):
    open_windows(bank, "wang", "li", services=("account",))
    before = services.expected(branch=BRANCH, service="account")
    for _customer in range(8):
        take("account")
        ticket = served(bank.wang)
        pass_time(5)
        services.finish_ticket(ticket=ticket.key, by=bank.wang)
    after = services.expected(branch=BRANCH, service="account")
    mine = services.expected(branch=BRANCH, service="account", person=bank.wang.id)
    assert after.mean < before.mean
    assert mine.mean < after.mean
    assert DurationStat.objects.get().n == 8


def test_a_slip_of_the_finger_and_a_forgotten_end_are_not_learned(bank, pass_time):
    open_windows(bank, "wang")
    for minutes in (0, 60 * 5):
        take()
        ticket = served(bank.wang)
        pass_time(minutes)
        services.finish_ticket(ticket=ticket.key, by=bank.wang)
    assert DurationStat.objects.count() == 0


def test_a_promise_is_kept_with_the_ticket_and_grows_with_the_line(bank):
    open_windows(bank, "wang")
    first = take()
    served(bank.wang)
    promises = [take().promise for _customer in range(4)]
    assert (first.promise.low, first.promise.mid, first.promise.high) == (0, 0, 60)
    assert [one.mid for one in promises] == sorted(one.mid for one in promises)
    assert promises[0].mid > 0
    assert all(one.low <= one.mid <= one.high and one.basis == "rule" for one in promises)


def test_a_model_makes_the_promise_and_the_rule_when_it_cannot(bank, monkeypatch):
    asked = []

    def model(floor, state):
        asked.append(state)
        return Promise(500, 400, 300, "trees 3") if len(asked) == 1 else None

    monkeypatch.setattr(promising, "_learned", model)
    open_windows(bank, "wang")
    take()
    by_model = Ticket.objects.get()
    assert (by_model.promise_low, by_model.promise_mid, by_model.promise_high) == (500, 500, 500)
    assert by_model.promise_basis == "trees 3"
    assert take().promise.basis == "rule"
    assert [one.service for one in asked[1].scene.line] == ["cash"]


def test_a_broken_promise_is_marked_once_and_said_on_display_and_phone(bank, pass_time):
    open_windows(bank, "wang")
    take()
    served(bank.wang)
    taken = services.take_ticket(branch=BRANCH, service="cash", channel=TicketChannel.PHONE, by=KIOSK)
    assert services.break_promises() == 0
    pass_time(taken.ticket.promise.high / 60 + 1)
    assert services.break_promises() == 1
    assert services.break_promises() == 0
    assert services.display(BRANCH).late == (taken.ticket.label,)
    assert services.phone(taken.token).broken
    assert Event.objects.filter(verb="lobby.promise.broken").count() == 1


def test_prework_keeps_the_place_and_expects_less_at_the_desk(bank):
    open_windows(bank)
    ticket = take("account")
    before = services.waiting(BRANCH).waiting[0].predicted
    services.begin_prework(ticket=ticket.key, by=bank.liu)
    assert services.ticket(ticket.key, by=KIOSK).in_line
    services.finish_prework(ticket=ticket.key, operations=("1301",), by=bank.liu)
    after = services.waiting(BRANCH).waiting[0]
    assert (after.ticket.state, after.ticket.prework) == (S.WAITING, ("1301",))
    assert after.predicted == pytest.approx(before * 0.8, abs=1)


def test_the_lobby_notes_who_it_is_and_what_is_missing(bank):
    open_windows(bank)
    ticket = take()
    noted = services.describe_ticket(
        ticket=ticket.key, party=bank.customer, priority="elderly", priority_reason="七十岁",
        papers_missing=("id_card",), by=bank.liu,
    )  # fmt: skip
    assert (noted.party, noted.priority, noted.papers_missing) == (bank.customer, "elderly", ("id_card",))
    assert Ticket.objects.get().kind == "natural"


def test_the_board_shows_each_window_and_the_line_everybody_who_waits(bank, pass_time):
    open_windows(bank, "wang", "li")
    first, second = take(), take("transfer")
    served(bank.wang)
    pass_time(11)
    board = {one.window.desk: one for one in services.board(BRANCH)}
    assert board[bank.wang.desk].ticket.key in (first.key, second.key)
    assert board[bank.wang.desk].expected > 0
    assert board[bank.li.desk].ticket is None
    assert board[bank.li.desk].free_since is not None
    line = services.waiting(BRANCH)
    assert line.total == 1
    assert line.waiting[0].over_target
    assert line.waiting[0].waited >= 660
    assert services.waiting(OTHER).total == 0


def test_the_line_costs_the_same_however_long_it_is(bank, django_assert_max_num_queries):
    open_windows(bank)
    for _customer in range(3):
        take()
    with django_assert_max_num_queries(30) as few:
        services.waiting(BRANCH)
    for _customer in range(12):
        take("transfer")
    with django_assert_max_num_queries(len(few)):
        services.waiting(BRANCH)


def test_the_phone_shows_place_and_promise_and_nobody_s_name(bank):
    open_windows(bank, "wang")
    take()
    served(bank.wang)
    take()
    taken = services.take_ticket(
        branch=BRANCH, service="cash", channel=TicketChannel.KIOSK, by=KIOSK, party=bank.customer
    )
    seen = services.phone(taken.token)
    assert (seen.ahead, seen.desk_number) == (1, "")
    assert seen.promise.high >= seen.promise.mid > 0
    assert "张" not in str(seen)
    services.leave_by_phone(token=taken.token)
    assert services.phone(taken.token).promise is None


def test_the_display_has_the_last_calls_and_who_comes_next(bank, pass_time):
    open_windows(bank, "wang", "li")
    labels = [take().label for _customer in range(4)]
    services.call_next(desk=bank.wang.desk, by=bank.wang)
    pass_time(1)
    services.recall(ticket=services.current_ticket(desk=bank.wang.desk).key, by=bank.wang)
    services.call_next(desk=bank.li.desk, by=bank.li)
    seen = services.display(BRANCH)
    assert [(one.label, one.desk_number, one.times, one.now) for one in seen.called] == [
        (labels[1], "02", 1, True), (labels[0], "01", 2, True),
    ]  # fmt: skip
    assert seen.called[0].place > seen.called[1].place
    assert seen.next == (labels[2], labels[3])
    assert {service.code: queue for service, queue, _mid in seen.waits}["cash"] == 2


def test_why_somebody_is_or_is_not_next_is_one_sentence(bank):
    open_windows(bank, "wang", services=("cash",))
    first, second = take(), take()
    said = [services.explain(ticket=one.key, by=bank.liu) for one in (first, second)]
    assert "01" in said[0]
    assert said[0] != said[1]
    assert second.label in said[1]


def test_figures_come_from_the_periods(bank, pass_time):
    open_windows(bank, "wang", services=("cash",))
    for _customer in range(2):
        take()
    pass_time(6)
    for answer in (True, False):
        ticket = served(bank.wang)
        pass_time(5)
        services.finish_ticket(ticket=ticket.key, by=bank.wang)
        if answer:
            services.rate(ticket=ticket.key, csat=4, by=bank.liu)
        else:
            services.skip_rating(ticket=ticket.key, by=bank.liu)
    services.leave_line(ticket=take().key, by=bank.liu)
    day = org.business_day(BRANCH).date
    found = services.statistics(branch=BRANCH, since=day, until=day)
    assert (found.total.tickets, found.total.called, found.left) == (3, 2, 1)
    assert found.total.mean == pytest.approx((6 + 11) * 60 / 2, abs=2)
    assert found.total.over_target == 50
    assert found.services[0].serving_mean == pytest.approx(300, abs=2)
    assert (found.ratings.csat, found.ratings.skipped) == (100, 1)
    assert (found.promise.promised, found.promise.kept is not None) == (2, True)
    with pytest.raises(LobbyMalformed):
        services.statistics(branch=BRANCH, since=day, until=day - timedelta(days=1))


def test_who_still_waits_stops_the_close_and_ends_with_the_day(bank):
    open_windows(bank, "wang")
    day = org.business_day(BRANCH).date
    assert closing.waiting_gate(BRANCH, day) == []
    take(), take()
    ticket = served(bank.wang)
    words = [one.words for one in closing.waiting_gate(BRANCH, day)]
    assert len(words) == 2
    assert any(ticket.label in one for one in words)
    assert closing.waiting_stops(BRANCH, day)

    class Report:
        by = SYSTEM

        def __call__(self, done, total):
            pass

    assert closing.end_line(BRANCH, day, Report()) == {"voided": 2, "windows": 1}
    assert closing.waiting_gate(BRANCH, day) == []
    assert services.windows_at(BRANCH) == []
    assert closing.end_line(BRANCH, day, Report()) == {"voided": 0, "windows": 0}
