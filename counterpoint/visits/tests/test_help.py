"""Asking for help 求助: one call, the first qualified colleague, and how long it took."""

from datetime import timedelta

import pytest

from counterpoint.kit import clock
from counterpoint.kit.data import NotAllowed
from counterpoint.people.data import Duty
from counterpoint.visits import services
from counterpoint.visits.data import (
    AlreadyServing,
    HelpEnded,
    HelpMode,
    HelpState,
    HelpTaken,
    NotServing,
    UnknownHelpCall,
    UnknownVisit,
    VisitMalformed,
)
from counterpoint.visits.models import HelpCall
from counterpoint.visits.tests.bank import BRANCH, served, sign_in, stand_up

pytestmark = pytest.mark.django_db


def call(bank, **more):
    return services.call_help(**({"page": "/teller/1301", "by": bank.wang} | more))


def test_a_call_has_the_screen_behind_it(bank):
    visit = served(bank)
    made = call(bank, visit=visit, operation="1301", words="开户资料不全", duty=Duty.ACCOUNTS)
    assert (made.state, made.desk, made.page, made.operation, made.duty, made.words) == (
        HelpState.CALLED, bank.wang.desk, "/teller/1301", "1301", "accounts", "开户资料不全",
    )  # fmt: skip
    assert services.open_calls(BRANCH) == [made]
    assert services.help_call_of(bank.wang.id) == made


def test_the_key_pressed_twice_calls_once(bank):
    first = call(bank)
    assert call(bank, words="快来").id == first.id
    assert HelpCall.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": "https://elsewhere.example"}, {"page": "//elsewhere.example"}, {"page": ""},
        {"operation": "13x1y"}, {"operation": "../"}, {"words": "x" * 201}, {"words": "a\x00b"},
    ],
)  # fmt: skip
def test_a_call_says_what_it_is_about_and_no_more(bank, wrong):
    with pytest.raises(VisitMalformed):
        call(bank, **wrong)
    assert not HelpCall.objects.exists()


def test_nobody_calls_with_a_visit_that_is_not_there(bank):
    with pytest.raises(UnknownVisit):
        call(bank, visit=987_654)


def test_exactly_one_colleague_answers(bank):
    made = call(bank, visit=served(bank))
    joined = services.join(call=made.id, by=bank.li)
    assert (joined.state, joined.helper, joined.mode) == (HelpState.JOINED, bank.li.id, HelpMode.LOOK)
    services.join(call=made.id, by=bank.li)
    with pytest.raises(HelpTaken) as refused:
        services.join(call=made.id, by=bank.chen)
    assert refused.value.why.helper == bank.li.name
    # Looking on changes nothing for the customer.
    assert services.visit(made.visit).serving.person == bank.wang.id


def test_who_lacks_the_duty_cannot_help_nor_the_asker(bank):
    made = call(bank, duty=Duty.LOANS)
    for who in (bank.li, bank.liu, bank.wang):
        with pytest.raises(NotAllowed):
            services.join(call=made.id, by=who)
    services.join(call=made.id, by=bank.chen)


def test_the_helper_takes_over_at_the_own_desk(bank):
    visit = served(bank)
    services.save_draft(visit=visit, operation="1301", fields={"a": 1}, by=bank.wang)
    made = call(bank, visit=visit)
    services.join(call=made.id, by=bank.li)
    now = services.take_over(call=made.id, by=bank.li)
    assert (now.serving.person, now.serving.desk) == (bank.li.id, bank.li.desk)
    assert services.help_call(made.id).mode is HelpMode.TAKE_OVER
    assert [one.why for one in services.servings_of(visit)] == ["taken_over", ""]
    assert services.draft(visit, "1301").fields == {"a": 1}
    with pytest.raises(NotServing):
        services.finish(visit=visit, by=bank.wang)
    served(bank, party=bank.other)


def test_the_helper_without_a_desk_takes_over_at_the_askers(bank):
    made = call(bank, visit=served(bank), duty=Duty.CUSTOMER_VIEW)
    now = services.join(call=made.id, by=bank.zhang, mode=HelpMode.TAKE_OVER)
    assert (now.state, now.mode) == (HelpState.JOINED, HelpMode.TAKE_OVER)
    visit = services.visit(made.visit)
    assert (visit.serving.person, visit.serving.desk) == (bank.zhang.id, bank.wang.desk)


def test_a_helper_with_a_desk_may_stay_at_the_askers(bank):
    made = call(bank, visit=served(bank))
    services.join(call=made.id, by=bank.li)
    now = services.take_over(call=made.id, by=bank.li, at_askers_desk=True)
    assert (now.serving.person, now.serving.desk) == (bank.li.id, bank.wang.desk)


