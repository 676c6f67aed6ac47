"""Handing a visit on 转交: to whom it may go, who may take it, and that the place is never lost."""

from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.kit.models import Event
from counterpoint.org import services as org
from counterpoint.people import services as people
from counterpoint.people.data import Duty, Role
from counterpoint.visits import services
from counterpoint.visits.data import (
    AlreadyServing,
    HandOffEnded,
    HandOffOpen,
    HandOffState,
    NoteNeeded,
    NotReceiver,
    NotServing,
    ReceiverGone,
    Target,
    VisitMalformed,
    VisitState,
)
from counterpoint.visits.models import HandOff
from counterpoint.visits.tests.bank import BRANCH, handed, served, sign_in, stand_up

pytestmark = pytest.mark.django_db
S = VisitState


def later(monkeypatch, minutes):
    moment = clock.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: moment)


def inbox(who, *duties):
    found = services.inbox(person=who.id, desk=who.desk, duties=duties, branch=BRANCH)
    return [one.id for one in found]


def hand(bank, visit, **to):
    return services.hand_off(visit=visit, note="请接办", by=bank.wang, **to)


def test_the_receiver_accepts_and_everything_is_there(bank):
    visit = served(bank)
    at = services.visit(visit).at
    services.save_draft(visit=visit, operation="1301", fields={"customer": "C1"}, by=bank.wang)
    services.add_note(visit=visit, words="想了解经营贷", by=bank.wang)
    made = hand(bank, visit, target=Target.DESK, desk=bank.li.desk)
    gone = services.visit(visit)
    assert (gone.state, gone.at, gone.serving, gone.hand_off.id) == (S.HANDED, at, None, made.id)
    assert (made.giver_desk, made.note) == (bank.wang.desk, "请接办")
    assert inbox(bank.li) == [made.id]
    assert inbox(bank.chen) == inbox(bank.wang) == []
    now = services.accept(hand_off=made.id, by=bank.li)
    assert (now.state, now.at, now.serving.person, now.serving.desk) == (
        S.SERVING, at, bank.li.id, bank.li.desk,
    )  # fmt: skip
    assert inbox(bank.li) == []
    assert services.draft(visit, "1301").fields == {"customer": "C1"}
    assert [one.words for one in services.notes_of(visit)] == ["想了解经营贷"]
    assert services.hand_off_of(made.id).state is HandOffState.ACCEPTED
    served(bank, party=bank.other)


@pytest.mark.parametrize("note", ["", "   ", "x" * 501, "a\x00b", None])
def test_the_note_has_words_and_not_too_many(bank, note):
    visit = served(bank)
    with pytest.raises(NoteNeeded):
        services.hand_off(visit=visit, target="desk", desk=bank.li.desk, note=note, by=bank.wang)
    assert services.visit(visit).state is S.SERVING


def test_nobody_hands_to_oneself(bank):
    visit = served(bank)
    for to in ({"target": "desk", "desk": bank.wang.desk}, {"target": "person", "person": bank.wang.id}):
        with pytest.raises(VisitMalformed):
            hand(bank, visit, **to)
    assert services.visit(visit).state is S.SERVING


@pytest.mark.parametrize(
    "to",
    [
        {"target": "desk"}, {"target": "person"}, {"target": "duty"}, {"target": "duty", "duty": "juggling"},
        {"target": "person", "desk": 1}, {"target": "duty", "person": 1},
    ],
)  # fmt: skip
def test_a_hand_off_says_to_whom(bank, to):
    visit = served(bank)
    with pytest.raises(VisitMalformed):
        hand(bank, visit, **to)


def test_the_receiver_has_to_be_there(bank):
    visit = served(bank)
    empty = bank.desks[4]
    elsewhere = bank.far.desk
    stand_up(bank.chen)
    for to in (
        {"target": "desk", "desk": empty},
        {"target": "desk", "desk": elsewhere},
        {"target": "desk", "desk": bank.chen.desk},
        {"target": "person", "person": bank.zhao.id},
        {"target": "person", "person": bank.far.id},
        {"target": "duty", "duty": Duty.LOBBY},
        {"target": "duty", "duty": Duty.PEOPLE_ADMIN},
    ):
        with pytest.raises(ReceiverGone):
            hand(bank, visit, **to)
    assert services.visit(visit).state is S.SERVING


