from datetime import timedelta

import pytest

from counterpoint.kit.keys import new_key
from counterpoint.kit.money import Money
from counterpoint.ledger import rules
from counterpoint.ledger import services as ledger
from counterpoint.ledger.data import (
    AlreadyReversed,
    InsufficientFunds,
    Leg,
    NotReversible,
    Posting,
    PostingMalformed,
    ReversalKind,
    Unbalanced,
    WrongCurrency,
)
from counterpoint.ledger.models import Adjustment, Reversal
from counterpoint.ledger.tests.books import (
    DAY,
    TELLER,
    VERB,
    branch,
    cash,
    customer,
    deposit,
    findings,
    next_day,
    withdraw,
)
from counterpoint.org import services as org

pytestmark = pytest.mark.django_db
CANCEL, REVERSE = ReversalKind.CANCEL, ReversalKind.REVERSE


def back(entry: int, kind: ReversalKind = CANCEL, **rest: object) -> object:
    return ledger.reverse(
        **{"entry": entry, "key": new_key(), "kind": kind, "reason": "金额录错", "by": TELLER, **rest}  # type: ignore[arg-type]
    )


def test_an_entry_of_today_is_cancelled_and_linked_both_ways() -> None:
    at = branch()
    mine = customer(at)
    wrong = deposit(at, mine.id, 500)
    undone = back(wrong.entry, cash_returned=True)
    assert ledger.account(mine.id).balance == 0
    assert ledger.entry(wrong.entry).reversed_by == undone.entry
    there = ledger.entry(undone.entry)
    assert (there.reverses, there.kind, there.reason) == (wrong.entry, CANCEL, "金额录错")
    assert there.data["style"] == "same_side_red"
    assert there.verb == "ledger.entry.cancelled"
    assert Reversal.objects.get().cash_returned is True
    assert findings() == []


def test_nothing_is_taken_back_twice() -> None:
    at = branch()
    mine = customer(at)
    deposit(at, mine.id, 5000)
    wrong = deposit(at, mine.id, 500)
    back(wrong.entry)
    with pytest.raises(AlreadyReversed):
        back(wrong.entry)
    assert ledger.account(mine.id).balance == 5000


def test_the_same_key_again_gives_the_first_answer() -> None:
    at = branch()
    mine = customer(at)
    wrong = deposit(at, mine.id, 500)
    key = new_key()
    first = back(wrong.entry, key=key)
    again = back(wrong.entry, key=key)
    assert (again.entry, again.repeated) == (first.entry, True)


def test_a_reversal_is_not_reversed() -> None:
    at = branch()
    wrong = deposit(at, customer(at).id, 500)
    undone = back(wrong.entry)
    with pytest.raises(NotReversible):
        back(undone.entry)


def test_the_dates_decide_which_correction_fits() -> None:
    at = branch()
    mine = customer(at)
    wrong = deposit(at, mine.id, 500)
    with pytest.raises(NotReversible):
        back(wrong.entry, REVERSE)
    next_day(at, DAY + timedelta(1))
    with pytest.raises(NotReversible):
        back(wrong.entry, CANCEL)
    assert ledger.reversible(entry=wrong.entry) == (REVERSE, "same_side_red")
    undone = back(wrong.entry, REVERSE)
    assert ledger.entry(undone.entry).verb == "ledger.entry.reversed"


def test_a_correction_of_an_earlier_year_is_blue_on_the_other_side() -> None:
    assert rules.reversal_style(entry_date=DAY, today=DAY.replace(month=12)) == "same_side_red"
    assert rules.reversal_style(entry_date=DAY, today=DAY.replace(year=2027)) == "other_side_blue"


def test_money_that_is_gone_is_not_taken_back() -> None:
    at = branch()
    mine = customer(at)
    wrong = deposit(at, mine.id, 500)
    withdraw(at, mine.id, 1)
    with pytest.raises(InsufficientFunds) as refusal:
        back(wrong.entry)
    assert refusal.value.why.rule == "ledger.reversal"
    assert ledger.entry(wrong.entry).reversed_by is None


def test_a_correction_needs_a_reason() -> None:
    at = branch()
    wrong = deposit(at, customer(at).id, 500)
    with pytest.raises(NotReversible):
        back(wrong.entry, reason=" ")


def test_a_later_correction_takes_back_the_interest_too() -> None:
    at = branch()
    right, wronged = customer(at), customer(at)
    deposit(at, right.id, 100_000)
    deposit(at, wronged.id, 100_000)
    wrong = deposit(at, wronged.id, 7_300)
    for n in range(1, 10):
        ledger.accrue_interest(branch=at, date=DAY + timedelta(n - 1), by=TELLER)
        next_day(at, DAY + timedelta(n))
    back(wrong.entry, REVERSE)
    ledger.accrue_interest(branch=at, date=DAY + timedelta(9), by=TELLER)
    sums = dict(_products())
    assert sums[wronged.id] == sums[right.id] == 100_000 * 10
    assert Adjustment.objects.get().product == -7_300 * 9
    assert findings() == []


def _products() -> list[tuple[int, int]]:
    from counterpoint.ledger.models import Accumulation

    return list(Accumulation.objects.values_list("account_id", "product"))


def test_an_exchange_goes_through_the_position_in_both_currencies() -> None:
    at = branch()
    yuan, dollar = customer(at), customer(at, currency="USD")
    deposit(at, yuan.id, 100_000)
    legs = ledger.exchange_legs(
        branch=at, pays=yuan.id, gives=Money(71_000), receives=dollar.id, takes=Money(10_000, "USD")
    )
    _post(at, legs)
    assert (ledger.account(yuan.id).balance, ledger.account(dollar.id).balance) == (29_000, 10_000)
    trial = ledger.trial_balance(branch=at, date=org.business_day(at).date)
    position = {line.currency: line.closing for line in trial.lines if line.gl == "3101"}
    assert position == {"CNY": -71_000, "USD": 10_000}
    assert trial.balanced
    assert findings() == []


def test_currencies_do_not_mix_without_an_exchange() -> None:
    at = branch()
    yuan, dollar = customer(at), customer(at, currency="USD")
    deposit(at, yuan.id, 100_000)
    with pytest.raises(Unbalanced):
        _post(at, (Leg(yuan.id, 100), Leg(dollar.id, -100)))
    with pytest.raises(WrongCurrency):
        ledger.exchange_legs(
            branch=at, pays=dollar.id, gives=Money(1), receives=yuan.id, takes=Money(1, "USD")
        )
    with pytest.raises(PostingMalformed):
        ledger.exchange_legs(branch=at, pays=yuan.id, gives=Money(1), receives=yuan.id, takes=Money(1))


def test_verify_names_an_entry_that_mixes_currencies_without_the_position() -> None:
    at = branch()
    yuan, dollar = customer(at), customer(at, currency="USD")
    _post(at, (
        Leg(cash(at), 5), Leg(yuan.id, -5), Leg(cash(at, "USD"), 5), Leg(dollar.id, -5),
    ))  # fmt: skip
    assert [line.split()[0] for line in findings()] == ["ledger.no_exchange"]


def _post(at: int, legs: tuple[Leg, ...]) -> None:
    ledger.post(
        Posting(
            key=new_key(), verb=VERB, branch=at, business_date=org.business_day(at).date, legs=legs,
            by=TELLER, subject="test",
        )
    )  # fmt: skip
