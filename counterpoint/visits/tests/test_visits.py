"""A visit from the door to its end: the place is never lost, nobody of another branch sees it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed, Refusal
from counterpoint.kit.journal import of_correlation
from counterpoint.people import services as people
from counterpoint.visits import services
from counterpoint.visits.data import (
    AlreadyServing,
    Channel,
    HandOffOpen,
    NotServing,
    UnknownVisit,
    VisitBusy,
    VisitEnded,
    VisitIdentified,
    VisitMalformed,
    VisitState,
)
from counterpoint.visits.models import Visit
from counterpoint.visits.tests.bank import BRANCH, OTHER, handed, served

pytestmark = pytest.mark.django_db
S = VisitState


def state(visit):
    return services.visit(visit).state


def test_from_the_door_to_the_end(bank):
    arrived = clock.now() - timedelta(minutes=12)
    visit = services.open_visit(
        branch=BRANCH, by=bank.liu, reason="cash", channel=Channel.LOBBY, arrived=arrived
    )
    assert (visit.state, visit.at, visit.opened) == (S.WAITING, arrived, bank.liu.id)
    services.identify(visit=visit.id, party=bank.customer, by=bank.liu)
    now = services.serve(visit=visit.id, by=bank.wang)
    assert (now.state, now.serving.person, now.serving.desk) == (S.SERVING, bank.wang.id, bank.wang.desk)
    assert services.current_visit(bank.wang.id).id == visit.id
    assert services.check_serving(visit=visit.id, by=bank.wang).party == bank.customer
    done = services.finish(visit=visit.id, by=bank.wang)
    assert (done.state, done.at) == (S.ENDED, arrived)
    assert services.current_visit(bank.wang.id) is None
    assert services.open_visits(BRANCH) == []
    assert [one.why for one in services.servings_of(visit.id)] == ["finished"]


def test_a_customer_who_comes_back_gets_place_draft_and_papers_back(bank):
    visit = served(bank)
    before = services.visit(visit)
    services.save_draft(visit=visit, operation="1301", fields={"customer": "C1"}, by=bank.wang)
    services.park(visit=visit, reason="missing_paper", papers=("household",), words="明日再来", by=bank.wang)
    parked = services.visit(visit)
    assert (parked.state, parked.parked_for, parked.parked_papers) == (
        S.PARKED,
        "missing_paper",
        ("household",),
    )
    assert (parked.parked_by, parked.parked_words) == (bank.wang.id, "明日再来")
    back = services.serve_party(party=bank.customer, by=bank.li)
    assert (back.id, back.at, back.state, back.parked) == (visit, before.at, S.SERVING, None)
    assert services.draft(visit, "1301").fields == {"customer": "C1"}


def test_choosing_the_same_customer_again_keeps_the_visit(bank):
    visit = served(bank)
    assert served(bank) == visit
    services.serve(visit=visit, by=bank.wang)
    assert len(services.servings_of(visit)) == 1


def test_one_person_serves_one_visit_at_a_time(bank):
    visit = served(bank)
    with pytest.raises(AlreadyServing) as refused:
        served(bank, party=bank.other)
    assert refused.value.details["visit"] == visit
    assert Visit.objects.count() == 1


def test_nobody_takes_a_customer_away_from_a_colleague(bank):
    visit = served(bank)
    for take in (
        lambda: services.serve(visit=visit, by=bank.li),
        lambda: services.serve_party(party=bank.customer, by=bank.li),
    ):
        with pytest.raises(VisitBusy) as refused:
            take()
        assert refused.value.why.helper == bank.wang.name


def test_only_who_serves_parks_or_finishes(bank):
    visit = served(bank)
    for act in (
        lambda: services.park(visit=visit, reason="other", by=bank.li),
        lambda: services.finish(visit=visit, by=bank.li),
        lambda: services.check_serving(visit=visit, by=bank.li),
    ):
        with pytest.raises(NotServing):
            act()
    services.park(visit=visit, reason="other", by=bank.wang)
    with pytest.raises(NotServing):
        services.park(visit=visit, reason="other", by=bank.wang)


def test_what_waits_or_is_parked_may_be_ended_by_any_colleague(bank):
    visit = served(bank)
    services.park(visit=visit, reason="customer_away", by=bank.wang)
    assert services.finish(visit=visit, by=bank.liu).state is S.ENDED


def test_who_leaves_the_desk_leaves_the_customer_in_the_old_place(bank):
    visit = served(bank)
    at = services.visit(visit).at
    services.call_help(page="/", by=bank.wang, visit=visit)
    left = services.leave(by=bank.wang)
    assert (left.state, left.at, left.waits_for) == (S.WAITING, at, None)
    assert services.open_calls(BRANCH) == []
    assert services.leave(by=bank.wang) is None
    assert services.serve(visit=visit, by=bank.li).state is S.SERVING


def test_the_end_takes_drafts_passes_onlookers_and_calls_with_it(bank):
    visit = served(bank)
    services.save_draft(visit=visit, operation="1101", fields={"amount": "5"}, by=bank.wang)
    services.issue_pass(visit=visit, by=bank.wang)
    services.look(visit=visit, by=bank.li)
    call = services.call_help(page="/", by=bank.wang, visit=visit)
    services.finish(visit=visit, by=bank.wang)
    assert services.drafts_of(visit) == []
    assert services.live_pass(visit) is None
    assert services.onlookers(visit) == []
    assert services.help_call(call.id).state == "withdrawn"
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields::text FROM visits_draft WHERE visit_id = %s", [visit])
        assert cursor.fetchall() == [("{}",)]


def test_nothing_happens_to_a_visit_that_ended(bank):
    visit = served(bank)
    services.finish(visit=visit, by=bank.wang)
    for act in (
        lambda: services.serve(visit=visit, by=bank.wang),
        lambda: services.finish(visit=visit, by=bank.wang),
        lambda: services.add_note(visit=visit, words="晚了", by=bank.wang),
        lambda: services.save_draft(visit=visit, operation="1101", fields={"a": 1}, by=bank.wang),
        lambda: services.identify(visit=visit, party=bank.other, by=bank.wang),
        lambda: services.issue_pass(visit=visit, by=bank.wang),
        lambda: services.look(visit=visit, by=bank.wang),
        lambda: services.call_help(page="/", by=bank.wang, visit=visit),
        lambda: services.hand_off(visit=visit, target="desk", desk=bank.li.desk, note="x", by=bank.wang),
    ):
        with pytest.raises(VisitEnded):
            act()
    assert served(bank) != visit


def test_for_another_branch_there_is_no_visit(bank):
    made = handed(bank)
    call = services.call_help(page="/", by=bank.wang)
    visit, far = made.visit, bank.far
    for act in (
        lambda: services.visit_here(visit, far),
        lambda: services.serve(visit=visit, by=far),
        lambda: services.finish(visit=visit, by=far),
        lambda: services.identify(visit=visit, party=bank.other, by=far),
        lambda: services.add_note(visit=visit, words="x", by=far),
        lambda: services.save_draft(visit=visit, operation="1101", fields={"a": 1}, by=far),
        lambda: services.look(visit=visit, by=far),
        lambda: services.issue_pass(visit=visit, by=far),
        lambda: services.accept(hand_off=made.id, by=far),
        lambda: services.return_(hand_off=made.id, words="x", by=far),
        lambda: services.withdraw(hand_off=made.id, by=far),
        lambda: services.join(call=call.id, by=far),
        lambda: services.take_over(call=call.id, by=far),
        lambda: services.end_help(call=call.id, by=far),
        lambda: services.call_help(page="/", by=far, visit=visit),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.status == 404, refused.value
    assert services.open_visits(OTHER) == []
    assert services.visits_of(bank.customer, branch=OTHER) == []
    assert services.inbox(person=far.id, desk=far.desk, duties=["cash"], branch=OTHER) == []


def test_a_customer_has_a_visit_at_each_branch(bank):
    here = served(bank)
    there = services.serve_party(party=bank.customer, by=bank.far)
    assert there.branch == OTHER
    assert [one.id for one in services.visits_of(bank.customer)] == [there.id, here]
    assert [one.id for one in services.visits_of(bank.customer, branch=BRANCH)] == [here]


def test_who_may_not_see_customers_serves_nobody(bank):
    weak = people.add_staff(number="070902", name_zh="无权", name_en="", branch=BRANCH, by=SYSTEM).person
    nobody = replace(bank.wang, id=weak.id, name=weak.name, desk=None)
    for who in (nobody, SYSTEM, replace(bank.wang, branch=None)):
        with pytest.raises(NotAllowed):
            services.open_visit(branch=BRANCH, by=who)
    with pytest.raises(NotAllowed):
        services.open_visit(branch=OTHER, by=bank.wang)


@pytest.mark.parametrize(
    "arrived",
    [
        lambda: clock.now() + timedelta(minutes=1),
        lambda: clock.now() - timedelta(hours=25),
        lambda: clock.now().replace(tzinfo=None),
    ],
)
def test_nobody_arrives_tomorrow_or_the_day_before(bank, arrived):
    with pytest.raises(VisitMalformed):
        services.open_visit(branch=BRANCH, by=bank.wang, arrived=arrived())


def test_reasons_and_missing_papers_are_codes(bank):
    visit = served(bank)
    for wrong in (
        {"reason": "gone fishing"},
        {"reason": "other", "papers": ["张三的户口本"]},
        {"reason": "other", "papers": [f"p{n}" for n in range(21)]},
        {"reason": "other", "words": "x" * 201},
        {"reason": "other", "words": "a\x00b"},
    ):
        with pytest.raises(VisitMalformed):
            services.park(visit=visit, by=bank.wang, **wrong)
    with pytest.raises(VisitMalformed):
        services.open_visit(branch=BRANCH, by=bank.wang, reason="张三来取钱")
    assert state(visit) is S.SERVING


def test_a_wrong_customer_is_put_right_until_something_lies_with_the_visit(bank):
    visit = services.open_visit(branch=BRANCH, by=bank.liu).id
    services.identify(visit=visit, party=bank.other, by=bank.liu)
    assert services.identify(visit=visit, party=bank.customer, by=bank.wang).party == bank.customer
    services.save_draft(visit=visit, operation="1101", fields={"amount": "5"}, by=bank.wang)
    with pytest.raises(VisitIdentified):
        services.identify(visit=visit, party=bank.other, by=bank.wang)
    assert services.identify(visit=visit, party=bank.customer, by=bank.wang).party == bank.customer


def test_a_supervisor_takes_a_visit_from_who_is_gone(bank):
    visit = served(bank)
    at = services.visit(visit).at
    with pytest.raises(NotAllowed):
        services.free_visit(visit=visit, by=bank.li)
    freed = services.free_visit(visit=visit, by=bank.zhang)
    assert (freed.state, freed.at, freed.waits_for) == (S.WAITING, at, None)
    with pytest.raises(NotServing):
        services.free_visit(visit=visit, by=bank.zhang)
    services.serve(visit=visit, by=bank.li)


def test_a_word_that_is_no_choice_is_refused(bank):
    visit = served(bank)
    for act in (
        lambda: services.open_visit(branch=BRANCH, by=bank.li, channel="pigeon"),
        lambda: services.hand_off(visit=visit, target="moon", note="x", by=bank.wang),
        lambda: services.call_help(page="/", by=bank.wang, duty="juggling"),
        lambda: services.join(call=1, by=bank.wang, mode="dance"),
        lambda: services.save_draft(
            visit=visit, operation="1101", fields={"a": 1}, by=bank.wang, source="stranger"
        ),
    ):
        with pytest.raises(VisitMalformed):
            act()


def test_the_timeline_has_every_step_in_both_languages(bank):
    made = handed(bank)
    services.save_draft(visit=made.visit, operation="1301", fields={"a": 1}, by=bank.li)
    services.save_draft(visit=made.visit, operation="1301", fields={"a": 2}, version=1, by=bank.li)
    services.accept(hand_off=made.id, by=bank.li)
    moments = services.timeline(made.visit)
    assert [one.verb.partition(".")[2] for one in moments] == [
        "hand_off.accepted", "draft.saved", "hand_off.made", "visit.served", "visit.opened",
    ]  # fmt: skip
    assert moments[0].who == bank.li.name
    assert (moments[0].words("zh-hans"), moments[0].words("en")) == ("接收转交", "Hand-off accepted")
    with pytest.raises(ValueError, match="twice"):
        services.register_words("visits.visit.opened", "甲", "A")
    assert [one.event for one in services.timeline(made.visit, limit=2)] == [one.event for one in moments[:2]]
    assert services.words_of("people.session.opened")[1] == "Say that a person signed in."


def test_events_hold_codes_and_never_what_was_written(bank):
    made = handed(bank)
    visit, secret = made.visit, "张三丰私话"
    services.accept(hand_off=made.id, by=bank.li)
    services.add_note(visit=visit, words=secret, by=bank.li)
    services.save_draft(visit=visit, operation="1101", fields={"name": secret}, by=bank.li)
    services.call_help(page=f"/{secret}", by=bank.li, visit=visit, words=secret)
    services.park(visit=visit, reason="other", words=secret, by=bank.li)
    events = of_correlation(services.visit(visit).key)
    assert len(events) == 8
    assert not [one for one in events if secret in str(one.data) or "贷款意向" in str(one.data)]
    assert {one.branch_id for one in events} == {BRANCH}


def test_a_list_of_visits_costs_one_query_however_long(bank, django_assert_num_queries):
    handed(bank)
    served(bank, by=bank.li, party=bank.other)
    for _one in range(3):
        visit = services.open_visit(branch=BRANCH, by=bank.chen).id
        services.serve(visit=visit, by=bank.chen)
        services.park(visit=visit, reason="other", by=bank.chen)
    with django_assert_num_queries(1):
        assert len(services.open_visits(BRANCH)) == 5


def test_nobody_begins_with_what_is_on_its_way(bank):
    made = handed(bank)
    for act in (
        lambda: services.serve(visit=made.visit, by=bank.chen),
        lambda: services.finish(visit=made.visit, by=bank.wang),
        lambda: services.serve_party(party=bank.customer, by=bank.wang),
    ):
        with pytest.raises(HandOffOpen):
            act()
    assert services.serve_party(party=bank.customer, by=bank.li).serving.person == bank.li.id


def test_an_unknown_visit_is_none(bank):
    with pytest.raises(UnknownVisit):
        services.visit(987_654)
    with pytest.raises(UnknownVisit):
        services.timeline(987_654)
    assert services.visit_of_key(services.visit(served(bank)).key).party == bank.customer
