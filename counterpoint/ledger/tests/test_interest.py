from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.keys import new_key
from counterpoint.ledger import rules_interest as pure
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import AccountKind, InterestRule, NotClosable, TermMalformed
from counterpoint.ledger.models import Accumulation
from counterpoint.ledger.tests.books import (
    TELLER,
    branch,
    cash,
    customer,
    deposit,
    findings,
    move,
    next_day,
    withdraw,
)
from counterpoint.org import services as org

RULE = InterestRule(rate=3500, day_basis=360, base=100)
START = date(2026, 3, 2)
amounts = st.integers(-(10**14), 10**14)
spans = st.integers(0, 4000)


@given(amounts, spans, spans)
def test_the_sum_of_a_split_period_is_the_sum_of_the_whole(balance: int, first: int, second: int) -> None:
    whole = pure.product(balance, first + second, RULE)
    assert pure.product(balance, first, RULE) + pure.product(balance, second, RULE) == whole


changes = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 10**9)), max_size=12, unique_by=lambda c: c[0]
)


@given(st.integers(0, 10**9), changes, st.integers(0, 59))
def test_a_period_may_be_cut_anywhere(opening: int, moves: list[tuple[int, int]], cut: int) -> None:
    days = [(START + timedelta(n), balance) for n, balance in moves]
    end, middle = START + timedelta(60), START + timedelta(cut)
    before = max((c for c in days if c[0] <= middle), default=(None, opening))[1]
    whole = pure.product_of(opening, days, START, end, RULE)
    first = pure.product_of(opening, [c for c in days if c[0] <= middle], START, middle, RULE)
    rest = [c for c in days if c[0] > middle]
    assert first + pure.product_of(before, rest, middle + timedelta(1), end, RULE) == whole


@given(changes)
def test_the_sum_is_that_of_the_closing_balances_day_by_day(moves: list[tuple[int, int]]) -> None:
    days = dict(moves)
    balance, total = 0, 0
    for n in range(61):
        balance = days.get(n, balance)
        total += pure.counted(balance, RULE)
    dated = [(START + timedelta(n), b) for n, b in moves]
    assert pure.product_of(0, dated, START, START + timedelta(60), RULE) == total


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**9))
def test_rounding_is_never_off_by_more_than_a_half(numerator: int, denominator: int) -> None:
    for how in ("half_up", "half_even"):
        whole = pure.rounded(numerator, denominator, how)
        assert abs(2 * (whole * denominator - numerator)) <= denominator
        assert pure.rounded(-numerator, denominator, how) == -whole
    assert abs(pure.rounded(numerator, denominator, "down") * denominator) <= abs(numerator)
    with pytest.raises(TermMalformed):
        pure.rounded(1, 2, "up")


def test_half_a_fen_rounds_up() -> None:
    assert [pure.rounded(n, 2, "half_up") for n in (1, 3, -1)] == [1, 2, -1]
    assert [pure.rounded(n, 2, "half_even") for n in (1, 3, -1)] == [0, 2, 0]


@given(st.integers(1, 10**12), st.integers(0, 400))
def test_a_later_reversal_leaves_the_sum_as_if_nothing_had_been(amount: int, days: int) -> None:
    rule = InterestRule(base=1)
    wrong, corrected = START, START + timedelta(days)
    stood = pure.product(amount, days, rule)
    assert stood + pure.correction(-amount, wrong, corrected) == 0


def test_the_fen_of_a_balance_bear_no_interest() -> None:
    assert pure.counted(12_399, RULE) == 12_300
    assert pure.counted(-199, RULE) == -100


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2026, 3, 15), 9, date(2026, 12, 15)),
    ],
)
def test_a_term_ends_on_the_same_day_or_the_last_of_the_month(start: date, months: int, end: date) -> None:
    assert pure.maturity(start, months) == end