def test_nobody_hands_to_somebody_who_left_the_bank_or_has_no_duty(bank):
    sign_in(bank.zhao)
    visit = served(bank)
    people.suspend_staff(person=bank.zhao.id, reason="离职", by=SYSTEM)
    with pytest.raises(ReceiverGone):
        hand(bank, visit, target="person", person=bank.zhao.id)
    people.suspend_staff(person=bank.li.id, reason="离职", by=SYSTEM)
    with pytest.raises(ReceiverGone):
        hand(bank, visit, target="desk", desk=bank.li.desk)
    plain = people.add_staff(number="070902", name_zh="无权", name_en="", branch=BRANCH, by=SYSTEM).person
    with pytest.raises(ReceiverGone):
        hand(bank, visit, target="person", person=plain.id)


def test_somebody_without_a_desk_is_there_while_signed_in(bank):
    sign_in(bank.zhao)
    made = hand(bank, served(bank), target="person", person=bank.zhao.id)
    assert inbox(bank.zhao) == [made.id]
    now = services.accept(hand_off=made.id, by=bank.zhao)
    assert (now.serving.person, now.serving.desk) == (bank.zhao.id, None)


def test_a_duty_is_everybodys_who_has_it_but_the_givers(bank):
    sign_in(bank.zhao)
    made = hand(bank, served(bank), target="duty", duty=Duty.LOANS)
    assert inbox(bank.zhao, "loans") == inbox(bank.chen, "loans", "cash") == [made.id]
    assert inbox(bank.wang, "loans") == inbox(bank.li, "cash") == []
    for who in (bank.wang, bank.li):
        with pytest.raises(NotReceiver):
            services.accept(hand_off=made.id, by=who)
    services.accept(hand_off=made.id, by=bank.chen)
    with pytest.raises(HandOffEnded):
        services.accept(hand_off=made.id, by=bank.zhao)


def test_a_duty_that_only_the_giver_has_is_nobodys(bank):
    visit = services.open_visit(branch=BRANCH, by=bank.chen).id
    services.serve(visit=visit, by=bank.chen)
    with pytest.raises(ReceiverGone):
        services.hand_off(visit=visit, target="duty", duty="loans", note="x", by=bank.chen)


def test_only_who_serves_hands_on_and_only_once(bank):
    visit = served(bank)
    with pytest.raises(NotServing):
        services.hand_off(visit=visit, target="desk", desk=bank.chen.desk, note="x", by=bank.li)
    hand(bank, visit, target="desk", desk=bank.li.desk)
    with pytest.raises(NotServing):
        hand(bank, visit, target="desk", desk=bank.chen.desk)


def test_a_desk_is_whoever_sits_at_it(bank):
    made = handed(bank)
    stand_up(bank.li)
    for who in (bank.li, bank.chen):
        with pytest.raises(NotReceiver):
            services.accept(hand_off=made.id, by=who)
    assert services.visit(made.visit).state is S.HANDED


def test_who_serves_somebody_finishes_first(bank):
    made = handed(bank)
    other = served(bank, by=bank.li, party=bank.other)
    with pytest.raises(AlreadyServing):
        services.accept(hand_off=made.id, by=bank.li)
    assert services.hand_off_of(made.id).state is HandOffState.OPEN
    services.finish(visit=other, by=bank.li)
    services.accept(hand_off=made.id, by=bank.li)


def test_returned_with_a_reason_it_waits_for_its_giver_in_the_old_place(bank):
    made = handed(bank)
    at = services.visit(made.visit).at
    for words in ("", "  ", "x" * 201, "a\x00b"):
        with pytest.raises(NoteNeeded):
            services.return_(hand_off=made.id, words=words, by=bank.li)
    with pytest.raises(NotReceiver):
        services.return_(hand_off=made.id, words="不属本柜", by=bank.chen)
    back = services.return_(hand_off=made.id, words="不属本柜", by=bank.li)
    assert (back.state, back.words, back.answerer) == (HandOffState.RETURNED, "不属本柜", bank.li.id)
    visit = services.visit(made.visit)
    assert (visit.state, visit.at, visit.waits_for) == (S.WAITING, at, bank.wang.id)
    services.serve(visit=made.visit, by=bank.wang)
    assert services.visit(made.visit).waits_for is None


def test_the_giver_takes_it_back_and_nobody_else(bank):
    made = handed(bank)
    with pytest.raises(NotReceiver):
        services.withdraw(hand_off=made.id, by=bank.li)
    assert services.withdraw(hand_off=made.id, by=bank.wang).state is HandOffState.WITHDRAWN
    assert services.visit(made.visit).waits_for == bank.wang.id
    with pytest.raises(HandOffEnded):
        services.accept(hand_off=made.id, by=bank.li)


