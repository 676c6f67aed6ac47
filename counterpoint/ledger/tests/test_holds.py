from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM
from counterpoint.ledger import rules
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import (
    AccountClosed,
    AccountFrozen,
    AccountStatus,
    HoldKind,
    HoldMalformed,
    HoldReleased,
    HoldView,
    InsufficientFunds,
    NotClosable,
    UnknownHold,
)
from counterpoint.ledger.tests.books import (
    DAY,
    TELLER,
    branch,
    customer,
    deposit,
    findings,
    withdraw,
)

OFFICERS = ("张三 0101", "李四 0102")


def place(account: int, amount: int | None = None, **rest: object) -> HoldView:
    kind = rest.pop("kind", HoldKind.AMOUNT if amount else HoldKind.WHOLE)
    return ledger.place_hold(
        account=account, kind=kind, amount=amount, authority="court", instrument="(2026)沪01执1号",
        officers=OFFICERS, reason="-", by=TELLER, **rest,  # type: ignore[arg-type]
    )  # fmt: skip


def _hold(id: int, amount: int | None) -> HoldView:
    return HoldView(
        id=id, account=1, kind=HoldKind.AMOUNT if amount else HoldKind.WHOLE, amount=amount,
        authority="court", instrument="1", officers=(), reason="", starts=DAY,
        expires=DAY + timedelta(1), placed_by="person:1", placed_at=clock.now(),
    )  # fmt: skip


@given(st.lists(st.integers(1, 1000), max_size=6), st.integers(-50, 3000))
def test_holds_never_cover_more_than_the_balance_and_never_skip_the_line(
    amounts: list[int], balance: int
) -> None:
    placed = rules.in_order([_hold(i, a) for i, a in enumerate(amounts, 1)], balance)
    covered = [hold.covered or 0 for hold in placed]
    assert sum(covered) == min(max(balance, 0), sum(amounts))
    assert [hold.place for hold in placed] == list(range(1, len(amounts) + 1))
    # Once a hold is not fully covered, nothing is left for those behind it.
    short = [i for i, (c, a) in enumerate(zip(covered, amounts, strict=True)) if c < a]
    assert not short or all(c == 0 for c in covered[short[0] + 1 :])


def test_the_strongest_hold_decides_the_status() -> None:
    active = AccountStatus.ACTIVE
    assert rules.status_under([HoldKind.AMOUNT], active) is active
    assert rules.status_under([HoldKind.STOP, HoldKind.AMOUNT], active) is AccountStatus.DEBIT_FROZEN
    assert rules.status_under([HoldKind.WHOLE, HoldKind.FULL], active) is AccountStatus.FROZEN


