"""What the branch board and the top bar show of visits: set-wise, and with a pinned number of queries."""

import pytest

from counterpoint.visits import services
from counterpoint.visits.tests.bank import BRANCH, handed, served

pytestmark = pytest.mark.django_db


def line(desk):
    return next(one for one in services.board(BRANCH) if one.desk == desk)


def test_each_desk_with_its_visit_and_the_expected_time(bank):
    assert [one.number for one in services.board(BRANCH)] == ["01", "02", "03", "04", "05"]
    visit = services.serve_party(party=bank.customer, reason="loan", by=bank.wang).id
    mine = line(bank.wang.desk)
    assert (mine.holder, mine.holder_name, mine.visit) == (bank.wang.id, bank.wang.name, visit)
    assert (mine.visit_number, mine.operation, mine.expected_seconds) == (f"V{visit:06d}", "", 30 * 60)
    services.save_draft(visit=visit, operation="1101", fields={"a": 1}, by=bank.wang)
    mine = line(bank.wang.desk)
    assert (mine.operation, mine.expected_seconds) == ("1101", 5 * 60)
    assert services.expected_seconds(services.visit(visit)) == 5 * 60
    assert (line(bank.li.desk).holder, line(bank.li.desk).visit) == (bank.li.id, None)
    assert line(bank.desks[4]).holder is None


def test_what_waits_at_a_desk_is_marked(bank):
    made = handed(bank)
    call = services.call_help(page="/", by=bank.wang)
    assert line(bank.li.desk).hand_off_since == made.at
    assert line(bank.wang.desk).help_since == call.at
    services.join(call=call.id, by=bank.chen)
    services.accept(hand_off=made.id, by=bank.li)
    assert line(bank.li.desk).hand_off_since is None
    assert line(bank.wang.desk).help_since is None


def test_a_helper_at_the_askers_desk_is_shown_there(bank):
    visit = served(bank)
    call = services.call_help(page="/", by=bank.wang, visit=visit)
    services.join(call=call.id, by=bank.zhang)
    services.take_over(call=call.id, by=bank.zhang)
    assert (line(bank.wang.desk).holder_name, line(bank.wang.desk).visit) == (bank.zhang.name, visit)


def test_the_board_costs_the_same_for_one_visit_and_for_many(bank, django_assert_num_queries):
    served(bank)
    services.board(BRANCH)
    with django_assert_num_queries(8):
        services.board(BRANCH)
    served(bank, by=bank.li, party=bank.other)
    visit = services.open_visit(branch=BRANCH, by=bank.chen).id
    services.serve(visit=visit, by=bank.chen)
    services.save_draft(visit=visit, operation="1101", fields={"a": 1}, by=bank.chen)
    with django_assert_num_queries(8):
        assert sum(one.visit is not None for one in services.board(BRANCH)) == 3


def test_the_counters_cost_two_queries(bank, django_assert_num_queries):
    made = handed(bank)
    call = services.call_help(page="/", by=bank.wang)
    with django_assert_num_queries(2):
        found = services.counts_for(
            person=bank.li.id, desk=bank.li.desk, branch=BRANCH, duties=["cash", "customer_view"]
        )
    assert (found.hand_offs, found.hand_offs_since, found.helps, found.helps_since) == (
        1,
        made.at,
        1,
        call.at,
    )
    mine = services.counts_for(
        person=bank.wang.id, desk=bank.wang.desk, branch=BRANCH, duties=["customer_view"]
    )
    assert (mine.hand_offs, mine.helps) == (0, 0)
