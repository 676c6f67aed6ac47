"""Two hands on one case: with real commits."""

import threading

import pytest

from counterpoint.kit.data import SYSTEM, Refusal
from counterpoint.kit.keys import new_key
from counterpoint.org import services as org
from counterpoint.visits import services as visits
from counterpoint.visits.data import CaseState, CaseTaken
from counterpoint.visits.models import Case, CaseComment, CaseHand, CaseStateRow, CaseTick
from counterpoint.visits.services import cases_moving
from counterpoint.visits.tests.cases_bank import BRANCH, build, loan
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
S = CaseState


@pytest.fixture
def bank(transactional_db):
    return build()


def parted(results):
    """What was done, and what was refused; nothing else may have happened."""
    done = [one for one in results if not isinstance(one, Exception)]
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refusal) for one in refused), results
    return done, refused


def takers(bank, id):
    return [
        lambda by=by: visits.take_case(case=id, by=by) for by in (bank.zhao, bank.wu, bank.chen, bank.zhao)
    ]


def test_several_take_one_case_and_one_has_it(bank):
    for _round in range(4):
        id = loan(bank).id
        done, refused = parted(at_once(*takers(bank, id)))
        assert len(done) == 1
        assert all(isinstance(one, CaseTaken) for one in refused)
        assert Case.objects.get(pk=id).owner_id == done[0].owner
        assert CaseHand.objects.filter(case=id, owner__isnull=False).count() == 1
        assert CaseStateRow.objects.filter(case=id, state=S.DOING).count() == 1


def test_without_the_lock_two_would_both_be_told_that_it_is_theirs(bank, monkeypatch):
    """The negative control: both read the row before either has written."""
    id, both = loan(bank).id, threading.Barrier(2, timeout=10)

    def unlocked(id, by):
        row = Case.objects.select_related("team", "visit").get(pk=id)
        both.wait()
        return row

    monkeypatch.setattr(cases_moving.parts, "locked", unlocked)
    done, refused = parted(at_once(*takers(bank, id)[:2]))
    assert (len(done), refused) == (2, [])
    assert CaseHand.objects.filter(case=id, owner__isnull=False).count() == 2


def test_two_who_move_a_case_from_the_same_page_move_it_once(bank):
    for _round in range(4):
        made = visits.take_case(case=loan(bank).id, by=bank.zhao)
        works = [
            lambda state=state, made=made: visits.move_case(
                case=made.id, state=state, version=made.version, by=bank.wu
            )
            for state in (S.WAITING_CUSTOMER, S.WAITING_OTHER, S.NEW, S.WAITING_CUSTOMER)
        ]
        done, _refused = parted(at_once(*works))
        assert len(done) == 1
        row = Case.objects.get(pk=made.id)
        assert (row.state, row.version) == (str(done[0].state), made.version + 1)
        assert CaseStateRow.objects.filter(case=made.id).count() == 3


def test_a_double_press_ticks_once_comments_once_and_opens_once(bank):
    made = visits.take_case(case=loan(bank).id, by=bank.zhao)
    line = visits.items_of(case=made.id)[0].id
    done, _refused = parted(
        at_once(*[lambda: visits.tick_item(case=made.id, item=line, ticked=True, by=bank.zhao)] * 4)
    )
    assert (len(done), CaseTick.objects.filter(item=line).count()) == (1, 1)
    key = new_key()
    written, refused = parted(
        at_once(*[lambda: visits.comment_case(case=made.id, words="一次", key=key, by=bank.zhao)] * 4)
    )
    assert (len(set(written)), refused, CaseComment.objects.count()) == (1, [], 1)
    key = new_key()
    opened, refused = parted(at_once(*[lambda: loan(bank, key=key)] * 4))
    assert (len({one.id for one in opened}), refused) == (1, [])


def test_two_who_open_the_day_make_its_tasks_once(bank):
    day = org.business_day(BRANCH).date
    results = at_once(*[lambda: visits.spawn_tasks(branch=BRANCH, day=day, by=SYSTEM)] * 3)
    _done, refused = parted(results)
    assert refused == []
    tasks = list(Case.objects.exclude(task="").values_list("task", flat=True))
    assert len(tasks) == len(set(tasks)) >= 2


def test_handed_on_and_completed_at_once_ends_one_way(bank):
    made = visits.open_case(kind="other_matter", branch=BRANCH, title="x", team="loans", by=bank.wang)
    made = visits.take_case(case=made.id, by=bank.zhao)
    done, refused = parted(
        at_once(
            lambda: visits.hand_case(case=made.id, team="lobby", note="x", by=bank.zhao),
            lambda: visits.move_case(case=made.id, state=S.DONE, by=bank.zhao),
        )
    )
    assert (len(done), len(refused)) == (1, 1)
    row = Case.objects.get(pk=made.id)
    assert (row.state == S.DONE) == (row.owner_id == bank.zhao.id)