def test_what_nobody_accepts_in_time_goes_back_by_itself(bank, monkeypatch):
    made = handed(bank)
    at = services.visit(made.visit).at
    assert made.due - made.at > timedelta(minutes=2)
    assert services.lapse_due() == 0
    later(monkeypatch, 4)
    assert inbox(bank.li) == []
    assert services.lapse_due() == 1
    assert services.lapse_due() == 0
    lapsed = services.hand_off_of(made.id)
    assert (lapsed.state, lapsed.answerer) == (HandOffState.LAPSED, None)
    visit = services.visit(made.visit)
    assert (visit.state, visit.at, visit.waits_for) == (S.WAITING, at, bank.wang.id)
    for act in (
        lambda: services.accept(hand_off=made.id, by=bank.li),
        lambda: services.return_(hand_off=made.id, words="x", by=bank.li),
        lambda: services.withdraw(hand_off=made.id, by=bank.wang),
    ):
        with pytest.raises(HandOffEnded):
            act()


def test_between_the_time_and_the_clock_it_is_too_late_already(bank, monkeypatch):
    made = handed(bank)
    later(monkeypatch, 4)
    with pytest.raises(HandOffEnded) as refused:
        services.accept(hand_off=made.id, by=bank.li)
    assert refused.value.details["state"] == "lapsed"
    assert services.visit(made.visit).state is S.HANDED


def test_how_long_the_receiver_has_is_a_rule(bank, monkeypatch):
    sign_in(bank.zhao)
    made = hand(bank, served(bank), target="duty", duty="loans")
    asked = org.decide(table="visits.hand_off_minutes", facts={"target": "duty"}, at=clock.today())
    assert round((made.due - made.at).total_seconds() / 60) == asked.outcome["minutes"] == 10


def test_a_second_hand_off_is_not_lost_behind_the_first(bank):
    made = handed(bank)
    services.accept(hand_off=made.id, by=bank.li)
    second = services.hand_off(
        visit=made.visit, target="person", person=bank.chen.id, note="再转", by=bank.li
    )
    services.return_(hand_off=second.id, words="不熟悉", by=bank.chen)
    assert services.visit(made.visit).waits_for == bank.li.id
    assert [one.state for one in services.hand_offs_of(made.visit)] == ["accepted", "returned"]
    with pytest.raises(HandOffEnded):
        services.accept(hand_off=made.id, by=bank.li)


def test_a_restricted_receiver_is_told_so_at_the_next_step(bank):
    """The screen may be open still; the right is asked for again."""
    sign_in(bank.zhao)
    made = hand(bank, served(bank), target="duty", duty="loans")
    people.impose_restriction(person=bank.zhao.id, duty=Duty.LOANS, reason="调查", source="", by=SYSTEM)
    with pytest.raises(NotReceiver):
        services.accept(hand_off=made.id, by=bank.zhao)


def test_giver_and_receiver_hear_of_it(bank, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "counterpoint.kit.journal.signal",
        lambda event, verb, channels, about: heard.append((verb, channels)) or "{}",
    )
    made = handed(bank)
    verb, channels = heard[-1]
    assert verb == "visits.hand_off.made"
    assert {
        f"visit:{made.visit}", f"desk:{bank.li.desk}", f"person:{bank.wang.id}", f"branch:{BRANCH}",
    } <= set(channels)  # fmt: skip
    sign_in(bank.zhao)
    services.withdraw(hand_off=made.id, by=bank.wang)
    services.serve(visit=made.visit, by=bank.wang)
    hand(bank, made.visit, target="duty", duty="loans")
    assert f"duty:loans@{BRANCH}" in heard[-1][1]
    event = Event.objects.filter(verb="visits.hand_off.made").latest("id")
    assert event.correlation == services.visit(made.visit).key


def test_a_role_at_another_branch_does_not_make_a_receiver(bank):
    people.assign_role(
        person=bank.far.id, role=Role.CUSTOMER_MANAGER, branch=0, by=SYSTEM,
        valid_from=org.business_day(BRANCH).date,
    )  # fmt: skip
    visit = served(bank)
    with pytest.raises(ReceiverGone):
        hand(bank, visit, target="person", person=bank.far.id)
    stand_up(bank.chen)
    with pytest.raises(ReceiverGone):
        hand(bank, visit, target="duty", duty="loans")


def test_one_open_hand_off_at_a_time(bank):
    made = handed(bank)
    with pytest.raises(HandOffOpen):
        services.serve(visit=made.visit, by=bank.chen)
    assert HandOff.objects.count() == 1
