"""Two hands on one visit: with real commits, and what would happen without the lock."""

import threading
from datetime import timedelta
from functools import partial

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.models import Event
from counterpoint.visits import services
from counterpoint.visits.data import (
    AlreadyServing,
    DraftChanged,
    HandOffEnded,
    HelpTaken,
    PassRefused,
    VisitBusy,
    VisitEnded,
)
from counterpoint.visits.models import Draft, HandOff, HelpCall, Pass, Serving, Visit
from counterpoint.visits.services import drafts, hand_offs, reach, servings
from counterpoint.visits.tests.bank import BRANCH, build, served
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


@pytest.fixture
def bank(transactional_db):
    return build()


def one_wins(results, *refusals):
    done = [one for one in results if not isinstance(one, Exception)]
    assert len(done) == 1, results
    assert all(isinstance(one, refusals) for one in results if isinstance(one, Exception)), results
    return done[0]


def to_the_loan_desk(bank, visit=None):
    """A hand-off that Li Na and Chen Jing may both accept."""
    given = visit or served(bank)
    return services.hand_off(visit=given, target="duty", duty="cash", note="请接办", by=bank.wang)


def make_due(made):
    HandOff.objects.filter(pk=made.id).update(due=clock.now() - timedelta(seconds=1))


def test_two_accept_one_hand_off_and_one_does(bank):
    for _round in range(ROUNDS):
        made = to_the_loan_desk(bank)
        now = one_wins(
            at_once(*[partial(services.accept, hand_off=made.id, by=who) for who in (bank.li, bank.chen)]),
            HandOffEnded,
        )
        assert services.hand_off_of(made.id).answerer == now.serving.person
        assert Serving.objects.filter(visit=made.visit, ended=None).count() == 1
        services.finish(visit=made.visit, by=bank.li if now.serving.person == bank.li.id else bank.chen)


def test_accepted_returned_and_taken_back_at_once_ends_one_way(bank):
    for _round in range(ROUNDS):
        made = to_the_loan_desk(bank)
        one_wins(
            at_once(
                partial(services.accept, hand_off=made.id, by=bank.li),
                partial(services.return_, hand_off=made.id, words="不属本柜", by=bank.chen),
                partial(services.withdraw, hand_off=made.id, by=bank.wang),
            ),
            HandOffEnded,
        )
        ended, visit = services.hand_off_of(made.id), services.visit(made.visit)
        assert (visit.serving is not None) == (ended.state == "accepted")
        services.finish(visit=made.visit, by=bank.li)


def in_one_of_two_ways(made):
    """Accepted and served, or lapsed and waiting: never half of each."""
    state, visit = services.hand_off_of(made.id).state, services.visit(made.visit)
    return (state == "accepted" and visit.serving is not None) or (
        state == "lapsed" and visit.serving is None and visit.waits_for == made.giver
    )


def test_accepted_in_the_moment_it_lapses_is_one_or_the_other(bank, monkeypatch):
    # Accepting looks at the time before the clock strikes: the two meet at the visit's lock alone.
    monkeypatch.setattr(hand_offs, "_check_in_time", lambda handed: None)
    for _round in range(ROUNDS):
        made = to_the_loan_desk(bank)
        make_due(made)
        results = at_once(partial(services.accept, hand_off=made.id, by=bank.li), services.lapse_due)
        assert not [
            one for one in results if isinstance(one, Exception) and not isinstance(one, HandOffEnded)
        ]
        services.lapse_due()
        assert in_one_of_two_ways(made), results
        services.finish(visit=made.visit, by=bank.li)


