"""Requests: asked for, taken up, decided, and what the clocks do to them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import (
    ClaimedByAnother,
    ConflictOfInterest,
    InterestKind,
    MarkKind,
    Mode,
    NoRequirement,
    NotTheirTurn,
    PapersMissing,
    PayloadAltered,
    ReasonNeeded,
    RekeyDiffers,
    RequestEnded,
    RequestOpen,
    RequestState,
    Requirement,
    Step,
    UnknownApproval,
    UnknownRequest,
)
from counterpoint.customers import services as customers
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, NotAllowed, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.kit.models import Event
from counterpoint.people import services as people

from .conftest import AT_BRANCH, HASH, MAKER, OTHER, REMOTE_FIRST, SUPERVISOR, TWO, matter


def later(monkeypatch, seconds):
    at = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: at)


def approve(request, by, **more):
    approvals.claim(request=request.id, by=by)
    return approvals.approve(request=request.id, by=by, **more)


def use(payload_hash=HASH):
    found = approvals.approvals_for(payload_hash=payload_hash)
    return [
        approvals.consume(approval=one.id, payload_hash=payload_hash, branch=3, key=new_key())
        for one in found
    ]


def test_a_request_is_taken_up_and_approved_and_its_approval_is_used(who, ask):
    request = ask()
    done = approve(request, who[SUPERVISOR])
    assert done.state is RequestState.APPROVED
    assert done.end.person == who[SUPERVISOR].id
    assert len(use()) == 1
    names = Event.objects.filter(subject=f"request:{request.id}").order_by("id")
    assert [e.verb for e in names] == [
        "approvals.request.made", "approvals.request.claimed", "approvals.request.approved",
    ]  # fmt: skip


def test_two_are_needed_where_the_rule_says_two(who, ask, second):
    request = ask(need=TWO)
    once = approve(request, who[SUPERVISOR])
    assert once.state is RequestState.OPEN
    assert once.claim is None
    with pytest.raises(ConflictOfInterest):
        approvals.claim(request=request.id, by=who[SUPERVISOR])
    assert approve(request, second).state is RequestState.APPROVED
    assert len(use()) == 2


def test_one_refusal_ends_it_and_what_was_approved_is_void(who, ask, second):
    request = ask(need=TWO)
    approve(request, who[SUPERVISOR])
    given = approvals.request(request.id).approvals[0]
    approvals.claim(request=request.id, by=second)
    done = approvals.refuse(request=request.id, reason="risk", words="", by=second)
    assert done.state is RequestState.REFUSED
    assert approvals.approvals_for(payload_hash=HASH) == []
    with pytest.raises(UnknownApproval):
        approvals.consume(approval=given.id, payload_hash=HASH, branch=3, key=new_key())


def test_returned_is_mended_by_a_new_request_that_follows_it(who, ask):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    back = approvals.send_back(request=request.id, reason="photo", words="缺客户照片", by=who[SUPERVISOR])
    assert back.state is RequestState.RETURNED
    again = ask(follows=request.id)
    assert again.follows == request.id
    assert approvals.request(request.id).end.words == "缺客户照片"
    assert approve(again, who[SUPERVISOR]).state is RequestState.APPROVED
    with pytest.raises(Refusal):
        ask(follows=request.id, payload_hash="c" * 64)


def test_only_a_returned_request_of_ones_own_is_followed(who, ask):
    first = ask()
    with pytest.raises(UnknownRequest):
        ask(follows=first.id, payload_hash="b" * 64)


def test_the_same_thing_waits_once(ask):
    ask()
    with pytest.raises(RequestOpen):
        ask()


def test_nobody_asks_for_somebody_else(who):
    with pytest.raises(NotAllowed):
        approvals.ask(matter=matter(who, maker=MAKER), by=who[OTHER])


def test_what_is_approved_at_the_desk_only_is_not_asked_for(ask):
    with pytest.raises(NoRequirement):
        ask(need=Requirement(((Step(Mode.SITE, "authorize"),),)))


def test_papers_that_the_rule_asks_for_must_lie_with_it(ask):
    with pytest.raises(PapersMissing):
        ask(need=replace(AT_BRANCH, papers=("id_copy",)))


def test_a_withdrawn_request_is_over(who, ask):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(NotAllowed):
        approvals.withdraw(request=request.id, by=who[OTHER])
    approvals.withdraw(request=request.id, by=who[MAKER])
    with pytest.raises(RequestEnded):
        approvals.approve(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(RequestEnded):
        approvals.withdraw(request=request.id, by=who[MAKER])


def test_approved_twice_the_second_is_told(who, ask):
    request = ask()
    approve(request, who[SUPERVISOR])
    with pytest.raises(RequestEnded):
        approvals.approve(request=request.id, by=who[SUPERVISOR])


def test_two_do_not_work_on_one(who, ask, second):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(ClaimedByAnother):
        approvals.claim(request=request.id, by=second)
    with pytest.raises(ClaimedByAnother):
        approvals.approve(request=request.id, by=second)
    approvals.release(request=request.id, by=who[SUPERVISOR])
    assert approve(request, second).state is RequestState.APPROVED


def test_it_is_handed_on_to_a_colleague(who, ask, second):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(NotAllowed):
        approvals.reassign(request=request.id, person=who["080103"].id, by=who[SUPERVISOR])
    approvals.reassign(request=request.id, person=second.id, by=who[SUPERVISOR])
    assert approvals.request(request.id).claim.person == second.id


def test_a_reason_is_needed_to_say_no(who, ask):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    for reason, words in (("", "x"), ("other", "  "), ("risk", "x" * 501)):
        with pytest.raises(ReasonNeeded):
            approvals.refuse(request=request.id, reason=reason, words=words, by=who[SUPERVISOR])
    assert approvals.request(request.id).open


def test_the_amount_typed_again_must_be_right_and_the_miss_is_on_record(who, ask):
    request = ask(need=replace(AT_BRANCH, rekey=("amount",)))
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(RekeyDiffers):
        approvals.approve(request=request.id, rekey={"amount": "5000"}, by=who[SUPERVISOR])
    assert Event.objects.filter(verb="approvals.rekey.differed").count() == 1
    done = approvals.approve(request=request.id, rekey={"amount": "50,000.00"}, by=who[SUPERVISOR])
    assert done.state is RequestState.APPROVED


def test_a_step_up_is_proved_or_it_is_refused(who, ask):
    request = ask(need=replace(AT_BRANCH, step_up=True))
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(NotAllowed):
        approvals.approve(request=request.id, by=who[SUPERVISOR])
    assert (
        approvals.approve(request=request.id, proof="totp", by=who[SUPERVISOR]).approvals[0].mode
        is Mode.BRANCH
    )


def test_what_has_changed_since_is_not_approved(who, ask):
    def gone(view):
        raise PayloadAltered("The quote was cancelled.")

    approvals.register_check("test.gone", gone)
    request = ask(kind="test.gone")
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(PayloadAltered):
        approvals.approve(request=request.id, by=who[SUPERVISOR])
    assert approvals.request(request.id).open


def test_who_is_related_to_the_customer_does_not_decide(who, ask):
    (party,) = customers.ensure_demo_customers(branch=3, seed=1, part=slice(0, 1), by=SYSTEM)
    approvals.declare_interest(
        person=who[SUPERVISOR].id, party=party, kind=InterestKind.RELATIVE, by=who[SUPERVISOR]
    )
    request = ask(parties=(party,))
    with pytest.raises(ConflictOfInterest):
        approvals.claim(request=request.id, by=who[SUPERVISOR])
    with pytest.raises(ConflictOfInterest):
        approvals.grant(matter=matter(who, parties=(party,)), by=who[SUPERVISOR])
    (item,) = approvals.queue(by=who[SUPERVISOR])
    assert item.conflicts
    assert not item.can
    declared = approvals.interests_of(person=who[SUPERVISOR].id)[0]
    with pytest.raises(NotAllowed):
        approvals.end_interest(interest=declared.id, by=who[SUPERVISOR])
    approvals.end_interest(interest=declared.id, by=who["090301"])
    approvals.claim(request=request.id, by=who[SUPERVISOR])


def test_it_shows_on_the_pages_of_whom_it_concerns(who, ask):
    request = ask(parties=(), accounts=(7,))
    assert [one.id for one in approvals.pending_for("account:7", by=None)] == [request.id]
    approve(request, who[SUPERVISOR])
    assert approvals.pending_for("account:7", by=None) == []


def test_the_centre_decides_for_any_branch(who, ask, centre):
    request = ask(need=REMOTE_FIRST)
    with pytest.raises(NotTheirTurn):
        approvals.grant(matter=matter(who, need=REMOTE_FIRST), by=who[SUPERVISOR])
    done = approve(request, centre[0])
    assert done.state is RequestState.APPROVED
    assert done.approvals[0].mode is Mode.REMOTE
    assert len(use()) == 1


def test_when_nobody_decides_in_time_the_desk_itself_may(who, ask, monkeypatch):
    request = ask(need=REMOTE_FIRST)
    later(monkeypatch, 181)
    assert approvals.tick(by=SYSTEM) == 2
    assert approvals.request(request.id).marks == {MarkKind.ESCALATED, MarkKind.FELL_BACK}
    assert approvals.tick(by=SYSTEM) == 0
    approvals.grant(matter=matter(who, need=REMOTE_FIRST), by=who[SUPERVISOR])
    assert approvals.request(request.id).state is RequestState.APPROVED


def test_it_lapses(who, ask, monkeypatch):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    later(monkeypatch, 1801)
    with pytest.raises(RequestEnded):
        approvals.approve(request=request.id, by=who[SUPERVISOR])
    approvals.tick(by=SYSTEM)
    assert approvals.request(request.id).state is RequestState.EXPIRED
    assert approvals.queue(by=who[SUPERVISOR]) == []


def test_whoever_leaves_the_desk_gives_back_what_was_taken_up(who, ask):
    approvals.enter_desk(by=who[SUPERVISOR])
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    approvals.leave_desk(by=who[SUPERVISOR])
    assert approvals.request(request.id).claim is None


def test_whoever_has_gone_is_noticed(who, ask):
    approvals.enter_desk(by=who[SUPERVISOR])
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    assert approvals.tick(by=SYSTEM) == 1  # nobody is signed in here
    assert approvals.request(request.id).claim is None
    assert approvals.on_duty(branch=3) == []


def test_a_right_taken_away_ends_the_deciding(who, ask):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    people.impose_restriction(
        person=who[SUPERVISOR].id, duty="authorize", reason="复核中", source="audit", by=SYSTEM
    )
    with pytest.raises(NotAllowed):
        approvals.approve(request=request.id, by=who[SUPERVISOR])


def test_the_queue_is_of_ones_own_branch_or_of_the_centre(who, ask, centre):
    ask()
    ask(need=REMOTE_FIRST, payload_hash="b" * 64)
    assert [item.turn for item in approvals.queue(by=who[SUPERVISOR])] == [True, False]
    assert [item.request.title_en for item in approvals.queue(by=centre[0])] == ["Cash withdrawal"]
    assert approvals.waiting_for_me(by=who[SUPERVISOR])[0] == 1
    assert approvals.waiting_for_me(by=who[MAKER]) == (0, None)


def test_the_queue_asks_no_more_the_longer_it_is(who, ask, django_assert_max_num_queries):
    for at in range(20):
        ask(payload_hash=f"{at:064d}")
    with django_assert_max_num_queries(30):
        assert len(approvals.queue(by=who[SUPERVISOR])) == 20


def test_the_figures_of_the_day(who, ask):
    approve(ask(), who[SUPERVISOR])
    request = ask(payload_hash="b" * 64)
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    approvals.send_back(request=request.id, reason="photo", words="", by=who[SUPERVISOR])
    now = clock.now()
    found = approvals.statistics(branch=3, since=now - timedelta(hours=1), until=now + timedelta(minutes=1))
    assert (found.whole.count, found.whole.approved, found.whole.returned) == (2, 1, 1)
    assert [line.key for line in found.by_reason] == ["photo"]
    assert [line.count for line in found.by_approver] == [2]
    assert sum(count for _name, count in found.by_wait) == 2


def test_a_skill_is_needed_where_the_step_asks_for_it(who, ask):
    need = Requirement(((Step(Mode.BRANCH, "authorize", skill="fx_certificate"),),))
    request = ask(need=need)
    with pytest.raises(NotTheirTurn):
        approvals.claim(request=request.id, by=who[SUPERVISOR])
    assert not approvals.queue(by=who[SUPERVISOR])[0].turn
    people.grant_qualification(person=who[SUPERVISOR].id, kind="fx_certificate", evidence="test", by=SYSTEM)
    assert approve(request, who[SUPERVISOR]).state is RequestState.APPROVED
    given = approvals.approvals_for(payload_hash=HASH)
    assert approvals.standing_of(payload_hash=HASH, requirement=need, approvals=given).met


def test_a_unanimous_request_is_not_met_by_the_first_who_agrees(who, ask, second, monkeypatch):
    need = Requirement(((Step(Mode.BRANCH, "authorize", unanimous=True),),))
    monkeypatch.setattr(people, "here", set)
    for one in (who[SUPERVISOR], second):
        approvals.enter_desk(by=one)
    request = ask(need=need)
    assert request.eligible == 2
    assert approve(request, who[SUPERVISOR]).open
    given = approvals.approvals_for(payload_hash=HASH)
    assert not approvals.standing_of(payload_hash=HASH, requirement=need, approvals=given).met
    assert approve(request, second).state is RequestState.APPROVED


def test_what_was_refused_is_not_asked_around_for(who, ask, second):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    approvals.refuse(request=request.id, reason="risk", words="", by=who[SUPERVISOR])
    with pytest.raises(RequestEnded):
        ask()
    with pytest.raises(RequestEnded):
        approvals.grant(matter=matter(who), by=second)
