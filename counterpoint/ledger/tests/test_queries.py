from datetime import date, timedelta

import pytest

from counterpoint.kit.data import Malformed
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import UnknownAccount, UnknownEntry
from counterpoint.ledger.tests.books import (
    DAY,
    TELLER,
    branch,
    cash,
    customer,
    deposit,
    next_day,
    withdraw,
)

START = date(2026, 3, 2)


@pytest.fixture
def month(db: None) -> tuple[int, int]:
    """An account with a movement of 100 on every second day of a month, the first on its second day."""
    at = branch(opened=START)
    mine = customer(at).id
    for n in range(1, 31):
        next_day(at, START + timedelta(days=n))
        if n % 2:
            deposit(at, mine, 100)
    return at, mine


def test_a_statement_has_its_period_and_what_stood_before_and_after(month: tuple[int, int]) -> None:
    _at, mine = month
    whole = ledger.statement(account=mine)
    assert (whole.opening, whole.closing, len(whole.lines)) == (0, 1500, 15)
    part = ledger.statement(account=mine, since=START + timedelta(10), until=START + timedelta(15))
    assert [line.date for line in part.lines] == [START + timedelta(n) for n in (11, 13, 15)]
    assert (part.opening, part.closing) == (500, 800)
    assert part.lines[0].credit == 100
    assert part.lines[0].debit is None


@pytest.mark.parametrize(
    ("first", "last", "opening", "closing", "lines"),
    [(-20, -1, 0, 0, 0), (100, 200, 1500, 1500, 0), (2, 2, 100, 100, 0), (-5, 500, 0, 1500, 15)],
)
def test_a_period_without_movement_has_the_same_balance_at_both_ends(
    month: tuple[int, int], first: int, last: int, opening: int, closing: int, lines: int
) -> None:
    page = ledger.statement(account=month[1], since=START + timedelta(first), until=START + timedelta(last))
    assert (page.opening, page.closing, len(page.lines)) == (opening, closing, lines)


def test_pages_follow_each_other_without_gap_or_repeat(month: tuple[int, int]) -> None:
    seen, cursor = [], None
    while True:
        page = ledger.statement(account=month[1], cursor=cursor, limit=4)
        seen += [line.version for line in page.lines]
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(range(1, 16))
    with pytest.raises(Malformed):
        ledger.statement(account=month[1], limit=0)


def test_a_statement_costs_three_queries_however_long_it_is(
    month: tuple[int, int], django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]
        ledger.statement(account=month[1], since=START, until=DAY)


def test_an_unknown_account_has_no_statement(db: None) -> None:
    with pytest.raises(UnknownAccount):
        ledger.statement(account=10**9)


def test_an_entry_shows_both_sides(month: tuple[int, int], django_assert_num_queries: object) -> None:
    at, mine = month
    posted = deposit(at, mine, 250)
    with django_assert_num_queries(2):  # type: ignore[operator]
        view = ledger.entry(posted.entry)
    assert [(leg.account, leg.amount, leg.balance) for leg in view.legs] == [
        (cash(at), 250, 1750),
        (mine, -250, 1750),
    ]
    assert view.actor == "person:7"
    assert view.reverses is None
    with pytest.raises(UnknownEntry):
        ledger.entry(10**9)


def test_a_verb_that_is_no_posting_is_no_entry(month: tuple[int, int]) -> None:
    from counterpoint.kit.models import Event

    event = Event.objects.filter(key=None).latest("id")
    with pytest.raises(UnknownEntry):
        ledger.entry(event.id)


def test_the_day_lists_its_own_entries_newest_first(month: tuple[int, int]) -> None:
    at, mine = month
    today = START + timedelta(30)
    first, second = deposit(at, mine, 1), withdraw(at, mine, 1)
    mine_today = ledger.entries_of_day(branch=at, date=today, actor=TELLER.key)
    assert [entry.id for entry in mine_today] == [second.entry, first.entry]
    assert ledger.entries_of_day(branch=at, date=today, actor="person:8") == []
    older = ledger.entries_of_day(branch=at, date=today, before=second.entry)
    assert [entry.id for entry in older] == [first.entry]
    assert len(ledger.entries_of_day(branch=at, date=START + timedelta(1))) == 1


def test_the_trial_balance_stands_on_any_day(
    month: tuple[int, int], django_assert_num_queries: object
) -> None:
    at, _mine = month
    with django_assert_num_queries(1):  # type: ignore[operator]
        ledger.trial_balance(branch=at, date=START)
    for n, closing, turnover in ((0, 0, 0), (1, 100, 100), (2, 100, 0), (15, 800, 100), (400, 1500, 0)):
        trial = ledger.trial_balance(branch=at, date=START + timedelta(n))
        lines = {line.gl: line for line in trial.lines}
        assert (
            (lines["1001"].closing, lines["2001"].closing) == (closing, -closing) if n else not lines.get("x")
        )
        if n:
            assert (lines["1001"].debits, lines["2001"].credits) == (turnover, turnover)
            assert lines["2001"].opening == turnover - closing
        assert trial.balanced
