"""Two hands on one request: with real commits. Each race is first shown with the lock off."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import RequestEnded, RequestState
from counterpoint.approvals.models import Approval, ApprovalUse, Claim, Request, RequestEnd
from counterpoint.approvals.services import asking, locks
from counterpoint.approvals.tests.conftest import (
    AT_BRANCH,
    HASH,
    MAKER,
    SUPERVISOR,
    build,
    everybody,
    matter,
    supervisor,
)
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.keys import new_key
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def who(transactional_db):
    build()
    return everybody()


@pytest.fixture
def second(who):
    return supervisor(who)


def asked(who, **more):
    return approvals.ask(matter=matter(who, need=AT_BRANCH, **more), by=who[MAKER]).id


def won(results):
    done = [one for one in results if not isinstance(one, Exception)]
    assert all(isinstance(one, Refusal) for one in results if isinstance(one, Exception)), results
    return len(done)


def claimed(who):
    id = asked(who)
    approvals.claim(request=id, by=who[SUPERVISOR])
    return id


def test_two_claim_one_request_and_one_has_it(who, second):
    id = asked(who)
    results = at_once(
        lambda: approvals.claim(request=id, by=who[SUPERVISOR]),
        lambda: approvals.claim(request=id, by=second),
    )
    assert won(results) == 1
    assert Claim.objects.filter(request=id, ended=None).count() == 1


def decide(id, who):
    """Everything that may end a request, at once: the approver, the maker."""
    return at_once(
        lambda: approvals.approve(request=id, by=who[SUPERVISOR]),
        lambda: approvals.withdraw(request=id, by=who[MAKER]),
        lambda: approvals.approve(request=id, by=who[SUPERVISOR]),
        lambda: approvals.refuse(request=id, reason="risk", words="", by=who[SUPERVISOR]),
    )


def test_maker_and_approver_act_at_once_and_one_is_first(who):
    for at in range(4):
        id = asked(who, payload_hash=f"{at:064d}")
        approvals.claim(request=id, by=who[SUPERVISOR])
        assert won(decide(id, who)) == 1
        end = RequestEnd.objects.get(request=id)
        granted = Approval.objects.filter(request=id).count()
        assert granted == (end.state == RequestState.APPROVED)


def test_without_the_lock_both_would_pass_the_check(who, monkeypatch):
    """The negative control: both have looked before either has written."""
    id = claimed(who)
    met = threading.Barrier(2, timeout=10)

    def unlocked(request):
        row = Request.objects.select_related("end").get(pk=request)
        met.wait()
        return row

    monkeypatch.setattr(locks, "locked_request", unlocked)
    written = []
    monkeypatch.setattr(asking, "end", lambda row, state, **more: written.append(state))
    at_once(
        lambda: approvals.withdraw(request=id, by=who[MAKER]),
        lambda: approvals.withdraw(request=id, by=who[MAKER]),
    )
    assert len(written) == 2


def test_an_approval_is_used_once_however_many_press(who):
    id = claimed(who)
    approvals.approve(request=id, by=who[SUPERVISOR])
    (given,) = approvals.approvals_for(payload_hash=HASH)

    def use():
        with transaction.atomic():
            return approvals.consume(approval=given.id, payload_hash=HASH, branch=3, key=new_key())

    assert won(at_once(*[use] * 4)) == 1
    assert ApprovalUse.objects.count() == 1


def test_the_same_thing_asked_for_at_once_waits_once(who):
    results = at_once(*[lambda: asked(who)] * 4)
    assert won(results) == 1
    assert Request.objects.filter(end=None).count() == 1


def test_the_clock_and_the_approver_at_once(who, monkeypatch):
    """Expiry and approval: what the approver did in time stands, what came later is refused."""
    id = claimed(who)
    late = clock.now() + timedelta(seconds=1801)
    monkeypatch.setattr(clock, "now", lambda: late)
    results = at_once(
        lambda: approvals.tick(by=SYSTEM), lambda: approvals.approve(request=id, by=who[SUPERVISOR]),
        lambda: approvals.tick(by=SYSTEM),
    )  # fmt: skip
    assert isinstance(results[1], RequestEnded)
    assert RequestEnd.objects.get(request=id).state == RequestState.EXPIRED
    assert not Approval.objects.exists()