def test_nobody_takes_over_without_having_come(bank):
    made = call(bank, visit=served(bank))
    with pytest.raises(HelpTaken):
        services.take_over(call=made.id, by=bank.li)
    services.join(call=made.id, by=bank.li)
    with pytest.raises(HelpTaken):
        services.take_over(call=made.id, by=bank.chen)


def test_nothing_is_taken_over_that_is_not_there(bank):
    made = call(bank)
    services.join(call=made.id, by=bank.li)
    with pytest.raises(VisitMalformed):
        services.take_over(call=made.id, by=bank.li)


def test_what_the_asker_has_parked_meanwhile_is_not_taken_over(bank):
    visit = served(bank)
    made = call(bank, visit=visit)
    services.join(call=made.id, by=bank.li)
    services.park(visit=visit, reason="other", by=bank.wang)
    with pytest.raises(NotServing):
        services.take_over(call=made.id, by=bank.li)


def test_a_helper_who_serves_somebody_finishes_first_and_is_not_half_joined(bank):
    made = call(bank, visit=served(bank))
    served(bank, by=bank.li, party=bank.other)
    with pytest.raises(AlreadyServing):
        services.join(call=made.id, by=bank.li, mode=HelpMode.TAKE_OVER)
    assert services.help_call(made.id).state is HelpState.CALLED
    assert services.visit(made.visit).serving.person == bank.wang.id


def test_either_ends_it_and_nobody_else(bank):
    made = call(bank)
    with pytest.raises(HelpEnded):
        services.end_help(call=made.id, by=bank.wang)
    services.join(call=made.id, by=bank.li)
    with pytest.raises(UnknownHelpCall):
        services.end_help(call=made.id, by=bank.chen)
    assert services.end_help(call=made.id, by=bank.li).state is HelpState.ENDED
    with pytest.raises(HelpEnded):
        services.join(call=made.id, by=bank.chen)
    assert services.help_call_of(bank.wang.id) is None


def test_a_call_is_withdrawn_by_who_called_while_nobody_has_come(bank):
    made = call(bank)
    with pytest.raises(UnknownHelpCall):
        services.withdraw_help(call=made.id, by=bank.li)
    assert services.withdraw_help(call=made.id, by=bank.wang).state is HelpState.WITHDRAWN
    with pytest.raises(HelpEnded):
        services.join(call=made.id, by=bank.li)
    second = call(bank)
    services.join(call=second.id, by=bank.li)
    with pytest.raises(HelpTaken):
        services.withdraw_help(call=second.id, by=bank.wang)


def test_a_supervisor_clears_the_calls_of_who_is_gone(bank):
    made = call(bank)
    assert services.withdraw_help(call=made.id, by=bank.zhang).state is HelpState.WITHDRAWN
    second = call(bank)
    services.join(call=second.id, by=bank.li)
    assert services.end_help(call=second.id, by=bank.zhang).state is HelpState.ENDED


def test_the_nearest_is_free_and_near_and_the_reason_is_said(bank):
    sign_in(bank.zhang)
    served(bank, by=bank.li)
    made = call(bank, duty=Duty.CUSTOMER_VIEW)
    found = services.nearest(made.id)
    assert [one.person for one in found] == [bank.chen.id, bank.zhang.id, bank.li.id]
    assert (found[0].desk, found[0].distance, found[0].free) == ("03", 2, True)
    assert "2" in found[0].why
    assert not found[2].free


def test_who_is_not_there_or_may_not_is_not_the_nearest(bank):
    stand_up(bank.chen)
    made = call(bank, duty=Duty.CASH)
    assert [one.person for one in services.nearest(made.id)] == [bank.li.id]
    services.join(call=made.id, by=bank.li)
    assert not services.nearest(made.id)[0].free


def test_how_long_it_took_is_measured(bank):
    day = clock.today()
    assert services.help_times(BRANCH, day).median is None
    start = clock.now() - timedelta(minutes=1)
    for seconds in (10, 20, 30, 40, None):
        joined = None if seconds is None else start + timedelta(seconds=seconds)
        HelpCall.objects.create(
            branch_id=BRANCH, asker_id=bank.wang.id, duty="cash", page="/", at=start, state="ended",
            helper_id=bank.li.id if joined else None, joined=joined, ended=start,
        )  # fmt: skip
    times = services.help_times(BRANCH, clock.today())
    assert (times.calls, times.joined, times.median, round(times.p90)) == (5, 4, 25.0, 37)
    assert services.help_times(BRANCH, day - timedelta(days=2)).calls == 0