def test_a_term_deposit_earns_its_contract_only_when_it_is_kept() -> None:
    terms = {
        "principal": 1_000_000, "rate": 15_000, "opened": date(2025, 3, 2), "months": 12,
        "demand_rate": 500, "rule": RULE,
    }  # fmt: skip
    # 10,000.00 at 1.5 % for a year: 150.00.
    assert pure.term_interest(**terms, closed=date(2026, 3, 2)) == 15_000
    # A day early: 364 days at 0.05 %, on 360: 5.06.
    assert pure.term_interest(**terms, closed=date(2026, 3, 1)) == 506
    # 36 days late: the contract's, and 36 days at the demand rate: 0.50.
    assert pure.term_interest(**terms, closed=date(2026, 4, 7)) == 15_050
    with pytest.raises(TermMalformed):
        pure.term_interest(**terms, closed=date(2025, 3, 1))


def test_what_is_withdrawn_early_earns_the_demand_rate_and_the_rest_stays() -> None:
    earned, rest = pure.early_part(
        principal=1_000_000,
        part=400_000,
        opened=START,
        demand_rate=500,
        closed=START + timedelta(180),
        rule=RULE,
    )
    assert (earned, rest) == (100, 600_000)
    with pytest.raises(TermMalformed):
        pure.early_part(principal=5, part=6, opened=START, demand_rate=1, closed=START, rule=RULE)


def _through(at: int, first: date, last: date) -> None:
    """Day ends from ``first`` to ``last``, both included; the day after is open then."""
    day = first
    while day <= last:
        ledger.accrue_interest(branch=at, date=day, by=TELLER)
        next_day(at, day + timedelta(1))
        day += timedelta(1)


@pytest.fixture
def rules(db: None) -> None:
    from counterpoint.kit.data import SYSTEM

    branch(opened=START, code="first")
    org.load_shipped_rules(by=SYSTEM)