@pytest.mark.django_db
class TestHolds:
    def test_what_is_held_cannot_leave(self) -> None:
        at = branch()
        mine = customer(at)
        deposit(at, mine.id, 1000)
        hold = place(mine.id, 700)
        view = ledger.account(mine.id)
        assert (view.held, view.available) == (700, 300)
        with pytest.raises(InsufficientFunds):
            withdraw(at, mine.id, 301)
        withdraw(at, mine.id, 300)
        ledger.release_hold(hold=hold.id, reason="解冻通知", by=TELLER)
        withdraw(at, mine.id, 700)
        assert findings() == []

    def test_a_hold_may_ask_for_more_than_there_is_and_catches_what_comes_in(self) -> None:
        at = branch()
        mine = customer(at)
        deposit(at, mine.id, 100)
        place(mine.id, 500)
        deposit(at, mine.id, 300)
        with pytest.raises(InsufficientFunds):
            withdraw(at, mine.id, 1)
        assert ledger.account(mine.id).available == 0

    def test_a_second_hold_waits_behind_the_first(self) -> None:
        at = branch()
        mine = customer(at)
        deposit(at, mine.id, 1000)
        first, second = place(mine.id, 800), place(mine.id, 800)
        assert [(h.covered, h.waiting) for h in ledger.holds(mine.id)] == [(800, False), (200, True)]
        ledger.release_hold(hold=first.id, reason="-", by=TELLER)
        line = ledger.holds(mine.id)
        assert [(h.id, h.covered, h.active) for h in line] == [
            (second.id, 800, True),
            (first.id, None, False),
        ]

    def test_a_hold_on_everything_sets_the_status_and_its_release_gives_it_back(self) -> None:
        at = branch()
        mine = customer(at)
        deposit(at, mine.id, 1000)
        whole, full = place(mine.id), place(mine.id, kind=HoldKind.FULL)
        assert ledger.account(mine.id).status is AccountStatus.FROZEN
        with pytest.raises(AccountFrozen):
            deposit(at, mine.id, 1)
        ledger.release_hold(hold=full.id, reason="-", by=TELLER)
        deposit(at, mine.id, 1)
        with pytest.raises(AccountFrozen):
            withdraw(at, mine.id, 1)
        assert findings() == []
        ledger.release_hold(hold=whole.id, reason="-", by=TELLER)
        assert ledger.account(mine.id).status is AccountStatus.ACTIVE

    def test_a_freeze_does_not_wake_a_sleeping_account(self) -> None:
        mine = customer(branch())
        ledger.set_status(account=mine.id, status=AccountStatus.DORMANT, reason="-", by=TELLER)
        hold = place(mine.id)
        ledger.release_hold(hold=hold.id, reason="-", by=TELLER)
        assert ledger.account(mine.id).status is AccountStatus.DORMANT

    def test_a_hold_lapses_when_nobody_renews_it(self) -> None:
        at = branch()
        mine = customer(at)
        hold = place(mine.id, 5, expires=DAY + timedelta(days=10))
        assert ledger.expire_holds(branch=at, date=DAY + timedelta(days=9), by=SYSTEM) == 0
        assert ledger.expire_holds(branch=at, date=DAY + timedelta(days=10), by=SYSTEM) == 1
        assert ledger.account(mine.id).held == 0
        assert ledger.hold(hold.id).release_reason == "expired"

    def test_the_term_of_a_hold_is_the_authoritys(self) -> None:
        mine = customer(branch())
        assert place(mine.id, 5).expires > DAY + timedelta(days=150)
        with pytest.raises(HoldMalformed):
            place(mine.id, 5, expires=date(2036, 1, 1))

    def test_a_hold_without_its_papers_is_refused(self) -> None:
        mine = customer(branch())
        for wrong in ({"instrument": " "}, {"officers": ()}, {"starts": DAY + timedelta(1)}):
            with pytest.raises(HoldMalformed):
                ledger.place_hold(
                    **{  # type: ignore[arg-type]
                        "account": mine.id, "kind": HoldKind.WHOLE, "authority": "court", "by": TELLER,
                        "instrument": "1", "officers": OFFICERS, **wrong,
                    }
                )  # fmt: skip
        for amount in (0, -5):
            with pytest.raises(HoldMalformed):
                place(mine.id, amount, kind=HoldKind.AMOUNT)

    def test_a_released_or_unknown_hold_is_said_to_be_so(self) -> None:
        hold = place(customer(branch()).id, 5)
        ledger.release_hold(hold=hold.id, reason="-", by=TELLER)
        with pytest.raises(HoldReleased):
            ledger.release_hold(hold=hold.id, reason="-", by=TELLER)
        with pytest.raises(UnknownHold):
            ledger.release_hold(hold=10**9, reason="-", by=TELLER)

    def test_nothing_is_held_on_a_closed_account_and_none_is_closed_under_a_hold(self) -> None:
        at = branch()
        held, shut = customer(at), customer(at)
        place(held.id, 5)
        with pytest.raises(NotClosable):
            ledger.close_account(account=held.id, by=TELLER)
        ledger.close_account(account=shut.id, by=TELLER)
        with pytest.raises(AccountClosed):
            place(shut.id, 5)
