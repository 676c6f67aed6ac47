"""For whom a request concerns it does not exist; and the room that asked can take it back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import ApprovalUsed, ConflictOfInterest, RequestEnded, RequestState, Row
from counterpoint.approvals.models import ApprovalUse, Recusal
from counterpoint.kit import clock
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.people import services as people
from counterpoint.people.data import Duty

from .conftest import AT_BRANCH, HASH, LOBBY, MAKER, SUPERVISOR, TWO, matter

MANAGER = "080401"


def take_back(who):
    approvals.recall(subject="quote:1", reason="recused", by=who[LOBBY])


def lend(who):
    """The supervisor lends the power to a customer manager, who has no right of their own to look."""
    today = clock.today()
    people.delegate(
        giver=who[SUPERVISOR].id, receiver=who[MANAGER].id, duty=Duty.AUTHORIZE, branch=3, valid_from=today,
        valid_until=today + timedelta(days=1), reason="休假", by=who[SUPERVISOR],
    )  # fmt: skip


def every_way(who, request, by):
    """Nothing shows the request to ``by``, and nothing lets ``by`` decide it."""
    assert not approvals.may_read(approvals.request(request.id), by)
    assert approvals.waiting_for_me(by=by) == (0, None)
    assert approvals.waiting_at(branch=3, by=by) == []
    for attempt in (
        lambda: approvals.claim(request=request.id, by=by),
        lambda: approvals.approve(request=request.id, by=by),
        lambda: approvals.grant(matter=matter(who, need=AT_BRANCH), by=by),
        lambda: approvals.reassign(request=request.id, person=by.id, by=who[SUPERVISOR]),
    ):
        with pytest.raises(ConflictOfInterest):
            attempt()
    assert approvals.request(request.id).open


def test_whom_it_concerns_does_not_find_it_nor_decide_it(who, ask):
    request = ask(recused=(who[SUPERVISOR].id,))
    assert approvals.queue(by=who[SUPERVISOR]) == []
    every_way(who, request, who[SUPERVISOR])


def test_a_right_of_ones_own_does_not_help(who, ask, second):
    request = ask(recused=(second.id,))
    assert approvals.queue(by=second) == []
    every_way(who, request, second)


def test_a_power_lent_by_whom_it_concerns_does_not_reach_it(who, ask):
    lend(who)
    free = ask()
    assert approvals.may_read(free, who[MANAGER])
    approvals.keep_out(subject="quote:1", persons=[who[SUPERVISOR].id])
    every_way(who, free, who[MANAGER])


def test_somebody_is_kept_out_of_what_was_asked_before_and_once(who, ask):
    request = ask()
    for _ in range(2):
        approvals.keep_out(subject="quote:1", persons=[who[SUPERVISOR].id, who[SUPERVISOR].id])
    approvals.keep_out(subject="quote:2", persons=[who[LOBBY].id])
    assert Recusal.objects.count() == 1
    assert approvals.request(request.id).recused == {who[SUPERVISOR].id}


def test_the_others_decide_it(who, ask, second):
    request = ask(recused=(who[SUPERVISOR].id,))
    approvals.claim(request=request.id, by=second)
    assert approvals.approve(request=request.id, by=second).state is RequestState.APPROVED


def test_what_waits_is_withdrawn_by_the_room_that_asked_though_the_maker_is_away(who, ask):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    take_back(who)
    end = approvals.request(request.id).end
    assert (end.state, end.person, end.reason) == (RequestState.WITHDRAWN, who[LOBBY].id, "recused")
    with pytest.raises(RequestEnded):
        approvals.approve(request=request.id, by=who[SUPERVISOR])


def test_what_was_granted_on_the_way_is_void(who, ask, second):
    request = ask(need=TWO)
    approvals.claim(request=request.id, by=second)
    approvals.approve(request=request.id, by=second)
    take_back(who)
    assert approvals.approvals_for(payload_hash=HASH) == []


def test_what_was_granted_is_used_up_and_stands_open_nowhere(who, ask):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    given = approvals.approve(request=request.id, by=who[SUPERVISOR]).approvals[0]
    assert approvals.open_approvals(maker=who[MAKER].id, branch=3)
    take_back(who)
    assert approvals.open_approvals(maker=who[MAKER].id, branch=3) == []
    with pytest.raises(ApprovalUsed):
        approvals.consume(approval=given.id, payload_hash=HASH, branch=3, key=new_key())
    assert ApprovalUse.objects.count() == 1
    told = Event.objects.filter(verb="approvals.request.recalled").latest("id")
    assert told.data["void"] == [given.id]


def test_what_has_ended_is_left_as_it_is(who, ask):
    request = ask()
    approvals.refuse(request=request.id, reason="other", words="否", by=who[SUPERVISOR])
    take_back(who)
    assert approvals.request(request.id).state is RequestState.REFUSED
    assert not Event.objects.filter(verb="approvals.request.recalled").exists()


def test_the_newest_request_of_each_thing_is_found_in_one_question(who, ask, django_assert_num_queries):
    first = ask()
    approvals.refuse(request=first.id, reason="other", words="否", by=who[SUPERVISOR])
    newest, other = ask(payload_hash="b" * 64), ask(payload_hash="c" * 64, subject="quote:2")
    with django_assert_num_queries(1):
        found = approvals.requests_of_all(subjects=["quote:1", "quote:2", "quote:3"])
    assert {subject: view.id for subject, view in found.items()} == {
        "quote:1": newest.id, "quote:2": other.id,
    }  # fmt: skip
    assert approvals.requests_of_all(subjects=[]) == {}


def test_words_that_differ_by_language_are_shown_to_each_in_theirs(who, ask, browser):
    row = Row("受理渠道", "How it came", "柜面办理", en_value="Over the counter")
    address = reverse("approvals:request", args=[ask(rows=(row,)).id])
    english = browser(SUPERVISOR).get(address).content.decode()
    chinese = browser(SUPERVISOR).get(address, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "Over the counter" in english
    assert "柜面办理" not in english
    assert "柜面办理" in chinese
