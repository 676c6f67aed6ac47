"""The pure part: numbers, hashes, nets, faces."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.kit.keys import digest
from counterpoint.teller import operations, rules
from counterpoint.teller.data import Line, LineKind, UnknownOperation

amounts = st.integers(-(10**12), 10**12)
lines = st.lists(
    st.builds(Line, account=st.integers(1, 9), amount=amounts, branch=st.integers(1, 3)), max_size=8
)


@given(lines)
def test_every_branch_balances_by_itself_once_settled(some):
    settled = rules.between_branches(some, lambda branch: 1000 + branch)
    sums = {}
    for line in settled:
        sums[line.branch] = sums.get(line.branch, 0) + line.amount
    assert not any(sums.values())


@given(lines)
def test_settling_moves_nothing_on_the_accounts_themselves(some):
    def per_account(all_lines):
        sums = {}
        for line in all_lines:
            if line.account < 1000:
                sums[line.account] = sums.get(line.account, 0) + line.amount
        return {account: amount for account, amount in sums.items() if amount}

    assert per_account(rules.between_branches(some, lambda branch: 1000 + branch)) == per_account(some)


@given(st.lists(st.tuples(st.sampled_from(LineKind), st.integers(1, 10**9), st.booleans()), max_size=12))
def test_the_cash_net_is_what_comes_in_less_what_goes_out(moves):
    came = sum(a for k, a, cash in moves if k is LineKind.DEPOSIT or (k is LineKind.FEE and cash))
    left = sum(a for k, a, _cash in moves if k is LineKind.WITHDRAWAL)
    assert rules.cash_net(moves) == came - left


payloads = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=5)


@given(payloads, payloads)
def test_the_hash_stands_for_the_payload_whatever_its_order(one, other):
    assert digest(one) == digest(dict(reversed(one.items())))
    assert (digest(one) == digest(other)) == (one == other)


@pytest.mark.parametrize("wrong", [0, -1, 2**63, 1.0, "1", None, True])
def test_what_is_no_amount(wrong):
    assert not rules.good_amount(wrong)


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("123456", True),
        ("987654", True),
        ("777777", True),
        ("12345", True),
        ("１２３４５６", True),
        ("258147", False),
    ],
)
def test_weak_passwords(password, weak):
    assert rules.weak_password(password) is weak


def test_a_receipt_number_names_branch_day_and_count():
    assert rules.receipt_number(3, date(2026, 11, 24), 12) == "0003-20261124-00012"


def test_a_verification_depends_on_every_part_and_on_the_secret():
    one = rules.verification(b"s", "n", 1)
    assert one != rules.verification(b"s", "n", 2)
    assert one != rules.verification(b"t", "n", 1)
    assert len(one) == 11


def test_operations_are_found_by_code_words_and_initials():
    assert [o.code for o in operations.find("1101")] == ["1101"]
    assert [o.code for o in operations.find("xjqk")] == ["1102"]
    assert "1201" in [o.code for o in operations.find("转账")]
    assert "1301" in [o.code for o in operations.find("open")]
    assert operations.find("") == []
    with pytest.raises(UnknownOperation):
        operations.operation("0000")