def test_without_the_lock_a_visit_would_be_served_and_gone_back(bank, monkeypatch):
    """The negative control: both find the hand-off open, and both answer it."""
    made, together = to_the_loan_desk(bank), threading.Barrier(2, timeout=10)

    def unlocked(id, by):
        handed = HandOff.objects.select_related("giver", "visit").get(pk=id)
        together.wait()
        return handed.visit, handed

    monkeypatch.setattr(hand_offs, "_locked", unlocked)
    results = at_once(
        lambda: services.accept(hand_off=made.id, by=bank.li),
        lambda: hand_offs._lapse(hand_off=made.id, by=SYSTEM),
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    assert Event.objects.filter(verb__in=["visits.hand_off.accepted", "visits.hand_off.lapsed"]).count() == 2


def test_two_begin_with_one_visit_and_one_does(bank):
    for _round in range(ROUNDS):
        visit = services.open_visit(branch=BRANCH, by=bank.liu).id
        now = one_wins(
            at_once(*[partial(services.serve, visit=visit, by=who) for who in (bank.wang, bank.li)]),
            VisitBusy,
        )
        services.finish(visit=visit, by=bank.wang if now.serving.person == bank.wang.id else bank.li)


def test_two_who_choose_one_customer_open_one_visit(bank):
    one_wins(
        at_once(
            *[partial(services.serve_party, party=bank.customer, by=who) for who in (bank.wang, bank.li)]
        ),
        VisitBusy,
    )
    assert Visit.objects.count() == 1


def test_one_person_on_two_screens_begins_one_visit(bank):
    visits = [services.open_visit(branch=BRANCH, by=bank.liu).id for _n in range(2)]
    results = at_once(*[partial(services.serve, visit=visit, by=bank.wang) for visit in visits])
    one_wins(results, AlreadyServing)
    assert Serving.objects.filter(ended=None).count() == 1


def test_a_double_press_begins_and_finishes_once(bank):
    visit = services.open_visit(branch=BRANCH, by=bank.liu).id
    results = at_once(*[lambda: services.serve(visit=visit, by=bank.wang)] * 3)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert Serving.objects.count() == 1
    one_wins(at_once(*[lambda: services.finish(visit=visit, by=bank.wang)] * 3), VisitEnded)


def ending_or_handing(bank, visit):
    return at_once(lambda: services.finish(visit=visit, by=bank.wang), lambda: to_the_loan_desk(bank, visit))


def contradicts(visit):
    return Visit.objects.filter(pk=visit, ended__isnull=False, hand_offs__state="open").exists()


def test_finished_and_handed_on_at_once_is_one_or_the_other(bank):
    for _round in range(ROUNDS):
        visit = served(bank)
        one_wins(ending_or_handing(bank, visit), Refusal)
        assert not contradicts(visit)
        for made in services.hand_offs_of(visit):
            services.withdraw(hand_off=made.id, by=bank.wang)
            services.finish(visit=visit, by=bank.wang)


def test_without_the_lock_a_visit_would_end_while_it_is_on_its_way(bank, monkeypatch):
    """The negative control: an ended visit whose hand-off nobody can ever answer."""
    visit, together = served(bank), threading.Barrier(2, timeout=10)

    def unlocked(visit, by):
        row = Visit.objects.get(pk=visit)
        together.wait()
        return row

    monkeypatch.setattr(reach, "locked", unlocked)
    meeting = threading.Barrier(2, timeout=10)

    def stopped(row, by, why):
        """Both find who serves before either has ended it."""
        now = servings.open_of(row)
        meeting.wait()
        Serving.objects.filter(pk=now.pk).update(ended=clock.now(), why=why)
        return now

    monkeypatch.setattr(servings, "stop", stopped)
    results = ending_or_handing(bank, visit)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert contradicts(visit)


def typed(bank, visit, who, amount):
    fields = {"amount": amount, "account": "6222"}
    return lambda: services.save_draft(visit=visit, operation="1101", fields=fields, version=1, by=who)


@pytest.fixture
def shared_draft(bank):
    """A draft that Wang Fang and her helper have both read."""
    visit = served(bank)
    services.save_draft(
        visit=visit, operation="1101", fields={"amount": "1.00", "account": "6222"}, by=bank.wang
    )
    services.join(call=services.call_help(page="/", by=bank.wang, visit=visit).id, by=bank.li)
    return visit


def test_of_two_who_save_one_draft_the_second_is_told(bank, shared_draft):
    results = at_once(
        typed(bank, shared_draft, bank.wang, "2.00"), typed(bank, shared_draft, bank.li, "3.00")
    )
    kept = one_wins(results, DraftChanged)
    told = next(one for one in results if isinstance(one, DraftChanged))
    assert (told.details["fields"], told.details["person"]) == (["amount"], kept.person)
    assert services.draft(shared_draft, "1101") == kept


def test_without_the_lock_one_of_them_would_be_lost_silently(bank, shared_draft, monkeypatch):
    """The negative control: both have read version 1, both write version 2, and one amount is gone."""
    together, there = threading.Barrier(2, timeout=10), drafts._there

    def read_by_both(row, operation):
        found = there(row, operation)
        together.wait()
        return found

    monkeypatch.setattr(reach, "locked", lambda visit, by: Visit.objects.get(pk=visit))
    monkeypatch.setattr(drafts, "_there", read_by_both)
    results = at_once(
        typed(bank, shared_draft, bank.wang, "2.00"), typed(bank, shared_draft, bank.li, "3.00")
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    assert services.draft(shared_draft, "1101").version == 2
    assert Event.objects.filter(verb="visits.draft.saved").count() == 3


def test_two_who_begin_a_draft_begin_one(bank):
    visit = served(bank)
    services.join(call=services.call_help(page="/", by=bank.wang, visit=visit).id, by=bank.li)
    save = services.save_draft
    results = at_once(
        lambda: save(visit=visit, operation="1301", fields={"customer": "C1"}, by=bank.wang),
        lambda: save(visit=visit, operation="1301", fields={"customer": "C2"}, by=bank.li),
    )
    one_wins(results, DraftChanged)
    assert Draft.objects.filter(visit=visit).count() == 1


def test_two_join_one_call_and_one_does(bank):
    for _round in range(ROUNDS):
        call = services.call_help(page="/", by=bank.wang).id
        joined = one_wins(
            at_once(*[partial(services.join, call=call, by=who) for who in (bank.li, bank.chen)]),
            HelpTaken,
        )
        assert services.help_call(call).helper == joined.helper
        services.end_help(call=call, by=bank.wang)


def test_without_the_lock_two_would_come_and_the_first_be_forgotten(bank, monkeypatch):
    """The negative control: both find the call unanswered, and the second overwrites the first."""
    call, together = services.call_help(page="/", by=bank.wang).id, threading.Barrier(2, timeout=10)

    def unlocked(id, by):
        row = HelpCall.objects.select_related("visit", "helper").get(pk=id)
        together.wait()
        return row

    monkeypatch.setattr("counterpoint.visits.services.help._locked", unlocked)
    results = at_once(*[partial(services.join, call=call, by=who) for who in (bank.li, bank.chen)])
    assert not [one for one in results if isinstance(one, Exception)], results
    assert Event.objects.filter(verb="visits.help.joined").count() == 2


def test_the_key_pressed_on_two_screens_calls_once(bank):
    results = at_once(*[lambda: services.call_help(page="/", by=bank.wang)] * 3)
    assert len({one.id for one in results}) == 1, results
    assert HelpCall.objects.count() == 1


def test_taking_over_leaving_and_finishing_at_once_stop_nobody_for_good(bank):
    """Three who lock the same two rows; each time all of them come to an end, and one serves or nobody."""
    for _round in range(ROUNDS):
        visit = served(bank)
        call = services.call_help(page="/", by=bank.wang, visit=visit).id
        results = at_once(
            partial(services.join, call=call, by=bank.li, mode="take_over"),
            partial(services.leave, by=bank.wang),
            partial(services.finish, visit=visit, by=bank.wang),
        )
        assert all(not isinstance(one, Exception) or isinstance(one, Refusal) for one in results), results
        assert Serving.objects.filter(visit=visit, ended=None).count() <= 1
        for who in (bank.li, bank.wang):
            services.leave(by=who)
            mine = services.help_call_of(who.id)
            if mine is not None:
                services.end_help(call=mine.id, by=who)


def test_a_pass_that_is_used_up_is_used_up_for_both(bank):
    visit = services.open_visit(branch=BRANCH, by=bank.liu).id
    _view, token = services.issue_pass(visit=visit, by=bank.liu)
    Pass.objects.filter(visit=visit).update(uses=29)
    fill = services.pre_fill
    results = at_once(
        lambda: fill(token=token, operation="1101", fields={"amount": "1.00"}),
        lambda: fill(token=token, operation="1102", fields={"amount": "2.00"}),
    )
    one_wins(results, PassRefused)
    assert Draft.objects.filter(visit=visit).count() == 1


def test_two_who_issue_a_pass_leave_one(bank):
    visit = services.open_visit(branch=BRANCH, by=bank.liu).id
    results = at_once(*[partial(services.issue_pass, visit=visit, by=who) for who in (bank.liu, bank.wang)])
    assert not [one for one in results if isinstance(one, Exception)], results
    assert Pass.objects.filter(visit=visit, revoked=None).count() == 1
