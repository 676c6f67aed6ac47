"""Two take one report, two vote twice: with real commits. The race is first shown with the lock off."""

import threading
from functools import partial

import pytest

from counterpoint.feedback import services as feedback
from counterpoint.feedback.data import VotedAlready, WrongState
from counterpoint.feedback.models import Item, ItemStateRow, Vote
from counterpoint.feedback.services import parts
from counterpoint.feedback.tests.bank import build, complained, idea, reported
from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.people import services as people
from counterpoint.people.data import Role
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank(transactional_db):
    bank = build()
    # Two people of the department: Zhou Tao, and Zhao Min who joined it.
    second = bank.staff["080401"]
    people.assign_role(person=second.id, role=Role.OPERATIONS, branch=0, valid_from=clock.today(), by=SYSTEM)
    bank.second = second
    return bank


def take(item, by):
    return lambda: feedback.triage(item=item, by=by)


def test_two_take_one_report_and_one_has_it(bank):
    for _ in range(3):
        item = reported(bank.wang).id
        results = at_once(take(item, bank.operations), take(item, bank.second))
        assert sorted(type(one).__name__ for one in results) == ["NoneType", "WrongState"]
        assert ItemStateRow.objects.filter(item=item, state="triaged").count() == 1


def test_without_the_lock_both_would_have_it(bank, monkeypatch):
    """The negative control: both have looked before either has written."""
    item = reported(bank.wang).id
    met = threading.Barrier(2, timeout=10)

    def unlocked(id):
        row = Item.objects.get(pk=id)
        met.wait()
        return row

    monkeypatch.setattr(parts, "locked", unlocked)
    assert at_once(take(item, bank.operations), take(item, bank.second)) == [None, None]
    assert ItemStateRow.objects.filter(item=item, state="triaged").count() == 2


def test_one_vote_however_often_it_is_pressed(bank):
    item = idea(bank.wang).id
    results = at_once(*[lambda: feedback.vote(item=item, by=bank.li)] * 4)
    assert results.count(None) == 1
    assert sum(isinstance(one, VotedAlready) for one in results) == 3
    assert Vote.objects.filter(item=item, ended=None).count() == 1


def test_two_merges_into_each_other_end_with_one_left(bank):
    one, two = reported(bank.wang).id, reported(bank.li).id
    results = at_once(
        lambda: feedback.merge(item=one, into=two, by=bank.operations),
        lambda: feedback.merge(item=two, into=one, by=bank.operations),
    )
    assert results.count(None) == 1
    assert sum(isinstance(one, WrongState) for one in results) == 1
    assert Item.objects.filter(state="duplicate").count() == 1


def test_taking_a_complaint_and_being_named_in_it_end_with_no_concerned_handler(bank):
    for _ in range(3):
        id = complained(bank)
        results = at_once(
            partial(feedback.take_complaint, complaint=id, by=bank.liu),
            partial(feedback.name_concerned, complaint=id, person=bank.liu.id, by=bank.zhang),
        )
        assert results[1] is None
        assert results[0] is None or isinstance(results[0], Refusal)
        assert feedback.complaint(id, by=bank.zhang).handler is None