@pytest.mark.usefixtures("rules")
class TestInterest:
    def test_day_ends_add_up_what_a_daily_sum_by_hand_gives(self) -> None:
        at = branch(opened=START)
        mine = customer(at)
        deposit(at, mine.id, 100_050)
        _through(at, START, START + timedelta(2))
        withdraw(at, mine.id, 50_000)
        _through(at, START + timedelta(3), START + timedelta(4))
        row = Accumulation.objects.get(account_id=mine.id)
        assert row.product == 3 * 100_000 + 2 * 50_000
        assert (row.through, row.balance) == (START + timedelta(4), 50_050)

    def test_one_day_end_for_many_days_gives_the_same(self) -> None:
        at = branch(opened=START)
        each, once = customer(at), customer(at)
        for n in range(6):
            deposit(at, each.id, 1_000 * (n + 1))
            ledger.accrue_interest(branch=at, date=START + timedelta(n), by=TELLER)
            next_day(at, START + timedelta(n + 1))
        Accumulation.objects.all().delete()
        ledger.accrue_interest(branch=at, date=START + timedelta(5), by=TELLER)
        assert Accumulation.objects.get(account_id=each.id).product == sum(
            1_000 * sum(range(1, n + 2)) for n in range(6)
        )
        assert Accumulation.objects.get(account_id=once.id).product == 0

    def test_a_second_day_end_of_the_same_day_adds_nothing(self) -> None:
        at = branch(opened=START)
        mine = customer(at)
        deposit(at, mine.id, 1_000)
        assert ledger.accrue_interest(branch=at, date=START, by=TELLER) == 1
        assert ledger.accrue_interest(branch=at, date=START, by=TELLER) == 0
        assert Accumulation.objects.get().product == 1_000

    def test_what_is_posted_on_the_next_day_waits_for_it(self) -> None:
        at = branch(opened=START)
        mine = customer(at)
        deposit(at, mine.id, 1_000)
        next_day(at, START + timedelta(1))
        deposit(at, mine.id, 5_000)
        ledger.accrue_interest(branch=at, date=START, by=TELLER)
        assert Accumulation.objects.get().product == 1_000
        ledger.accrue_interest(branch=at, date=START + timedelta(1), by=TELLER)
        assert Accumulation.objects.get().product == 7_000

    def test_a_branch_that_is_a_day_behind_is_counted_for_the_days_it_missed(self) -> None:
        at, behind = branch(opened=START + timedelta(1)), branch(opened=START, code="behind")
        mine = customer(at)
        deposit(at, mine.id, 1_000)
        ledger.accrue_interest(branch=at, date=START + timedelta(1), by=TELLER)
        move(behind, cash(behind), mine.id, 2_000)
        next_day(at, START + timedelta(2))
        ledger.accrue_interest(branch=at, date=START + timedelta(2), by=TELLER)
        # 1,000 for two days, and 2,000 for three: the day before the account's first counts as well.
        assert Accumulation.objects.get(account_id=mine.id).product == 2 * 1_000 + 3 * 2_000

    def test_interest_is_booked_the_day_after_the_settlement_day_once(self) -> None:
        settlement = date(2026, 3, 20)
        at = branch(opened=settlement)
        mine = customer(at)
        deposit(at, mine.id, 100_000_000)
        _through(at, settlement, settlement)
        today = settlement + timedelta(1)
        assert ledger.settlement_due(date=today)
        assert not ledger.settlement_due(date=settlement)
        settled = ledger.settle_interest(branch=at, date=today, by=TELLER)
        # 1,000,000.00 for one day at 0.05 % on 360.
        assert [(s.account, s.interest) for s in settled] == [(mine.id, 139)]
        assert ledger.account(mine.id).balance == 100_000_139
        assert ledger.settle_interest(branch=at, date=today, by=TELLER) == []
        assert Accumulation.objects.get().product == 0
        assert findings() == []

    def test_an_account_with_interest_owed_is_settled_before_it_is_closed(self) -> None:
        at = branch(opened=START)
        mine = customer(at)
        deposit(at, mine.id, 100_000_000)
        _through(at, START, START + timedelta(3))
        withdraw(at, mine.id, 100_000_000)
        with pytest.raises(NotClosable):
            ledger.close_account(account=mine.id, by=TELLER)
        posted = ledger.settle_account(account=mine.id, key=new_key(), by=TELLER)
        assert posted is not None
        assert ledger.account(mine.id).balance == 556
        withdraw(at, mine.id, 556)
        ledger.close_account(account=mine.id, by=TELLER)
        assert findings() == []

    def test_the_day_of_the_withdrawal_does_not_count_also_before_any_day_end(self) -> None:
        at = branch(opened=START)
        mine = customer(at)
        deposit(at, mine.id, 100_000_000)
        for n in (1, 2):
            next_day(at, START + timedelta(n))
        assert ledger.closing_interest(account=mine.id, on=START + timedelta(2)) == 278
        assert ledger.settle_account(account=mine.id, key=new_key(), by=TELLER) is not None
        assert ledger.settle_account(account=mine.id, key=new_key(), by=TELLER) is None

    def test_a_term_deposit_keeps_the_rate_of_its_first_day(self) -> None:
        at = branch(opened=START)
        mine = customer(at, kind=AccountKind.TERM, term_months=3)
        deposit(at, mine.id, 1_000_000)
        terms = ledger.agreement(mine.id)
        assert terms is not None
        assert terms.rate == 6500
        next_day(at, date(2026, 6, 2))
        posted = ledger.settle_account(account=mine.id, key=new_key(), by=TELLER)
        assert posted is not None
        # 10,000.00 at 0.65 % for a quarter.
        assert ledger.account(mine.id).balance == 1_001_625
        assert ledger.closing_interest(account=mine.id, on=date(2026, 6, 2)) == 0

    def test_the_same_key_settles_once(self) -> None:
        at = branch(opened=START)
        mine = customer(at)
        deposit(at, mine.id, 100_000_000)
        _through(at, START, START)
        key: UUID = new_key()
        assert ledger.settle_account(account=mine.id, key=key, by=TELLER) is not None
        assert ledger.settle_account(account=mine.id, key=key, by=TELLER) is None
        assert ledger.account(mine.id).balance == 100_000_139
