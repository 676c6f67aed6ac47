import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.data import SYSTEM
from counterpoint.ledger import rules
from counterpoint.ledger import services as ledger
from counterpoint.ledger.chart import UnknownSubject
from counterpoint.ledger.data import (
    AccountFrozen,
    AccountKind,
    AccountStatus,
    BadNumber,
    NewAccount,
    NotClosable,
    StatusRefused,
    TermMalformed,
    UnknownAccount,
    WrongCurrency,
)
from counterpoint.ledger.tests.books import (
    DAY,
    TELLER,
    branch,
    cash,
    customer,
    deposit,
    findings,
    withdraw,
)


@given(st.integers(1, 9999), st.sampled_from(["01", "02", "90"]), st.integers(1, rules.SEQUENCE_MAX))
def test_a_number_says_again_what_it_was_made_of(branch: int, product: str, sequence: int) -> None:
    number = rules.make_number(branch=branch, product=product, sequence=sequence)
    parts = rules.parse_number(number)
    assert len(number) == 19
    assert (parts.branch, parts.product, parts.sequence) == (branch, product, sequence)


@given(st.integers(1, rules.SEQUENCE_MAX), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_figure_never_passes(sequence: int, place: int, shift: int) -> None:
    number = rules.make_number(branch=3, product="01", sequence=sequence)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(BadNumber):
        rules.clean_number(wrong)


def test_the_check_digit_is_the_one_of_the_standard() -> None:
    # ISO/IEC 7812-1, annex B.
    assert rules.check_digit("7992739871") == "3"


@pytest.mark.parametrize("text", ["", "123", "６２２５０１２３４５６７８９０１２３４", "x" * 19, "1" * 20])
def test_what_is_no_number_is_said_so(text: str) -> None:
    with pytest.raises(BadNumber):
        rules.clean_number(text)


def test_numbers_run_out_rather_than_over() -> None:
    with pytest.raises(BadNumber):
        rules.make_number(branch=3, product="01", sequence=rules.SEQUENCE_MAX + 1)
    with pytest.raises(BadNumber):
        rules.make_number(branch=10_000, product="01", sequence=1)


@pytest.mark.django_db
class TestAccounts:
    def test_an_account_is_found_by_its_typed_number(self) -> None:
        at = branch()
        opened = customer(at)
        typed = " ".join(opened.number[i : i + 4] for i in range(0, 19, 4))
        assert ledger.account_by_number(typed) == opened
        assert opened.opened == DAY
        assert opened.status is AccountStatus.ACTIVE

    def test_two_accounts_never_share_a_number(self) -> None:
        at = branch()
        first, second = customer(at), customer(at)
        assert rules.parse_number(second.number).sequence == rules.parse_number(first.number).sequence + 1

    def test_an_unknown_number_with_a_right_check_digit_is_unknown(self) -> None:
        number = rules.make_number(branch=9, product="01", sequence=5)
        with pytest.raises(UnknownAccount):
            ledger.account_by_number(number)

    def test_the_accounts_of_a_party_are_those_opened_for_it(self) -> None:
        at = branch()
        mine = customer(at)
        ledger.open_account(party=2, kind=AccountKind.DEMAND, currency="CNY", branch=at, by=TELLER)
        assert ledger.accounts_of(1) == [mine]

    def test_an_internal_account_is_made_once(self) -> None:
        at = branch()
        assert cash(at) == cash(at)
        assert cash(at) != cash(at, "USD")
        box = ledger.internal_account(branch=at, gl="1001", currency="CNY", label="box 1")
        assert box != cash(at)

    def test_an_unknown_subject_or_currency_opens_nothing(self) -> None:
        at = branch()
        with pytest.raises(UnknownSubject):
            ledger.internal_account(branch=at, gl="8888", currency="CNY")
        with pytest.raises(WrongCurrency):
            ledger.internal_account(branch=at, gl="1001", currency="XXX")
        with pytest.raises(WrongCurrency):
            customer(at, currency="XXX")

    def test_a_term_belongs_to_a_term_deposit(self) -> None:
        at = branch()
        with pytest.raises(TermMalformed):
            customer(at, term_months=3)
        with pytest.raises(TermMalformed):
            customer(at, kind=AccountKind.TERM)
        term = customer(at, kind=AccountKind.TERM, term_months=12, rate=9500)
        terms = ledger.agreement(term.id)
        assert terms is not None
        assert (terms.rate, terms.matures) == (9500, DAY.replace(year=2027))

    def test_an_account_is_closed_only_when_it_is_empty(self) -> None:
        at = branch()
        mine = customer(at)
        deposit(at, mine.id, 500)
        with pytest.raises(NotClosable):
            ledger.close_account(account=mine.id, by=TELLER)
        withdraw(at, mine.id, 500)
        assert ledger.close_account(account=mine.id, by=TELLER).status is AccountStatus.CLOSED
        with pytest.raises(StatusRefused):
            ledger.close_account(account=mine.id, by=TELLER)
        assert findings() == []

    def test_a_sleeping_account_takes_money_but_gives_none(self) -> None:
        at = branch()
        mine = customer(at)
        deposit(at, mine.id, 500)
        ledger.set_status(account=mine.id, status=AccountStatus.DORMANT, reason="两年无交易", by=TELLER)
        deposit(at, mine.id, 1)
        with pytest.raises(AccountFrozen):
            withdraw(at, mine.id, 1)
        ledger.set_status(account=mine.id, status=AccountStatus.ACTIVE, reason="本人", by=TELLER)
        withdraw(at, mine.id, 501)

    def test_nobody_freezes_without_a_hold(self) -> None:
        mine = customer(branch())
        for status in (AccountStatus.FROZEN, AccountStatus.DEBIT_FROZEN, AccountStatus.CLOSED):
            with pytest.raises(StatusRefused):
                ledger.set_status(account=mine.id, status=status, reason="-", by=TELLER)

    def test_accounts_opened_in_bulk_are_opened_once(self) -> None:
        at = branch()
        lines = [
            NewAccount(name="", kind="demand", product="01", currency="CZK", reference=f"x:{n}", floor=None)
            for n in range(5)
        ]
        first = ledger.open_accounts(branch=at, accounts=lines[:3], by=SYSTEM)
        again = ledger.open_accounts(branch=at, accounts=lines, by=SYSTEM)
        assert len(again) == 5
        assert first.items() <= again.items()


def test_every_status_of_the_books_is_in_the_table_and_closed_is_the_end() -> None:
    assert {state.code for state in rules.ACCOUNT.states} == set(AccountStatus)
    assert rules.ACCOUNT.after(AccountStatus.CLOSED) == ()
