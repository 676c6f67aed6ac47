"""The gate at the day's end: what waits to be decided, and what was granted and not used."""

import pytest
from django.urls import reverse

from counterpoint.approvals import closing
from counterpoint.approvals import services as approvals
from counterpoint.approvals.tests.conftest import MAKER, SUPERVISOR
from counterpoint.kit import clock

pytestmark = pytest.mark.django_db


def found(branch=3):
    return closing.open_approvals(branch, clock.today())


def test_a_request_stops_the_close_until_it_is_ended_and_leads_to_itself(who, ask):
    request = ask()
    (one,) = found()
    assert one.link == reverse("approvals:request", args=[request.id])
    assert f"{request.id}" in one.words
    assert MAKER in one.words
    assert found(branch=4) == []
    approvals.withdraw(request=request.id, by=who[MAKER])
    assert found() == []


def test_what_was_granted_and_not_used_stops_it_too(who, ask):
    request = ask()
    approvals.claim(request=request.id, by=who[SUPERVISOR])
    approvals.approve(request=request.id, by=who[SUPERVISOR])
    (one,) = found()
    assert one.link == ""
    assert MAKER in one.words


def test_what_waits_is_named_with_few_questions_however_much_it_is(who, ask, django_assert_max_num_queries):
    for at in range(6):
        ask(payload_hash=f"{at}" * 64)
    with django_assert_max_num_queries(8):
        assert len(found()) == 6
